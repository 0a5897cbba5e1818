// What a follower hears, and what it can ask for.

public import PartyModel

/// What happened to the player, for the follower to decide on.
public enum FollowerEvent: Hashable, Sendable {
    /// This plays from now on; the room's time is given with every event.
    case course(Course)
    /// The player has opened an item and shows its first frame.
    case opened(ItemID, Reading?)
    /// The player was given something that is no film of the room.
    case replaced
    /// The player reports its pause state.
    case paused(Bool, Reading?)
    /// The player reports its speed.
    case speed(PlaybackSpeed)
    /// A seek begins, ours or not; with its target where that is known.
    case seekBegan(MediaPosition?)
    /// Playback runs or rests again after a seek, which had to wait for the film's bytes or not.
    case seekEnded(Reading?, waitedForFilm: Bool)
    /// The end of the film is reached or left.
    case atEnd(Bool)
    /// How long the open item is.
    case duration(MediaPosition)
    /// Where the player is.
    case measured(Reading)
    /// The start that was asked for has just been made.
    case started(MonotonicInstant)
    /// The room has heard the wish, and gave a course before this or did not.
    case answered
    /// The user wants a frame further (1) or back (-1).
    case frameStep(Int)
    /// The user wants the item that follows.
    case nextItem
    /// The user wants the item before this one.
    case previousItem
    /// The user wants to be where the room was before the last jump.
    case undoSeek
    /// The time asked for by ``FollowerDirective/wake(at:)`` has come.
    case tick
}

/// What the shell is to do.
public enum FollowerDirective: Hashable, Sendable {
    /// Open an item, paused: at exactly this position, or at the key frame before it, which is
    /// there sooner.
    case open(ItemID, at: MediaPosition, exactly: Bool)
    /// Pause or play, now.
    case setPaused(Bool)
    /// Set the player going at this instant and say ``FollowerEvent/started(_:)`` then; replaces the
    /// one asked for before.
    case start(at: MonotonicInstant)
    /// There is no start any more.
    case cancelStart
    /// Jump to exactly this position.
    case seek(MediaPosition)
    /// Run at this speed.
    case setSpeed(PlaybackSpeed)
    /// Whether voices keep their pitch at other speeds.
    case setPitchCorrection(Bool)
    /// The user wants this of the room; say ``FollowerEvent/answered`` once it knows.
    case wish(Wish)
    /// Say ``FollowerEvent/tick`` then; replaces the one asked for before.
    case wake(at: MonotonicInstant)
}

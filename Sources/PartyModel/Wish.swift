// What a user wants, before it is an intent.

/// A change of what plays that this peer's user, or its player, asks for.
public enum Wish: Hashable, Sendable {
    /// Pause here.
    case pause(at: MediaPosition)
    /// Play from here.
    case play(from: MediaPosition)
    /// Jump here; playing or paused as it was.
    case seek(to: MediaPosition)
    /// Run at this speed from here on.
    case speed(PlaybackSpeed, at: MediaPosition)
    /// Leave this item for the one that follows.
    case next(after: ItemID)
    /// Leave this item for the one before it.
    case previous(before: ItemID)
    /// Go on without those the room waits for.
    case skipWait
}

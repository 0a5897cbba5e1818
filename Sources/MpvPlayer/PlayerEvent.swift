// Everything the player tells the room.

public import PartyModel

/// Something that happened in the player.
public enum PlayerEvent: Hashable, Sendable {
    /// mpv has opened the film and knows its tracks.
    case fileLoaded(ItemID)
    /// Something that is no film of the room is being played: dropped on the window, or loaded by a
    /// script. Carries its address.
    case foreignFile(String)
    /// Nothing is open: before the first film, and when somebody stopped one.
    case emptied
    /// The first frame after a load or a seek is there.
    case playbackRestarted
    /// A seek has begun, whoever asked for it; ``position(_:)`` tells its target.
    case seeking
    /// The film was paused or set going, by whomever.
    case paused(Bool)
    /// The speed changed, by whomever.
    case speed(PlaybackSpeed)
    /// A new frame: mpv's `time-pos`, which leads what is seen by one frame; during a seek its target.
    case position(MediaPosition)
    /// mpv stands still because its own cache ran dry; ``paused(_:)`` does not change.
    case bufferingForCache(Bool)
    /// The last frame stands; a seek back plays on.
    case endOfFilm(Bool)
    /// Nothing moves, for whatever reason: paused, seeking, buffering, at the end, no film.
    case idle(Bool)
    /// How long the film is, as far as mpv knows.
    case duration(MediaPosition)
    /// A film could not be opened or played; `nil` when it is not known which.
    case failed(ItemID?, reason: String)
    /// None of the video outputs that were asked for (mpv's option `vo`) can show anything.
    case noPicture(outputs: String)
    /// Words from the script: a verb and what belongs to it. `ready NAME` comes first; `page NAME`
    /// tells which page is open, and `page none` that none is.
    case scriptMessage([String])
    /// A line of mpv's log.
    case logged(PlayerLogLevel, String)
    /// The player has ended (a key, the window, ``Player/quit()``): the last event. The window
    /// stays until ``Player/terminate()``.
    case quit
}

/// How grave a line of mpv's log is.
public enum PlayerLogLevel: Hashable, Sendable {
    /// Something is odd.
    case warning
    /// Something did not work.
    case error
}

// What this process knows of its own player.

import PartyModel

/// The player's state as last reported.
struct PlaybackBook {
    /// The item the room watches.
    var item: ItemID?
    /// Whether the swarm was turned to it.
    var isTurned = false
    /// What mpv has open.
    var loaded: ItemID?
    /// What mpv has shown a frame of.
    var shown: ItemID?
    var position = MediaPosition.start
    var duration: MediaPosition?
    /// How much mpv has read ahead.
    var buffered = Duration.zero
    /// How much this player could play without receiving anything more, when last looked at.
    var playable = Duration.zero
    /// What mpv's demuxer read last of the film's bytes.
    var read: Range<Int64>?
    var isStalled = false
    /// Whether mpv looks for the frame of a seek.
    var isSeeking = false
    /// Whether a read had to wait for bytes since the seek under way began.
    var hasWaited = false
    var isAtEnd = false
    /// When mpv said so, or that it is not, last.
    var endHeard: MonotonicInstant?
    var isDiskFull = false
    /// For how many seconds on end the film has needed more than arrives.
    var secondsShort = 0
}

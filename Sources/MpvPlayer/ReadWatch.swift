// Does the read that is blocked now stand in the way of a seek? mpv seeks only after the read it
// is in has returned, and takes the end of a film for no end while a seek is queued: so the stale
// read may end with nothing, and only that one. The same answer to a newer read would end the film.

import PartyModel

/// What is known about the read that mpv's demuxer is in, if it is in one.
///
/// Pure. The reading thread reports reads, the event thread reports queued seeks.
struct ReadWatch: Hashable, Sendable {
    private enum State: Hashable, Sendable {
        case resting
        case reading(since: MonotonicInstant)
        /// A seek is queued behind the read; it is to return with nothing.
        case stale
    }

    private var state = State.resting

    /// How long before the event of a seek a read must have begun to belong to the place before the
    /// seek: the event arrives within a few milliseconds of the seek, and a read after it has begun
    /// no earlier than that.
    static let leastAge = Duration.milliseconds(50)

    /// Whether the read may return with nothing.
    var isStale: Bool { state == .stale }

    /// mpv asked for bytes.
    mutating func readBegan(at now: MonotonicInstant) { state = .reading(since: now) }

    /// mpv has its answer. A seek comes to the stream only between reads, so nothing more needs
    /// to be known about it.
    mutating func readEnded() { state = .resting }

    /// mpv queued a seek; says whether the blocked read has become stale and is to be interrupted.
    mutating func seekQueued(at now: MonotonicInstant) -> Bool {
        guard case .reading(let start) = state, now - start >= Self.leastAge else { return false }
        state = .stale
        return true
    }
}

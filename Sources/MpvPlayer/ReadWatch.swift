// Which read is mpv's demuxer in, and has it been given up? A read that is given up may return with
// nothing; any other has to go on, because mpv takes nothing for the end of the film.

import PartyModel

/// What is known about the reads of one stream.
///
/// Pure. The reading thread reports reads and seeks; the event thread gives reads up.
struct ReadWatch: Hashable, Sendable {
    /// One call of mpv's for bytes.
    struct Read: Hashable, Sendable {
        let number: Int
        let since: MonotonicInstant
        /// Whether the read before it was given up at the same place: mpv trying again.
        let isRepeated: Bool
    }

    /// The read that mpv waits for, if it waits.
    private(set) var current: Read?
    /// Whether a read at the present place was given up and has not been answered since.
    private var isPlaceGivenUp = false
    private var lastNumber = 0

    /// Whether ``current`` may return with nothing.
    var isGivenUp: Bool { current != nil && isPlaceGivenUp }

    /// mpv asked for bytes.
    mutating func readBegan(at now: MonotonicInstant) {
        lastNumber += 1
        current = Read(number: lastNumber, since: now, isRepeated: isPlaceGivenUp)
        isPlaceGivenUp = false
    }

    /// mpv has its answer: nothing for a read that was given up and stayed where it was, bytes or
    /// the end for any other.
    mutating func readEnded(withNothing: Bool) {
        current = nil
        if !withNothing { isPlaceGivenUp = false }
    }

    /// mpv moved to another place.
    mutating func sought() { isPlaceGivenUp = false }

    /// Gives `read` up, unless mpv has had its answer; says whether it is to be interrupted.
    mutating func giveUp(_ read: Read) -> Bool {
        guard current == read else { return false }
        isPlaceGivenUp = true
        return true
    }
}

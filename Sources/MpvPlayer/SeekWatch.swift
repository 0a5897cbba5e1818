// Does a blocked read stand in the way of a seek? mpv's demuxer carries a seek out only after the read
// it is in has returned, so a seek away from bytes that are not there would wait for them. While a
// seek is queued the demuxer takes the end of the stream for no end: then, and only then, a read may
// return with nothing. Otherwise that would end the film.

import PartyModel

/// What mpv's demuxer says of itself (`demuxer-cache-state`).
struct DemuxerState: Hashable, Sendable {
    /// Whether it holds packets that are still to be played.
    ///
    /// A seek into its cache leaves some, and is done at once; a seek that has to be carried out
    /// leaves none.
    var hasPacketsAhead: Bool
    /// Whether it is carrying a seek out.
    ///
    /// A read within that may fetch the index, which a demuxer looks for only once, or skip to a
    /// place nearby.
    var isCarryingOutSeek: Bool
    /// How many seeks it has begun to carry out.
    var seeksCarriedOut: Int64

    /// The state in a value of the property; `nil` without a film.
    init?(_ node: MpvNode?) {
        guard case .map(let fields) = node, case .integer(let ahead) = fields["fw-bytes"],
            case .integer(let seeks) = fields["debug-low-level-seeks"]
        else { return nil }
        hasPacketsAhead = ahead > 0
        isCarryingOutSeek = fields["debug-seeking"] != nil
        seeksCarriedOut = seeks
    }

    init(hasPacketsAhead: Bool, isCarryingOutSeek: Bool, seeksCarriedOut: Int64) {
        self.hasPacketsAhead = hasPacketsAhead
        self.isCarryingOutSeek = isCarryingOutSeek
        self.seeksCarriedOut = seeksCarriedOut
    }
}

/// Decides which reads to give up for a seek.
///
/// Pure. Whoever asks takes the reads first and the demuxer's state after them: the demuxer reads and
/// seeks on one thread, so a read that is still blocked then has no seek behind it that the state
/// lacks.
struct SeekWatch: Hashable, Sendable {
    /// Which reads are in the way.
    struct Verdict: Hashable, Sendable {
        /// Those that began no later than this.
        let latest: MonotonicInstant
        /// Only those that mpv repeats after one that was given up; none of them fetches an index.
        let onlyRepeated: Bool

        func covers(_ read: ReadWatch.Read) -> Bool {
            read.since <= latest && (read.isRepeated || !onlyRepeated)
        }
    }

    /// A seek that waits behind a read that was given up.
    private struct Queued: Hashable, Sendable {
        let seeksCarriedOut: Int64
        let deadline: MonotonicInstant
    }

    private var queued: Queued?

    /// How long before the event of a seek a read must have begun to belong to the place before it: the
    /// event comes within milliseconds, and the read after the seek begins no earlier than that.
    static let leastAge = Duration.milliseconds(50)

    /// How often to look whether the demuxer has come to the seek.
    ///
    /// Some demuxers (Matroska) try to read on two or three times after the end, each try a read to
    /// be given up.
    static let checkInterval = Duration.milliseconds(5)

    /// How long to look: carrying the seek out begins microseconds after the last such read.
    static let patience = Duration.seconds(1)

    /// Whether ``check(demuxer:now:)`` is to be called every ``checkInterval``.
    var isWaiting: Bool { queued != nil }

    /// mpv queued a seek, or has already carried it out; `nil` where no read is in its way.
    mutating func seekBegan(
        _ reads: [ReadWatch.Read], demuxer: DemuxerState?, now: MonotonicInstant
    ) -> Verdict? {
        queued = nil
        guard let demuxer, !demuxer.hasPacketsAhead else { return nil }
        let verdict = Verdict(
            latest: now - Self.leastAge, onlyRepeated: demuxer.isCarryingOutSeek)
        guard reads.contains(where: verdict.covers) else { return nil }
        queued = Queued(seeksCarriedOut: demuxer.seeksCarriedOut, deadline: now + Self.patience)
        return verdict
    }

    /// Looks again; `nil` where no read is in the way any more.
    mutating func check(demuxer: DemuxerState?, now: MonotonicInstant) -> Verdict? {
        guard let queued, let demuxer, queued.seeksCarriedOut == demuxer.seeksCarriedOut,
            now < queued.deadline
        else {
            self.queued = nil
            return nil
        }
        return Verdict(latest: now, onlyRepeated: true)
    }
}

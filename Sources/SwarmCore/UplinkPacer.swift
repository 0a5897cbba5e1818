// How fast may this peer send, so that nothing else on its line has to wait?
//
// A modem queues whatever comes faster than its line; a pause pressed meanwhile waits behind film. So
// film is paced to what the line takes. The queueing delay is the signal and not loss, as in LEDBAT
// (RFC 6817). What the line takes is searched by doubling, as TCP starts; after that the pace moves
// along a cubic around it, as CUBIC's window does (RFC 9438): quickly up to near the last limit,
// slowly past it, and quickly again when there is none any more. So the queue that ends an attempt
// grows slowly and is noticed while it is short.
//
// Invariant: the pace never exceeds what the user gave.

public import PartyModel

/// The pace of everything this peer sends over its line, LAN excepted.
public struct UplinkPacer: Sendable {
    /// How often ``look(at:sent:load:now:)`` is to be called.
    public static let interval = Duration.milliseconds(50)

    /// Where a search begins: most lines take more, and a slower one has a queue of a tenth of a
    /// second before that is noticed.
    static let firstPace = 1_250_000.0
    /// In so long the pace doubles in a search: some round trips, and as many pings.
    static let doubling = Duration.milliseconds(400)
    /// How far a search goes beyond what was really sent.
    static let leap = 1.4

    /// A queue this long is one of our own making.
    static let tooLong = Duration.milliseconds(12)
    /// A search that goes beyond ``firstPace`` goes beyond the line quickly, and one this long counts
    /// at once.
    static let muchTooLong = Duration.milliseconds(20)
    /// This long, whatever else is known.
    static let surelyTooLong = Duration.milliseconds(60)
    /// Where the line is known, for so long: two blocks that meet make a queue for as long as one
    /// takes to leave.
    static let persistence = Duration.milliseconds(100)
    /// The part of what is sent that the line takes at the most when it is clearly too full.
    static let clearlyLess = 0.9
    /// What the line takes is not believed to have become less than this part of it at once: when it
    /// is clearly too full, and otherwise.
    static let steepestClear = 0.5
    static let steepest = 0.85
    /// A queue of which so much is left, though less was sent, is not of our making.
    static let partInVain = 0.7
    /// The part of what the line takes that film gets while a queue is to go away, and after that.
    static let drainingShare = 0.6
    static let share = 0.95
    /// So many readings it takes to know how much they vary.
    static let noiseMemory = 16
    /// A queue longer than a modem's is somebody else's.
    static let longestDrain = Duration.milliseconds(500)
    /// So long the pace takes from ``share`` to all that the line took.
    static let rise = Duration.seconds(3)

    /// What connections may hold back beside a block.
    static let usualBacklog = Duration.milliseconds(20)

    /// Readings older than this say nothing any more.
    static let stale = Duration.milliseconds(500)
    /// When the newest is this old beyond a round trip, something is in the way of the next.
    static let late = Duration.milliseconds(80)
    /// The part of the pace that has to be used for it to rise.
    static let used = 0.6
    /// Below this a measurement says nothing about a line.
    static let slowest = 16_000.0
    /// More than any line takes.
    static let fastest = 1e10

    private enum Phase {
        /// Nothing is known of the line.
        case searching
        /// The line was too full.
        case draining(until: MonotonicInstant)
        /// The line takes `capacity`; how long the pace was used since that is known.
        case following(used: Duration)
    }

    /// The last time that less was sent because of a queue.
    private struct Cut {
        /// Readings from before know nothing of its effect.
        let end: MonotonicInstant
        let queue: Duration
        let capacityBefore: Double
        var isJudged = false
    }

    /// Bytes per second.
    public private(set) var pace: Double
    private var phase = Phase.searching
    private var capacity = 0.0
    /// What the line took while the last queue was there.
    private var shown: Double?
    private let limit: Double
    /// A queue that is not of our making.
    private var others = Duration.zero
    /// How much a reading differs from the one before for no reason.
    private var noise = Duration.zero
    private var lastQueue: Duration?
    private var lastReading: LineReading?
    private var lastLook: MonotonicInstant?
    /// The first of the readings in a row that were too long.
    private var tooLongSince: MonotonicInstant?
    private var lastCut: Cut?

    /// Bytes per second that the line takes, once that is known; of these film gets ``pace``.
    public var found: Double? {
        switch phase {
        case .searching: nil
        case .draining, .following: min(capacity, limit)
        }
    }

    /// A pacer that finds the line's limit by itself and keeps to one the user gave, in bytes per
    /// second.
    public init(limit: Double? = nil) {
        self.limit = min(limit ?? Self.fastest, Self.fastest)
        pace = min(Self.firstPace, self.limit)
    }

    /// Looks at how it goes and returns the pace from here on.
    ///
    /// - Parameters:
    ///   - reading: the newest of the queue.
    ///   - sent: bytes per second that left lately.
    ///   - load: what the line takes, if a queue shows it.
    ///   - now: the time.
    public mutating func look(
        at reading: LineReading?, sent: Double, load: LineLoad?, now: MonotonicInstant
    ) -> Double {
        let elapsed = min(lastLook.map { now - $0 } ?? Self.interval, Self.stale)
        lastLook = now
        if case .draining(let until) = phase {
            shown = load?.taken ?? shown
            if until <= now { settle() }
        }
        guard let reading, lastCut.map({ $0.end < reading.at }) ?? true else { return pace }
        others = min(others, reading.queue)
        judge(reading.queue - others, load)
        let queue = reading.queue - others
        if reading != lastReading { listen(to: queue, sent: sent) }
        if queue < Self.tooLong + noise * 2 {
            tooLongSince = nil
            let isLate = now - reading.at > reading.base + Self.late
            if sent > pace * Self.used, !isLate { rise(by: elapsed, sent: sent) }
        } else if reading != lastReading,
            isCongested(queue, at: reading.at, isUsed: sent > pace * Self.used, load)
        {
            let grown = queue + (now - reading.at) * max(sent / max(load?.taken ?? sent, 1) - 1, 0)
            // While the queue grew to this, the line took so much less than was sent.
            let taken = min(sent, pace) / (1 + queue / LineBook.span)
            cut(to: load ?? LineLoad(taken: taken, given: sent), queue: grown, now: now)
        }
        lastReading = reading
        return pace
    }

    /// How fast blocks are handed over at a pace: slower when the connections hold back what they
    /// have, for they would send it all at once.
    public static func handingOver(_ pace: Double, unsent: Int) -> Double {
        let block = Double(ChunkGeometry.blockSize)
        let usual = block + pace * usualBacklog.inSeconds
        return pace * min(max(1 - (Double(unsent) - usual) / (block / 2), 0.1), 1)
    }

    /// Learns how much readings differ that nothing much happened between; a queue that stands, or
    /// grows slowly, does not count.
    private mutating func listen(to queue: Duration, sent: Double) {
        let isQuiet =
            switch phase {
            case .searching: sent < Self.firstPace / 2
            case .following: true
            case .draining: false
            }
        defer { lastQueue = queue }
        guard isQuiet, let lastQueue else { return }
        let difference = queue > lastQueue ? queue - lastQueue : lastQueue - queue
        noise = min(noise + (difference - noise) / Self.noiseMemory, Self.tooLong)
    }

    /// Whether the queue has been too long for long enough, with a reading that is.
    private mutating func isCongested(
        _ queue: Duration, at instant: MonotonicInstant, isUsed: Bool, _ load: LineLoad?
    ) -> Bool {
        let since = tooLongSince ?? instant
        tooLongSince = since
        // What is sent now and then may meet, and says nothing about the pace; unless it lasts.
        guard isUsed else {
            return load != nil && instant - since >= Self.persistence * 2
        }
        return switch phase {
        case .searching:
            // An answer that is late by chance is no queue: one of ours grows while more is sent than
            // the line takes.
            (since < instant && load?.isClearlyShort ?? false)
                || (pace > Self.firstPace && queue > Self.muchTooLong + noise * 2)
                || queue > Self.surelyTooLong
        case .following: instant - since >= Self.persistence
        case .draining: false
        }
    }

    private mutating func cut(to load: LineLoad, queue: Duration, now: MonotonicInstant) {
        let before = capacity
        switch phase {
        case .searching:
            // Little may have been sent just then: that is no measure of what the line takes.
            let least = load.isClearlyShort ? 0 : pace * Self.steepest
            capacity = max(min(load.taken, load.given), least)
        case .following: capacity = min(lowered(to: load), pace)
        case .draining: break
        }
        capacity = max(capacity, Self.slowest)
        let end = now + min(queue / (1 - Self.drainingShare), Self.longestDrain)
        shown = nil
        pace = min(capacity * Self.drainingShare, limit)
        phase = .draining(until: end)
        lastCut = Cut(end: end, queue: queue, capacityBefore: before)
        tooLongSince = nil
    }

    private func lowered(to load: LineLoad) -> Double {
        let part = load.isClearlyShort ? Self.steepestClear : Self.steepest
        return max(load.taken, capacity * part)
    }

    /// Whether the last cut helped: a queue of somebody else's is there whatever we do.
    private mutating func judge(_ queue: Duration, _ load: LineLoad?) {
        guard let cut = lastCut, !cut.isJudged else { return }
        lastCut?.isJudged = true
        guard queue > cut.queue * Self.partInVain, cut.capacityBefore > 0,
            load.map({ !$0.isClearlyShort }) ?? false
        else { return }
        others += queue
        capacity = cut.capacityBefore
        pace = min(capacity * Self.share, limit)
    }

    /// The queue should be gone; as long as it was there it showed what the line takes.
    private mutating func settle() {
        capacity = max(shown ?? capacity, capacity * Self.steepest)
        phase = .following(used: .zero)
        pace = min(capacity * Self.share, limit)
    }

    private mutating func rise(by elapsed: Duration, sent: Double) {
        switch phase {
        case .searching:
            let doubled = pace * (1 + elapsed / Self.doubling)
            pace = min(max(pace, min(doubled, sent * Self.leap)), limit)
        case .following(let before):
            phase = .following(used: before + elapsed)
            let part = (before + elapsed) / Self.rise - 1
            pace = min(capacity * (1 + (1 - Self.share) * part * part * part), limit, Self.fastest)
        case .draining:
            break
        }
    }
}

extension LineLoad {
    /// Whether the line took clearly less than it was given.
    fileprivate var isClearlyShort: Bool { taken < given * UplinkPacer.clearlyLess }
}

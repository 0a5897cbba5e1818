// How fast may this peer send, so that nothing else on its line has to wait?
//
// A modem queues whatever comes faster than its line; a pause pressed meanwhile waits behind film. So
// film is paced to what the line takes. The queueing delay is the signal and not loss, as in LEDBAT
// (RFC 6817). What the line takes is searched by doubling, as TCP starts; after that the pace moves
// along a cubic around it, as CUBIC's window does (RFC 9438): quickly up to near the last limit,
// slowly past it, and quickly again when there is none any more. So the queue that ends an attempt
// grows slowly and is noticed while it is short.
//
// Answers are a round trip old: what is left of a queue that is to go away is reckoned from what was
// sent since, as a Smith predictor does (O. J. M. Smith: "Closer control of loops with dead time",
// 1957). And they come late by chance: what readings vary by is learnt, and only what goes beyond it
// counts.
//
// Invariant: the pace never exceeds what the user gave.

public import PartyModel

/// The pace of everything this peer sends over its line, LAN excepted.
public struct UplinkPacer: Sendable {
    /// How often ``look(at:now:)`` is to be called.
    public static let interval = Duration.milliseconds(50)

    /// Where a search begins: many lines take more, and one of 6 to 10 Mbit/s has a queue of up to a
    /// fifth of a second before that is noticed, one of 4 half a second.
    static let firstPace = 1_750_000.0
    /// In so long the pace doubles in a search: some round trips, and as many pings.
    static let doubling = Duration.milliseconds(400)
    /// How far a search goes beyond what was really sent.
    static let leap = 1.4

    /// A queue this long is one of our own making.
    static let tooLong = Duration.milliseconds(12)
    /// A search that goes beyond ``firstPace`` goes beyond the line quickly, and one this long ends it,
    /// whatever is known of the load.
    static let muchTooLong = Duration.milliseconds(20)
    /// The same at ``firstPace``.
    static let surelyTooLong = Duration.milliseconds(60)
    /// Where the line is known, for so long: two blocks that meet make a queue for as long as one
    /// takes to leave.
    static let persistence = Duration.milliseconds(100)
    /// The part of what is sent that the line takes at the most when it is clearly too full.
    static let clearlyLess = 0.9
    /// A queue that moves by more than so many times what readings vary does move.
    static let surelyMore = 4
    /// What the line takes is not believed to have become less than this part of it at once.
    static let steepest = 0.85
    /// When it is clearly too full, less than half of it is not believed at once, and half of that only
    /// so much later, as long as the queue is there.
    static let halving = Duration.milliseconds(300)
    /// A queue of which so much is left, though less was sent, is not of our making.
    static let partInVain = 0.7
    /// The part of what the line takes that film gets while a queue is to go away, and after that.
    static let drainingShare = 0.6
    static let share = 0.97
    /// Readings of a line of which nothing is known yet are taken to vary by so much.
    static let usualNoise = Duration.milliseconds(1)
    /// On a line whose readings vary by more than this a search ends only when the queue is too long
    /// for so many times what they vary more.
    static let quiet = Duration.milliseconds(1)
    static let noisePersistence = 10
    /// So many readings it takes to know how much they vary.
    static let noiseMemory = 16
    /// A queue that is there after so long, and never moved as ours would, is somebody else's.
    static let longestDrain = Duration.seconds(2)
    /// So long the pace takes from ``share`` to all that the line took, and again to so much more; to all
    /// that it took less long the first time, after a search that found it only roughly.
    static let rise = Duration.seconds(3)
    static let firstRise = Duration.seconds(1)
    /// Where the line turned out to take what it took before, it takes twice as long to come to that
    /// again, and ``rise`` at least, up to this: each attempt ends with a queue.
    static let longestRise = Duration.seconds(12)
    /// As much as before: within this part of it.
    static let steady = 0.05
    /// When the pace was used for so long, a search that ended without a clear sign goes on.
    static let doubt = Duration.milliseconds(400)

    /// What connections may hold back beside a block.
    static let usualBacklog = Duration.milliseconds(20)

    /// A time between looks that is longer counts as so much.
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
        case draining(Cut)
        /// The line takes `capacity`; how long the pace was used since that is known, and how long
        /// it takes to come to that.
        case following(used: Duration, rise: Duration)
    }

    /// Less is sent because of a queue.
    private struct Cut {
        let began: MonotonicInstant
        /// The pace before.
        let pace: Double
        /// What the line was known to take; `nil` in a search.
        let capacity: Double?
        /// The same before the first of several in a row, and how long the rise was.
        let base: (capacity: Double, rise: Duration)?
        /// The longest queue seen since.
        var longest: Duration
        /// Whether the queue has moved as it does in front of a line that takes so much.
        var isClear = false
        /// Since when nothing of it should be left.
        var emptied: MonotonicInstant?
    }

    /// Bytes per second.
    public private(set) var pace: Double
    /// How much a reading differs from the one before for no reason.
    public private(set) var noise = Self.usualNoise
    private var phase = Phase.searching
    private var capacity = 0.0
    /// Whether a queue has moved as it does in front of a line that takes `capacity`.
    private var isCertain = false
    private let limit: Double
    /// A queue that is not of our making.
    private var others = Duration.zero
    private var lastQueue: Duration?
    private var lastReading: LineReading?
    private var lastLook: MonotonicInstant?
    /// The first of the readings in a row that were too long.
    private var tooLongSince: MonotonicInstant?

    /// Bytes per second that the line takes, once that is known; of these film gets ``pace``.
    public var found: Double? {
        switch phase {
        case .searching: nil
        case .draining, .following: min(capacity, limit)
        }
    }

    /// A queue as long as this is none by chance.
    private var longQueue: Duration { Self.tooLong + noise * 2 }

    /// A pacer that finds the line's limit by itself and keeps to one the user gave, in bytes per
    /// second.
    public init(limit: Double? = nil) {
        self.limit = min(limit ?? Self.fastest, Self.fastest)
        pace = min(Self.firstPace, self.limit)
    }

    /// Looks at how it goes and returns the pace from here on.
    public mutating func look(at sight: LineSight, now: MonotonicInstant) -> Double {
        let elapsed = min(lastLook.map { now - $0 } ?? Self.interval, Self.stale)
        lastLook = now
        guard let reading = sight.reading else { return pace }
        others = min(others, reading.queue)
        let queue = reading.queue - others
        if case .draining(let cut) = phase {
            drain(cut, queue, reading, sight, now: now)
        } else {
            if reading != lastReading { listen(to: queue) }
            if queue < longQueue {
                tooLongSince = nil
                let isLate = now - reading.at > reading.base + Self.late
                if sight.sent > pace * Self.used, !isLate { rise(by: elapsed, sent: sight.sent) }
            } else if reading != lastReading, isCongested(queue, at: reading.at, sight) {
                cut(queue, reading, sight, now: now)
            }
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

    /// Learns how much readings differ for no reason.
    ///
    /// While no less is sent than before a queue only grows; what a reading is less than the one
    /// before is chance, and chance goes as far up as down.
    private mutating func listen(to queue: Duration) {
        defer { lastQueue = queue }
        guard let lastQueue else { return }
        // One answer that was held up for long is no measure of the others.
        let difference = min(max(lastQueue - queue, .zero) * 2, Self.tooLong * 2)
        noise = min(noise + (difference - noise) / Self.noiseMemory, Self.tooLong)
    }

    /// Whether the queue has been too long for long enough, with a reading that is.
    private mutating func isCongested(
        _ queue: Duration, at instant: MonotonicInstant, _ sight: LineSight
    ) -> Bool {
        let since = tooLongSince ?? instant
        tooLongSince = since
        // What is sent now and then may meet, and says nothing about the pace; unless it lasts.
        guard sight.sent > pace * Self.used else {
            return sight.load != nil && instant - since >= Self.persistence * 2
        }
        switch phase {
        case .searching:
            if queue > LineBook.overdue { return true }
            // An answer that is late by chance is no queue: one of ours grows while more is sent than
            // the line takes.
            guard instant - since >= max(noise - Self.quiet, .zero) * Self.noisePersistence else {
                return false
            }
            // One that is late alone may have been held up by anything.
            guard since < instant else { return false }
            return sight.load?.isShort(noise: noise) ?? false
                || (pace > Self.firstPace && queue > Self.muchTooLong + noise * 2)
                || queue > Self.surelyTooLong
        case .following: return instant - since >= Self.persistence
        case .draining: return false
        }
    }

    /// Sends less until the queue is gone.
    private mutating func cut(
        _ queue: Duration, _ reading: LineReading, _ sight: LineSight, now: MonotonicInstant
    ) {
        let base: (capacity: Double, rise: Duration)? =
            if case .following(_, let rise) = phase { (capacity, rise) } else { nil }
        let cut = Cut(
            began: now, pace: pace, capacity: base?.capacity, base: base, longest: queue)
        tooLongSince = nil
        lastQueue = nil
        drain(cut, queue, reading, sight, now: now)
    }

    /// Follows a queue that is to go away, and learns from it what the line takes.
    private mutating func drain(
        _ before: Cut, _ queue: Duration, _ reading: LineReading, _ sight: LineSight,
        now: MonotonicInstant
    ) {
        var cut = before
        cut.longest = max(cut.longest, queue)
        if let load = sight.load, load.isTelling(noise: noise) {
            cut.isClear = true
            isCertain = true
        }
        capacity = lowered(by: cut, to: sight.load, now: now)
        // What of it must still be there, by what was sent since the ping left.
        let left = queue + .seconds(sight.sinceReading / capacity) - (now - reading.at)
        let longest = cut.longest * 2 / (1 - Self.drainingShare) + reading.base
        let isOver = now - cut.began > (cut.isClear ? longest : min(longest, Self.longestDrain))
        if left <= .zero || isOver {
            cut.emptied = cut.emptied ?? now
        } else if left > Self.tooLong {
            cut.emptied = nil
        }
        if let emptied = cut.emptied, reading.at > emptied {
            settle(after: cut, queue, sight.load, now: now)
            return
        }
        pace = min(capacity * (cut.emptied == nil ? Self.drainingShare : Self.share), limit)
        phase = .draining(cut)
    }

    /// What the line is taken to take since a queue was there.
    ///
    /// Little may have been sent just then, and answers come late by chance: what is not clear is
    /// believed in part.
    private func lowered(by cut: Cut, to load: LineLoad?, now: MonotonicInstant) -> Double {
        let least: Double
        if let known = cut.capacity {
            let halvings = 1 + Int(((now - cut.began) / Self.halving).rounded(.down))
            least = known * (cut.isClear ? 1 / Double(1 << min(halvings, 30)) : Self.steepest)
        } else {
            least = cut.isClear ? 0 : cut.pace * Self.steepest
        }
        let taken = load?.taken ?? (capacity > 0 ? capacity : cut.pace)
        return max(min(taken, cut.pace), least, Self.slowest)
    }

    /// Goes on as the queue should be gone; one that is there whatever we do is somebody else's.
    private mutating func settle(
        after cut: Cut, _ queue: Duration, _ load: LineLoad?, now: MonotonicInstant
    ) {
        let isOurs = load?.isTelling(noise: noise) ?? (cut.capacity != nil)
        if isOurs, queue >= longQueue {
            // It moves with what we send, and is still there: the line takes yet less, or it was long.
            phase = .draining(
                Cut(
                    began: now, pace: pace, capacity: capacity, base: cut.base, longest: queue,
                    isClear: true))
            return
        }
        if !isOurs, queue > cut.longest * Self.partInVain {
            others += queue
            guard let known = cut.capacity else {
                phase = .searching
                pace = cut.pace
                isCertain = false
                return
            }
            capacity = max(known, cut.pace)
        }
        phase = .following(used: .zero, rise: nextRise(after: cut))
        pace = min(capacity * Self.share, limit)
    }

    /// How long the pace takes to all that the line took, next.
    private func nextRise(after cut: Cut) -> Duration {
        guard let base = cut.base else { return cut.capacity == nil ? Self.firstRise : Self.rise }
        // A queue by chance looks alike each time, too.
        let isSure = cut.isClear || noise <= Self.quiet
        let isSteady = isSure && abs(capacity - base.capacity) < base.capacity * Self.steady
        return isSteady ? min(max(base.rise * 2, Self.rise), Self.longestRise) : Self.rise
    }

    private mutating func rise(by elapsed: Duration, sent: Double) {
        switch phase {
        case .searching:
            let doubled = pace * (1 + elapsed / Self.doubling)
            pace = min(max(pace, min(doubled, sent * Self.leap)), limit)
        case .following(let before, let rise):
            phase = .following(used: before + elapsed, rise: rise)
            let beyondCapacity = before + elapsed - rise
            let part = beyondCapacity / (beyondCapacity < .zero ? rise : Self.rise)
            let beyond = (1 - Self.share) * part * part * part
            pace = min(capacity * (1 + beyond), limit, Self.fastest)
            // A search that ended without a clear sign ended too early.
            if !isCertain, before + elapsed > Self.doubt { phase = .searching }
        case .draining:
            break
        }
    }
}

extension LineLoad {
    /// Whether the line took clearly less than it was given, and the queue grew by more than readings
    /// vary.
    fileprivate func isShort(noise: Duration) -> Bool {
        taken < given * UplinkPacer.clearlyLess && growth > noise * UplinkPacer.surelyMore
    }

    /// Whether the queue moved as it does in front of a line that takes so much.
    fileprivate func isTelling(noise: Duration) -> Bool {
        isShort(noise: noise)
            || (given < taken * UplinkPacer.clearlyLess
                && growth + noise * UplinkPacer.surelyMore < .zero)
    }
}

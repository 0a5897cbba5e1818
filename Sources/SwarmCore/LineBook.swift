// How long is the queue in front of this peer's line, and how much does the line take?
//
// Every packet that leaves faster than the line takes it waits in a modem, and a pause pressed
// meanwhile waits behind it. So the way out is measured with the room's pings: what it takes longer
// than at its best is a queue. As in LEDBAT (RFC 6817) the one-way delay counts, against its own
// recent minimum. A program that is late with its answers looks the same; but then the kernels, which
// acknowledge what they get without it, see no longer round trips, and they are believed.
//
// Invariant: only answers to pings of our own count, each once.

public import PartyModel

/// The queue in front of our line, as one ping met it.
public struct LineReading: Hashable, Sendable {
    /// When the ping was sent.
    public let at: MonotonicInstant
    /// How long it waited, at the peer where that is least: what all ways have in common is our end.
    public let queue: Duration
    /// How long the ping and its answer take when nothing is in their way.
    public let base: Duration

    /// A reading with these values.
    public init(at: MonotonicInstant, queue: Duration, base: Duration) {
        self.at = at
        self.queue = queue
        self.base = base
    }
}

/// What a line took while there was a queue in front of it.
public struct LineLoad: Hashable, Sendable {
    /// Bytes per second that it took.
    public let taken: Double
    /// Bytes per second that it was given.
    public let given: Double
    /// How much longer the queue was at the end; less than zero where it was shorter.
    public let growth: Duration

    /// A load with these values.
    public init(taken: Double, given: Double, growth: Duration) {
        self.taken = taken
        self.given = given
        self.growth = growth
    }
}

/// All that is to be seen of our line at one moment.
public struct LineSight: Hashable, Sendable {
    /// The newest reading of the queue; `nil` when nobody outside the LAN has answered a ping.
    public let reading: LineReading?
    /// Bytes that left since the ping of that reading did.
    public let sinceReading: Double
    /// Bytes per second that left lately.
    public let sent: Double
    /// What the line takes, if a queue shows it.
    public let load: LineLoad?

    /// A sight with these values.
    public init(reading: LineReading?, sinceReading: Double, sent: Double, load: LineLoad?) {
        self.reading = reading
        self.sinceReading = sinceReading
        self.sent = sent
        self.load = load
    }
}

/// What the connections to a peer have done until now.
public struct LineCount: Sendable {
    /// The peer.
    public let peer: PeerID
    /// Bytes sent in all.
    public let sent: Int64
    /// Bytes that are held back.
    public let unsent: Int
    /// By how much a round trip of late is longer than at its best, as the kernel sees it.
    public let delay: Duration

    /// A count with these values.
    public init(peer: PeerID, sent: Int64, unsent: Int, delay: Duration) {
        self.peer = peer
        self.sent = sent
        self.unsent = unsent
        self.delay = delay
    }
}

/// What is known of the line this peer sends over: pings, what left, who shares the LAN.
public struct LineBook: Sendable {
    /// A peer this near, at an address of the same network, is no load on the line to the world.
    static let localRoundTrip = Duration.milliseconds(3)
    /// Rates are averaged over so long.
    static let span = Duration.milliseconds(200)
    /// After so long without film the line is idle.
    static let idleAfter = Duration.seconds(2)
    /// Readings of different peers this close together are of the same queue.
    static let sameMoment = Duration.milliseconds(120)
    /// A queue this short may be none; a longer one means that the line is never idle.
    static let surelyFull = Duration.milliseconds(5)
    /// What the line takes is measured over at least so long, and at most.
    static let loadSpan = Duration.milliseconds(40)...Duration.milliseconds(600)
    /// What was sent is known for so long back: a reading is hardly older.
    static let totalsKept = Duration.seconds(3)
    /// An answer later than this says something before it is there.
    static let overdue = Duration.milliseconds(300)
    /// The kernel's word for a round trip is a mean that follows slowly, and counts for a queue of up to
    /// so many times as much, and so much more.
    static let kernelFactor = 2
    static let kernelSlack = Duration.milliseconds(5)
    /// That word is of now where something was sent so lately.
    static let kernelAge = Duration.milliseconds(200)
    /// What a path drains is looked at over one to two of these.
    static let drainSpan = Duration.milliseconds(400)
    /// What a connection holds back and does not send within so long, it does not send all at once.
    static let drainLimit = Duration.seconds(1)
    /// Pings that may be unanswered; an answer to an older one is as good as none.
    static let pingsKept = 64

    private struct Path {
        var roundTrip = RecentFloor()
        var outward = RecentFloor()
        var shortest: Duration?
        var isNearby = false
        /// Since when film goes another way than pings; before, a ping waits behind blocks and
        /// says nothing about the line.
        var separate: MonotonicInstant?
        var asked: [MonotonicInstant] = []
        var reading: LineReading?
        /// What its connections had sent, and held back, when they were last looked at.
        var sent: Int64?
        var unsent = 0
        /// Two looks of late, ``drainSpan`` apart, the older one first.
        var marks: [Mark] = []
        /// Whether it holds back more than it lately sent in ``drainLimit``: its peer's line is slow, or
        /// gone.
        var isHeldUp = false
        /// What the kernel said of a queue when something was sent last, and when that was.
        var kernel: (delay: Duration, at: MonotonicInstant)?

        mutating func lookWhetherHeldUp(at now: MonotonicInstant) {
            guard unsent > 0, let sent else {
                marks = []
                isHeldUp = false
                return
            }
            if marks.last.map({ now - $0.at >= LineBook.drainSpan }) ?? true {
                marks = marks.suffix(1) + [Mark(at: now, sent: sent)]
            }
            guard let oldest = marks.first, now - oldest.at >= LineBook.drainSpan else { return }
            let drained = Double(sent - oldest.sent) / (now - oldest.at).inSeconds
            isHeldUp = Double(unsent) > drained * LineBook.drainLimit.inSeconds
        }
    }

    /// What a path that held something back had sent at a look.
    private struct Mark {
        let at: MonotonicInstant
        let sent: Int64
    }

    private var paths: [PeerID: Path] = [:]
    /// All that had left over the line, at some moments of late, oldest first.
    private var totals: [(at: MonotonicInstant, bytes: Int64)] = []
    private var lastFilm: MonotonicInstant?
    /// The readings of late, oldest first.
    private var readings: [LineReading] = []

    /// A book with nothing in it.
    public init() {}

    // MARK: What happens

    /// From here on film for a peer goes over a connection of its own.
    public mutating func separated(_ peer: PeerID, at now: MonotonicInstant) {
        paths[peer, default: Path()].separate = now
    }

    /// A ping leaves for a peer.
    public mutating func asked(_ peer: PeerID, at now: MonotonicInstant) {
        var asked = paths[peer]?.asked ?? []
        asked.append(now)
        if asked.count > Self.pingsKept { asked.removeFirst() }
        paths[peer, default: Path()].asked = asked
    }

    /// Takes the answer to a ping, and says whether that makes a new reading; one that was not
    /// asked is ignored.
    public mutating func heard(
        _ pong: Pong, from peer: PeerID, at address: PeerAddress, received now: MonotonicInstant
    ) -> Bool {
        guard var path = paths[peer], let index = path.asked.firstIndex(of: pong.sent) else {
            return false
        }
        path.asked.removeFirst(index + 1)
        let roundTrip = now - pong.sent
        let shortest = min(path.shortest ?? roundTrip, roundTrip)
        path.shortest = shortest
        path.isNearby = shortest < Self.localRoundTrip && address.isOnPrivateNetwork
        path.roundTrip.note(roundTrip, at: now)
        // Between two clocks: only differences of it mean anything.
        path.outward.note(pong.arrived - pong.sent, at: now)
        // The way back leads through the other side's line, which is as full as ours when both
        // send film; but nobody can claim more than the round trip shows.
        let queue = believed(min(path.outward.excess, path.roundTrip.excess), at: now)
        if let separate = path.separate, pong.sent >= separate {
            path.reading = LineReading(at: pong.sent, queue: queue, base: shortest)
        }
        paths[peer] = path
        guard let reading = newestReading(), reading != readings.last else { return false }
        readings.append(reading)
        readings.removeAll { reading.at - $0.at > Self.loadSpan.upperBound }
        return true
    }

    /// A block was handed over for a peer.
    public mutating func sentFilm(to peer: PeerID, at now: MonotonicInstant) {
        if !isLocal(peer) { lastFilm = now }
    }

    /// What the connections of each peer have sent in all, and hold back.
    public mutating func counted(_ counts: [LineCount], at now: MonotonicInstant) {
        var total = totals.last?.bytes ?? 0
        for count in counts {
            var path = paths[count.peer] ?? Path()
            // Less than before: these are other connections.
            let before = min(path.sent ?? count.sent, count.sent)
            if !path.isNearby { total += count.sent - before }
            if count.sent > before { path.kernel = (count.delay, now) }
            path.sent = count.sent
            path.unsent = count.unsent
            path.lookWhetherHeldUp(at: now)
            paths[count.peer] = path
        }
        totals.removeAll { now - $0.at > Self.totalsKept }
        totals.append((now, total))
    }

    /// A peer is gone.
    public mutating func left(_ peer: PeerID) { paths[peer] = nil }

    // MARK: What it comes to

    /// Whether what goes to a peer stays on the LAN.
    public func isLocal(_ peer: PeerID) -> Bool { paths[peer]?.isNearby ?? false }

    /// Whether film left over the line lately.
    public func isBusy(at now: MonotonicInstant) -> Bool {
        lastFilm.map { now - $0 <= Self.idleAfter } ?? false
    }

    /// All of it.
    ///
    /// - Parameters:
    ///   - now: the time.
    ///   - noise: how much readings differ for no reason.
    public func sight(at now: MonotonicInstant, noise: Duration) -> LineSight {
        let reading = reading(at: now)
        return LineSight(
            reading: reading,
            sinceReading: reading.map { totalSent(by: now) - totalSent(by: $0.at) } ?? 0,
            sent: rate(at: now), load: load(noise: noise))
    }

    /// The newest reading; `nil` when nobody outside the LAN has answered a ping.
    ///
    /// When nobody answers, a ping that waits since long tells of the queue all the same.
    func reading(at now: MonotonicInstant) -> LineReading? {
        let waits = paths.values.compactMap { path -> LineReading? in
            guard !path.isNearby, let separate = path.separate, let base = path.shortest,
                let first = path.asked.first(where: { $0 >= separate })
            else { return nil }
            return LineReading(
                at: first, queue: believed(now - first - base, at: now), base: base)
        }
        guard let overdue = waits.min(by: { $0.queue < $1.queue }), overdue.queue > Self.overdue,
            readings.last.map({ $0.at < overdue.at }) ?? true
        else { return readings.last }
        return overdue
    }

    /// Bytes that were handed over for the line and have not left, but may at any moment.
    ///
    /// What is for a peer that takes it slowly, or not at all any more, waits for that peer, and says
    /// nothing of our line.
    public var unsent: Int {
        paths.values.reduce(0) { $0 + ($1.isNearby || $1.isHeldUp ? 0 : $1.unsent) }
    }

    /// How many connections over the line hold back a good part of a block.
    public var holdingBack: Int {
        paths.values.count {
            !$0.isNearby && !$0.isHeldUp && $0.unsent >= ChunkGeometry.blockSize / 4
        }
    }

    /// Bytes per second that left over the line lately.
    func rate(at now: MonotonicInstant) -> Double {
        (totalSent(by: now) - totalSent(by: now - Self.span)) / Self.span.inSeconds
    }

    /// What the line takes; `nil` as long as no queue shows it.
    ///
    /// From one ping that had to wait to a later one the line was never idle: it took what was sent
    /// between them, less what the second one had to wait for more than the first.
    func load(noise: Duration) -> LineLoad? {
        let full = readings.reversed().prefix { $0.queue >= Self.surelyFull + noise * 2 }
        guard let last = full.first, let first = full.last else { return nil }
        let span = last.at - first.at
        let growth = last.queue - first.queue
        let busy = span + growth
        guard span >= Self.loadSpan.lowerBound, busy > .zero,
            totals.first.map({ $0.at <= first.at }) ?? false
        else { return nil }
        let bytes = totalSent(by: last.at) - totalSent(by: first.at)
        return LineLoad(
            taken: bytes / busy.inSeconds, given: bytes / span.inSeconds, growth: growth)
    }

    /// As much of a queue that a ping tells of as the kernels do not deny.
    ///
    /// All that we send stands in the queue in front of our line; while nothing is sent they say nothing.
    private func believed(_ queue: Duration, at now: MonotonicInstant) -> Duration {
        let delays = paths.values.compactMap { path -> Duration? in
            guard !path.isNearby, let kernel = path.kernel, now - kernel.at <= Self.kernelAge else {
                return nil
            }
            return kernel.delay
        }
        guard let longest = delays.max() else { return queue }
        return min(queue, longest * Self.kernelFactor + Self.kernelSlack)
    }

    private func newestReading() -> LineReading? {
        let recent = paths.values.filter { !$0.isNearby }.compactMap(\.reading)
        guard let newest = recent.max(by: { $0.at < $1.at }) else { return nil }
        let queues = recent.filter { newest.at - $0.at <= Self.sameMoment }.map(\.queue)
        return LineReading(
            at: newest.at, queue: queues.min() ?? newest.queue, base: newest.base)
    }

    /// Bytes that had left by then, evenly between the moments at which they were counted.
    private func totalSent(by instant: MonotonicInstant) -> Double {
        guard let next = totals.firstIndex(where: { $0.at > instant }) else {
            return Double(totals.last?.bytes ?? 0)
        }
        let after = totals[next]
        guard next > 0 else { return Double(after.bytes) }
        let before = totals[next - 1]
        let part = (instant - before.at) / (after.at - before.at)
        return Double(before.bytes) + part * Double(after.bytes - before.bytes)
    }
}

/// The smallest of the values of about a minute, and the last one.
private struct RecentFloor {
    /// Values count for one to two of these: two clocks drift apart by a tenth of a millisecond a
    /// second at the worst, and a path may change.
    static let age = Duration.seconds(30)

    private var older: Duration?
    private var newer: Duration?
    private var began: MonotonicInstant?
    private var last: Duration = .zero

    /// How much the last value is above the floor.
    var excess: Duration { last - min(older ?? last, newer ?? last) }

    mutating func note(_ value: Duration, at now: MonotonicInstant) {
        if let began, now - began < Self.age {
            newer = min(newer ?? value, value)
        } else {
            older = newer
            newer = value
            began = now
        }
        last = value
    }
}

extension PeerAddress {
    /// Whether the address is only good inside one network (RFC 1918, RFC 4193, link-local and
    /// loopback).
    var isOnPrivateNetwork: Bool {
        switch self {
        case .ipv4(let address, _):
            address >> 24 == 10 || address >> 24 == 127 || address >> 20 == 0xAC1
                || address >> 16 == 0xC0A8 || address >> 16 == 0xA9FE
        case .ipv6(let address, _):
            address.bytes[0] & 0xFE == 0xFC
                || (address.bytes[0] == 0xFE && address.bytes[1] & 0xC0 == 0x80)
                || (address.bytes.dropLast().allSatisfy { $0 == 0 } && address.bytes[15] == 1)
        case .name: false
        }
    }
}

// A line, the connections over it and the pacer that finds it, in virtual time.

import Glibc
import PartyModel

@testable import SwarmCore

/// A peer that has film to send to some others, over a line with a queue.
struct VirtualUplinkLine {
    /// Bytes per second that the line takes.
    var rate: Double
    /// Bytes per second that the others want; what they did not want in time they do not want later.
    var wanted = Double.infinity
    /// What somebody else's packets make ours wait, whatever we do.
    var foreignWait = Duration.zero
    /// To each of the others, both ways, while no queue is in the way.
    let roundTrip: Duration
    /// By how much a packet may be late each way; none overtakes another.
    let jitter: Duration
    let peers: [PeerID]

    private(set) var pacer: UplinkPacer
    private(set) var now = MonotonicInstant(nanoseconds: 1_000_000_000)
    private(set) var delivered = 0.0

    private var book = LineBook()
    private var bucket = TokenBucket(lateness: TokenBucket.alarmLateness)
    private var kernelPace = 0.0
    private var unsent: [Double]
    private var sent: [Double]
    private var window: [Double]
    private var queue = 0.0
    private let filmBegins: MonotonicInstant
    private var owed = 0.0
    private var ways: [(out: Way, back: Way)]
    private var smoothedDelay = Duration.zero
    private var turn = 0
    private var pings: [(pong: Pong, from: Int, received: MonotonicInstant)] = []
    private var nextPings: [MonotonicInstant]
    private var nextLook = MonotonicInstant(nanoseconds: 0)
    private var chance: UInt64

    static let step = Duration.milliseconds(1)
    /// Everybody is pinged on joining, before the first block is asked for.
    static let greeting = Duration.milliseconds(200)
    static let packet = 1500.0

    /// One way of a connection, once a packet has left our line.
    private struct Way {
        private var latest = MonotonicInstant(nanoseconds: 0)

        /// When the last of some packets arrives, none of which overtakes one before it.
        mutating func arrival(_ first: MonotonicInstant, lateness: Duration) -> MonotonicInstant {
            latest = max(latest, first + lateness)
            return latest
        }
    }

    init(
        megabits: Double, roundTrip: Duration, peers count: Int, jitter: Duration = .zero,
        limit: Double? = nil, seed: UInt64 = 1
    ) {
        rate = megabits * 125_000
        self.roundTrip = roundTrip
        self.jitter = jitter
        peers = (0..<count).map { peerID(UInt8($0 + 1)) }
        pacer = UplinkPacer(limit: limit)
        unsent = Array(repeating: 0, count: count)
        sent = Array(repeating: 0, count: count)
        window = Array(repeating: 14_600, count: count)
        ways = Array(repeating: (Way(), Way()), count: count)
        // Everybody is pinged at once, and then in turn.
        nextPings = (0..<count).map { [now] in now + .milliseconds($0) }
        filmBegins = now + Self.greeting
        chance = seed
        for peer in peers { book.separated(peer, at: now) }
    }

    /// How long a packet would wait that came now.
    var wait: Duration { .nanoseconds(Int64(queue / rate * 1e9)) + foreignWait }

    mutating func run(for duration: Duration, each: (inout Self) -> Void = { _ in }) {
        let end = now + duration
        while now < end {
            tick()
            each(&self)
        }
    }

    private mutating func tick() {
        now = now + Self.step
        let span = Self.step.inSeconds
        if now >= filmBegins { owed = min(owed + wanted * span, 1e6) }
        if bucket.opens(after: now) == nil, unsent.reduce(0, +) < 1e6,
            owed >= Double(ChunkGeometry.blockSize)
        {
            bucket.take(ChunkGeometry.blockSize, at: now)
            owed -= Double(ChunkGeometry.blockSize)
            book.sentFilm(to: peers[turn], at: now)
            unsent[turn] += Double(ChunkGeometry.blockSize)
            turn = (turn + 1) % peers.count
        }
        for index in peers.indices {
            let most = min(kernelPace, window[index] / (roundTrip + wait).inSeconds) * span
            let bytes = min(unsent[index], most)
            unsent[index] -= bytes
            sent[index] += bytes
            queue += bytes
            // As TCP opens its window.
            window[index] += bytes
            if bytes > 0 { acknowledge(Int((bytes / Self.packet).rounded(.up)), from: index) }
        }
        let out = min(queue, rate * span)
        queue -= out
        delivered += out
        ask()
        answer()
        if nextLook <= now { look() }
    }

    private mutating func ask() {
        for index in peers.indices where nextPings[index] <= now {
            let round = max(.milliseconds(50), .milliseconds(25) * peers.count)
            nextPings[index] =
                now < filmBegins ? filmBegins + round * index / peers.count : now + round
            book.asked(peers[index], at: now)
            let arrived = ways[index].out.arrival(now + wait + roundTrip / 2, lateness: late())
            let pong = Pong(sent: now, arrived: arrived, answered: arrived)
            let back = ways[index].back.arrival(arrived + roundTrip / 2, lateness: late())
            pings.append((pong, index, back))
        }
    }

    private mutating func answer() {
        for ping in pings where ping.received <= now {
            let isNew = book.heard(
                ping.pong, from: peers[ping.from], at: .ipv4(0x0101_0101, port: 1),
                received: ping.received)
            if isNew { look() }
        }
        pings.removeAll { $0.received <= now }
    }

    private mutating func look() {
        nextLook = now + UplinkPacer.interval
        book.counted(
            peers.indices.map {
                LineCount(
                    peer: peers[$0], sent: Int64(sent[$0]), unsent: Int(unsent[$0]),
                    delay: smoothedDelay)
            }, at: now)
        let pace = pacer.look(at: book.sight(at: now, noise: pacer.noise), now: now)
        bucket.set(rate: UplinkPacer.handingOver(pace, unsent: book.unsent), at: now)
        kernelPace = pace * 1.05 / Double(max(book.holdingBack, 1))
    }

    /// What the kernel learns from what is sent in one step: its mean over acknowledgements.
    private mutating func acknowledge(_ packets: Int, from index: Int) {
        let there = ways[index].out.arrival(
            now + wait + roundTrip / 2, lateness: late(most: packets))
        let back = ways[index].back.arrival(
            there + roundTrip / 2, lateness: late(most: (packets + 1) / 2))
        smoothedDelay = smoothedDelay + (back - now - roundTrip - smoothedDelay) / 16
    }

    /// By how much the latest of some packets is late.
    private mutating func late(most packets: Int = 1) -> Duration {
        chance = chance &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let part = pow(Double(chance >> 40) / Double(1 << 24), 1 / Double(packets))
        return .nanoseconds(Int64(Double(jitter.wholeNanoseconds) * part))
    }
}

// What would a second relay hop bring where a room is larger than the program allows?
//
// A study and no feature: nothing here is used by the program, and no `Swarm` takes part. It is the
// plan alone, on lines with a rate and a delay: the host gives consecutive blocks to the guest that has
// least to pass on, by news that are as old as the line makes them. With one hop that guest passes a
// block on to all others. With two, the guests stand in a square: it passes the block along its row, and
// it and each of the row down its column.
//
// Invariant: every block is passed on to every guest exactly once, except by those that keep silent.

import PartyModel

/// A party in which the plan is all that happens.
public struct HopStudy {
    /// How a block gets from its owner to everybody.
    public enum Scheme: Sendable, CaseIterable {
        /// The owner sends it to all.
        case oneHop
        /// Along the owner's row, and down each column.
        case square
    }

    /// What came of a run.
    public struct Outcome: Sendable {
        /// Until everybody who was sent everything had it, as a multiple of the fluid bound.
        public let boundRatio: Double
        /// From when the host gives a block out until the last guest has it: half of all blocks take
        /// less.
        public let spreadMedian: Duration
        /// The longest of those times.
        public let spreadLongest: Duration
        /// Until everybody has the first mebibyte.
        public let firstMebibyte: Duration
        /// The part of all deliveries that did not happen because somebody on the way kept silent.
        public let missed: Double
        /// Connections a guest has.
        public let connections: Int
    }

    private enum Happening {
        case hostIsFree
        case lineIsFree(Int)
        case arrives(block: Int, at: Int, Duty)
        case heardOf(Int)
    }

    /// What a guest does with a block that comes.
    private enum Duty {
        case own
        case passOn([Int])
        case keep
    }

    /// A block and a receiver in the queue of a guest, with what the receiver is to do.
    private struct Errand {
        let block: Int
        let receiver: Int
        let duty: Duty
    }

    private let guests: Int
    private let blocks: Int
    private let scheme: Scheme
    private let sendTime: Duration
    private let hostSendTime: Duration
    private let fluidBound: Double
    private var chance: SeededGenerator
    private let silent: Set<Int>

    private var queue = EventQueue<Happening>()
    private var now = MonotonicInstant(nanoseconds: 0)
    private var waiting: [Fifo<Errand>]
    private var isBusy: [Bool]
    /// What the host believes that each guest still has to send.
    private var backlog: [Int]
    private var given: [MonotonicInstant] = []
    private var lastArrival: [MonotonicInstant]
    private var arrivals = 0

    /// How old news are beside the way: they are batched.
    private static let newsInterval = Duration.milliseconds(50)
    /// The one-way delays between two peers, in seconds.
    private static let delays = 0.010...0.025
    /// What a room is to have after a start or a jump.
    private static let firstBlocks = (1 << 20) / ChunkGeometry.blockSize

    /// Runs a party.
    ///
    /// - Parameters:
    ///   - guests: at least one.
    ///   - blocks: how long the film is, at least a mebibyte.
    ///   - uplinks: bytes per second that the host and each guest send.
    ///   - silentPart: the part of all guests that pass nothing on.
    public static func run(
        guests: Int, blocks: Int, scheme: Scheme, uplinks: (host: Double, guest: Double),
        silentPart: Double = 0, seed: UInt64 = 1
    ) -> Outcome {
        var study = HopStudy(
            guests: guests, blocks: blocks, scheme: scheme, uplinks: uplinks,
            silentPart: silentPart, seed: seed)
        study.run()
        return study.outcome()
    }

    private init(
        guests: Int, blocks: Int, scheme: Scheme, uplinks: (host: Double, guest: Double),
        silentPart: Double, seed: UInt64
    ) {
        self.guests = guests
        self.blocks = blocks
        self.scheme = scheme
        let bytes = Double(ChunkGeometry.blockSize + Message.blockFrameOverhead)
        sendTime = .nanoseconds(Int64(bytes / uplinks.guest * 1e9))
        hostSendTime = .nanoseconds(Int64(bytes / uplinks.host * 1e9))
        let film = Double(blocks * ChunkGeometry.blockSize)
        let all = uplinks.host + Double(guests) * uplinks.guest
        fluidBound = max(film / uplinks.host, Double(guests) * film / all)
        var chance = SeededGenerator(seed: seed)
        silent = Set((0..<guests).filter { _ in chance.happens(silentPart) })
        self.chance = chance
        waiting = Array(repeating: Fifo(), count: guests)
        isBusy = Array(repeating: false, count: guests)
        backlog = Array(repeating: 0, count: guests)
        lastArrival = Array(repeating: now, count: blocks)
    }

    // MARK: The plan

    /// Guests in a row of the square.
    private var side: Int { Int(Double(guests).squareRoot().rounded(.up)) }

    private func column(of guest: Int) -> [Int] {
        stride(from: guest % side, to: guests, by: side).filter { $0 != guest }
    }

    /// What an owner sends, and what its receivers do with it.
    private func errands(for block: Int, ownedBy owner: Int) -> [Errand] {
        switch scheme {
        case .oneHop:
            return (0..<guests).filter { $0 != owner }
                .map { Errand(block: block, receiver: $0, duty: .keep) }
        case .square:
            let start = owner / side * side
            let row = (start..<min(start + side, guests)).filter { $0 != owner }
            // A last row that is not full has no one for the columns beyond it: the owner steps in.
            let beyond = (start + row.count + 1..<start + side).flatMap { guest in
                stride(from: guest % side, to: guests, by: side).map { $0 }
            }
            return row.map { Errand(block: block, receiver: $0, duty: .passOn(column(of: $0))) }
                + (column(of: owner) + beyond)
                .map { Errand(block: block, receiver: $0, duty: .keep) }
        }
    }

    // MARK: The run

    private mutating func run() {
        queue.plan(.hostIsFree, at: now)
        while let (time, event) = queue.next() {
            now = time
            switch event {
            case .hostIsFree: give()
            case .lineIsFree(let guest):
                isBusy[guest] = false
                send(from: guest)
            case .arrives(let block, let guest, let duty): arrive(block, at: guest, duty)
            case .heardOf(let server): backlog[server] -= 1
            }
        }
    }

    private mutating func give() {
        guard given.count < blocks else { return }
        let owner = backlog.indices.min { backlog[$0] < backlog[$1] } ?? 0
        let block = given.count
        given.append(now)
        for errand in errands(for: block, ownedBy: owner) {
            backlog[owner] += 1
            if case .passOn(let receivers) = errand.duty {
                backlog[errand.receiver] += receivers.count
            }
        }
        queue.plan(.arrives(block: block, at: owner, .own), at: now + hostSendTime + delay())
        queue.plan(.hostIsFree, at: now + hostSendTime)
    }

    private mutating func delay() -> Duration {
        .nanoseconds(Int64(chance.number(in: Self.delays) * 1e9))
    }

    private mutating func arrive(_ block: Int, at guest: Int, _ duty: Duty) {
        arrivals += 1
        lastArrival[block] = max(lastArrival[block], now)
        guard !silent.contains(guest) else { return }
        let errands =
            switch duty {
            case .own: errands(for: block, ownedBy: guest)
            case .passOn(let receivers):
                receivers.map { Errand(block: block, receiver: $0, duty: .keep) }
            case .keep: [Errand]()
            }
        for errand in errands { waiting[guest].append(errand) }
        send(from: guest)
    }

    private mutating func send(from guest: Int) {
        guard !isBusy[guest], let errand = waiting[guest].popFirst() else { return }
        isBusy[guest] = true
        queue.plan(.lineIsFree(guest), at: now + sendTime)
        let arrival = now + sendTime + delay()
        queue.plan(
            .arrives(block: errand.block, at: errand.receiver, errand.duty), at: arrival)
        queue.plan(.heardOf(guest), at: arrival + delay() + Self.newsInterval)
    }

    private func outcome() -> Outcome {
        let spreads = zip(given, lastArrival).map { $1 - $0 }.sorted()
        let first = lastArrival.prefix(Self.firstBlocks).max() ?? now
        let end = lastArrival.max() ?? now
        let start = MonotonicInstant(nanoseconds: 0)
        return Outcome(
            boundRatio: (end - start).inSeconds / fluidBound,
            spreadMedian: spreads[spreads.count / 2], spreadLongest: spreads.last ?? .zero,
            firstMebibyte: first - start,
            missed: 1 - Double(arrivals) / Double(guests * blocks),
            connections: scheme == .oneHop ? guests : 2 * (side - 1) + 1)
    }
}

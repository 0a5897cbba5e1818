// What lies between two peers, in one direction: a delay, two lanes, and sometimes nothing at all.
//
// Like the program, a pair has a connection for messages and one for blocks. Neither lane is ever
// overtaken by itself, and a message never waits behind a block.
//
// Invariant: what was sent in one session of a pair never arrives in another.

import PartyModel

/// A block on its way.
struct BlockInTransit {
    let address: BlockAddress
    /// Whether the bytes are not those of the film.
    let isGarbage: Bool
    /// Whether the receiver is to pass it on.
    let isToBeRelayed: Bool
    /// Whether it was sent without having been asked for.
    let isPush: Bool
}

/// One direction of a pair of peers.
struct VirtualLink {
    let delay: Duration
    /// Whether the sender's swarm was told that the peer is there, and not yet that it left.
    private(set) var isOpen = false
    /// Counts the connections of the pair.
    private(set) var session = 0
    /// Nothing moves before.
    private(set) var cloggedUntil = MonotonicInstant(nanoseconds: 0)
    /// Blocks that are read and wait for the uplink.
    var waiting = Fifo<BlockInTransit>()
    /// Whether the uplink's round includes this link.
    var isInRound = false

    /// Blocks that left and have not arrived.
    private(set) var inFlight = 0
    /// Bytes that a connection takes before the first of them are confirmed, about: more of them wait
    /// at the sender.
    static let window = 512 * 1024

    private var lastMessage = MonotonicInstant(nanoseconds: 0)
    private var lastBlock = MonotonicInstant(nanoseconds: 0)

    init(delay: Duration) { self.delay = delay }

    mutating func open(session: Int) {
        isOpen = true
        self.session = session
        inFlight = 0
    }

    /// Whether the connection takes a block now.
    func takesBlocks(at time: MonotonicInstant) -> Bool {
        !isClogged(at: time) && inFlight < Self.window / ChunkGeometry.blockSize
    }

    mutating func blockArrived() { inFlight = max(0, inFlight - 1) }

    mutating func close() {
        isOpen = false
        waiting.removeAll()
    }

    mutating func clog(until end: MonotonicInstant) { cloggedUntil = max(cloggedUntil, end) }

    func isClogged(at time: MonotonicInstant) -> Bool { time < cloggedUntil }

    /// When a message that leaves now arrives.
    mutating func messageArrives(
        leaving time: MonotonicInstant, jitter: Duration
    ) -> MonotonicInstant {
        lastMessage = max(lastMessage, max(time, cloggedUntil) + delay + jitter)
        return lastMessage
    }

    /// When the last byte of a block that left now arrives.
    mutating func blockArrives(
        leaving time: MonotonicInstant, jitter: Duration
    ) -> MonotonicInstant {
        inFlight += 1
        lastBlock = max(lastBlock, max(time, cloggedUntil) + delay + jitter)
        return lastBlock
    }
}

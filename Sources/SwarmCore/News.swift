// Whom to tell what we have, and when.
//
// The host plans by what the guests have, so it is told quickly; so is everybody after some blocks,
// for senders stop when too much is unconfirmed. The others can wait a little, the longer the more
// there are: in a full mesh of N the messages grow with N².

import PartyModel

/// Chunks that changed, for the host and for the others.
struct News {
    /// Batches news for the host so that a fast download is not a message per block.
    static let hostInterval = Duration.milliseconds(50)
    /// Per ten guests, the time between news to them.
    static let guestInterval = Duration.milliseconds(50)
    /// Blocks after which everybody is told at once: a quarter of a sender's credit.
    static let blocksAtOnce = 8

    private(set) var forHost: [ItemID: Set<UInt32>] = [:]
    private(set) var forGuests: [ItemID: Set<UInt32>] = [:]
    private var hostDue: MonotonicInstant?
    private var guestsDue: MonotonicInstant?
    private var blocks = 0

    var next: MonotonicInstant? { [hostDue, guestsDue].compactMap { $0 }.min() }

    mutating func add(_ address: BlockAddress, guests: Int, now: MonotonicInstant) {
        forHost[address.item, default: []].insert(address.block.chunk.number)
        forGuests[address.item, default: []].insert(address.block.chunk.number)
        blocks += 1
        hostDue = hostDue ?? now + Self.hostInterval
        guestsDue = guestsDue ?? now + Self.guestInterval * max(1, (guests + 5) / 10)
        if blocks >= Self.blocksAtOnce {
            hostDue = now
            guestsDue = now
        }
    }

    /// The news that are due, now taken out.
    mutating func takeForHost(now: MonotonicInstant) -> [ItemID: Set<UInt32>] {
        guard let due = hostDue, due <= now else { return [:] }
        defer { forHost = [:] }
        hostDue = nil
        return forHost
    }

    /// The news that are due, now taken out.
    mutating func takeForGuests(now: MonotonicInstant) -> [ItemID: Set<UInt32>] {
        guard let due = guestsDue, due <= now else { return [:] }
        defer { forGuests = [:] }
        guestsDue = nil
        blocks = 0
        return forGuests
    }
}

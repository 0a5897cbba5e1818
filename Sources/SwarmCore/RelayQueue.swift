// What this peer has promised to bring to others, oldest block first.
//
// A guest owes the blocks the host gave it for passing on; the host owes those it spreads itself.
// Of one block's receivers the most deprived comes first (Massoulié et al., "Randomized decentralized
// broadcasting algorithms", 2007, show that serving the most deprived is rate-optimal on a full mesh).
//
// Invariant: a receiver is in a block's set until it was sent the block, said that it has it, or left.

import PartyModel

/// Blocks and who is to get them.
struct RelayQueue {
    private struct Entry {
        let address: BlockAddress
        var receivers: PeerSet
    }

    private var entries: [Entry] = []
    /// Entries before this one have no receivers left.
    private var head = 0
    /// Blocks still to be sent, counted per receiver.
    private(set) var count = 0

    mutating func add(_ address: BlockAddress, to receivers: PeerSet) {
        guard !receivers.isEmpty else { return }
        // Dropping the empty front now and then keeps the cost of it constant per entry.
        if head > entries.count / 2 {
            entries.removeFirst(head)
            head = 0
        }
        entries.append(Entry(address: address, receivers: receivers))
        count += receivers.count
    }

    /// The next block and its receiver, now taken out; `nil` when nobody `canTake` any.
    ///
    /// - Parameter canTake: how many blocks the peer in a slot has, or `nil` when it takes none now.
    mutating func next(canTake: (Int) -> Int?) -> (BlockAddress, slot: Int)? {
        var open = PeerSet.empty
        var held = [Int](repeating: 0, count: Limits.members)
        for slot in pending.slots {
            guard let count = canTake(slot) else { continue }
            open.insert(slot)
            held[slot] = count
        }
        guard !open.isEmpty else { return nil }
        for index in head..<entries.count {
            let candidates = PeerSet(bits: entries[index].receivers.bits & open.bits)
            guard let slot = candidates.slots.min(by: { held[$0] < held[$1] }) else { continue }
            take(slot, at: index)
            return (entries[index].address, slot)
        }
        return nil
    }

    /// All receivers of anything.
    private var pending: PeerSet {
        var pending = PeerSet.empty
        for entry in entries[head...] {
            pending.bits |= entry.receivers.bits
            if pending.count == Limits.members { break }
        }
        return pending
    }

    /// The peer has the block, wherever it came from.
    mutating func received(_ address: BlockAddress, by slot: Int) {
        guard let index = entries[head...].firstIndex(where: { $0.address == address }) else {
            return
        }
        take(slot, at: index)
    }

    /// Who still is to get this block.
    func receivers(of address: BlockAddress) -> PeerSet {
        entries[head...].first { $0.address == address }?.receivers ?? .empty
    }

    mutating func leave(_ slot: Int) {
        for index in head..<entries.count { take(slot, at: index) }
    }

    private mutating func take(_ slot: Int, at index: Int) {
        guard entries[index].receivers.remove(slot) else { return }
        count -= 1
        while head < entries.count, entries[head].receivers.isEmpty { head += 1 }
    }
}

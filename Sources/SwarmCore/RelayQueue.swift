// What this peer has promised to bring to others, and which of it goes out next.
//
// A guest owes the blocks the host gave it for passing on; the host owes those it spreads itself.
// What is needed soonest goes first, whenever it came: everybody watches the same place, so what this
// peer's player needs next the others' players do, too. Of one block's receivers the most deprived
// comes first (Massoulié et al., "Randomized decentralized broadcasting algorithms", 2007, show that
// serving the most deprived is rate-optimal on a full mesh).
//
// Invariant: a receiver is in a block's set until it was sent the block, said that it has it, or left;
// `places` finds each entry that has receivers, and `owed` counts them.

import PartyModel

/// Blocks and who is to get them.
struct RelayQueue {
    private struct Entry {
        let address: BlockAddress
        var receivers: PeerSet
        /// Those who pass it on further.
        var first = PeerSet.empty
    }

    /// In the order they came; those without receivers are holes.
    private var entries: [Entry] = []
    private var places: [BlockAddress: Int] = [:]
    /// Blocks that one peer may be owed unasked: 16 MiB.
    ///
    /// Whoever takes them so much more slowly than they come asks for what it lacks, and nobody's queue
    /// grows to the size of a film.
    static let owedAtMost = 256

    /// By slot: blocks still to be sent.
    private var owed = [Int](repeating: 0, count: Limits.members)
    /// Everybody who is to get anything.
    private(set) var pending = PeerSet.empty

    var isEmpty: Bool { pending.isEmpty }

    /// Promises a block to some; among them those come `first` who pass it on further.
    mutating func add(
        _ address: BlockAddress, to receivers: PeerSet, first: PeerSet = .empty
    ) {
        var receivers = receivers
        for slot in receivers where owed[slot] >= Self.owedAtMost { receivers.remove(slot) }
        guard !receivers.isEmpty else { return }
        let place = places[address] ?? append(address)
        entries[place].first = entries[place].first.union(first)
        for slot in receivers.subtracting(entries[place].receivers) {
            entries[place].receivers.insert(slot)
            owed[slot] += 1
            pending.insert(slot)
        }
    }

    private mutating func append(_ address: BlockAddress) -> Int {
        // Closing the holes when they are the half keeps the cost of it constant per entry.
        if entries.count > 2 * places.count + 16 {
            entries.removeAll { $0.receivers.isEmpty }
            for (place, entry) in entries.enumerated() { places[entry.address] = place }
        }
        entries.append(Entry(address: address, receivers: .empty))
        places[address] = entries.count - 1
        return entries.count - 1
    }

    /// The next block and its receiver, now taken out; `nil` when there is none for those.
    ///
    /// - Parameters:
    ///   - open: who can be sent something.
    ///   - held: how many blocks the peer in a slot has.
    ///   - distance: how soon a block is needed; of equals the one that came first goes first.
    ///   - limit: only what is nearer than this.
    mutating func next(
        open: PeerSet, nearerThan limit: Int, held: (Int) -> Int, distance: (BlockAddress) -> Int
    ) -> (BlockAddress, slot: Int)? {
        guard !open.isDisjoint(with: pending) else { return nil }
        var best: (place: Int, distance: Int)?
        for place in entries.indices
        where !entries[place].receivers.isDisjoint(with: open) {
            let distance = distance(entries[place].address)
            if distance < best?.distance ?? limit { best = (place, distance) }
        }
        guard let place = best?.place else { return nil }
        let receivers = entries[place].receivers.intersection(open)
        let first = receivers.intersection(entries[place].first)
        guard let slot = (first.isEmpty ? receivers : first).min(by: { held($0) < held($1) })
        else { return nil }
        let address = entries[place].address
        take(slot, at: place)
        return (address, slot)
    }

    /// The peer has the block, wherever it came from.
    mutating func received(_ address: BlockAddress, by slot: Int) {
        guard let place = places[address] else { return }
        take(slot, at: place)
    }

    /// What is still to be sent to a peer.
    func owed(to slot: Int) -> [BlockAddress] {
        guard owed[slot] > 0 else { return [] }
        return entries.filter { $0.receivers.contains(slot) }.map(\.address)
    }

    mutating func leave(_ slot: Int) {
        guard owed[slot] > 0 else { return }
        for place in entries.indices { take(slot, at: place) }
    }

    private mutating func take(_ slot: Int, at place: Int) {
        guard entries[place].receivers.remove(slot) else { return }
        owed[slot] -= 1
        if owed[slot] == 0 { pending.remove(slot) }
        if entries[place].receivers.isEmpty { places[entries[place].address] = nil }
    }
}

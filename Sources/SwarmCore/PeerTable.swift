// Who is there. Each peer has a slot as long as it is, so that everything kept per peer is an array,
// and sets of peers are words.
//
// Invariant: a peer has one slot from joining to leaving, and no two peers share one.

import PartyModel

/// The books about all peers, by slot.
struct PeerTable {
    /// Those of slots that nobody has are nobody's.
    private var ledgers: [PeerLedger] = []
    private var slots: [PeerID: Int] = [:]
    private(set) var present = PeerSet.empty
    private(set) var hosts = PeerSet.empty
    /// All slots by the order of their peers: whatever is done for each peer is done in this order,
    /// so that two runs never differ by how a dictionary is laid out.
    private(set) var inOrder: [Int] = []

    var isEmpty: Bool { present.isEmpty }
    var count: Int { present.count }
    var guests: PeerSet { present.subtracting(hosts) }

    /// Takes a peer in, with the ledger that is made for its slot; `nil` when all slots are taken.
    mutating func join(_ peer: PeerID, isHost: Bool, now: MonotonicInstant) -> Int? {
        let slot = PeerSet(bits: ~present.bits).first { $0 < Limits.members }
        guard let slot else { return nil }
        let ledger = PeerLedger(id: peer, isHost: isHost, came: now)
        if slot == ledgers.count { ledgers.append(ledger) } else { ledgers[slot] = ledger }
        slots[peer] = slot
        present.insert(slot)
        if isHost { hosts.insert(slot) }
        let place = inOrder.firstIndex { peer < ledgers[$0].id }
        inOrder.insert(slot, at: place ?? inOrder.count)
        return slot
    }

    /// A peer is gone; its slot and what was known of it.
    mutating func leave(_ peer: PeerID) -> (slot: Int, ledger: PeerLedger)? {
        guard let slot = slots.removeValue(forKey: peer) else { return nil }
        present.remove(slot)
        hosts.remove(slot)
        inOrder.removeAll { $0 == slot }
        return (slot, ledgers[slot])
    }

    func slot(of peer: PeerID) -> Int? { slots[peer] }

    /// The ledger in a slot that somebody has, to read or to change in place.
    subscript(slot: Int) -> PeerLedger {
        _read { yield ledgers[slot] }
        _modify { yield &ledgers[slot] }
    }
}

// Sets of peers as bits: a room has at most 64 members, so a word holds any set of them.
//
// Invariant: a peer has one slot from joining to leaving, and no two peers share one.

import PartyModel

/// A set of peers, by their slots.
struct PeerSet: Hashable, Sendable {
    var bits: UInt64 = 0

    static let empty = PeerSet()

    var isEmpty: Bool { bits == 0 }
    var count: Int { bits.nonzeroBitCount }

    func contains(_ slot: Int) -> Bool { bits & (1 << UInt64(slot)) != 0 }
    mutating func insert(_ slot: Int) { bits |= 1 << UInt64(slot) }

    /// Takes a slot out; `false` when it was not in.
    mutating func remove(_ slot: Int) -> Bool {
        guard contains(slot) else { return false }
        bits &= ~(1 << UInt64(slot))
        return true
    }

    /// The slots, lowest first.
    var slots: [Int] {
        var rest = bits
        var slots: [Int] = []
        while rest != 0 {
            slots.append(rest.trailingZeroBitCount)
            rest &= rest - 1
        }
        return slots
    }
}

/// Which peer has which slot.
struct PeerSlots: Sendable {
    private var peers: [PeerID?] = Array(repeating: nil, count: Limits.members)
    private var slots: [PeerID: Int] = [:]

    /// The peer's slot, a free one when it is new; `nil` when all are taken.
    mutating func join(_ peer: PeerID) -> Int? {
        if let slot = slots[peer] { return slot }
        guard let slot = peers.firstIndex(of: nil) else { return nil }
        peers[slot] = peer
        slots[peer] = slot
        return slot
    }

    mutating func leave(_ peer: PeerID) {
        guard let slot = slots.removeValue(forKey: peer) else { return }
        peers[slot] = nil
    }

    subscript(peer: PeerID) -> Int? { slots[peer] }
    subscript(slot: Int) -> PeerID? { peers[slot] }

    var all: [PeerID] { peers.compactMap { $0 } }
}

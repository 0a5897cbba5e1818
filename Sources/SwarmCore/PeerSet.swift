// Sets of peers as bits: a room has at most 64 members, so a word holds any set of them, and whom a
// block is for is a matter of one instruction.

/// A set of peers, by their slots.
struct PeerSet: Hashable, Sendable {
    var bits: UInt64 = 0

    static let empty = PeerSet()

    init(bits: UInt64 = 0) { self.bits = bits }

    /// The set of these.
    init(_ slots: some Sequence<Int>) {
        for slot in slots { insert(slot) }
    }

    /// The set of one.
    init(_ slot: Int) { bits = 1 << UInt64(slot) }

    var isEmpty: Bool { bits == 0 }
    var count: Int { bits.nonzeroBitCount }

    func contains(_ slot: Int) -> Bool { bits & (1 << UInt64(slot)) != 0 }
    mutating func insert(_ slot: Int) { bits |= 1 << UInt64(slot) }

    /// Takes a slot out; `false` when it was not in.
    @discardableResult
    mutating func remove(_ slot: Int) -> Bool {
        guard contains(slot) else { return false }
        bits &= ~(1 << UInt64(slot))
        return true
    }

    func isDisjoint(with other: PeerSet) -> Bool { bits & other.bits == 0 }
    func union(_ other: PeerSet) -> PeerSet { PeerSet(bits: bits | other.bits) }
    func intersection(_ other: PeerSet) -> PeerSet { PeerSet(bits: bits & other.bits) }
    func subtracting(_ other: PeerSet) -> PeerSet { PeerSet(bits: bits & ~other.bits) }
}

/// The slots, lowest first.
extension PeerSet: Sequence {
    struct Iterator: IteratorProtocol {
        fileprivate var rest: UInt64

        mutating func next() -> Int? {
            guard rest != 0 else { return nil }
            defer { rest &= rest - 1 }
            return rest.trailingZeroBitCount
        }
    }

    func makeIterator() -> Iterator { Iterator(rest: bits) }
}

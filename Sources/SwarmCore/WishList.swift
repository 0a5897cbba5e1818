// Which blocks were asked for, the oldest wish first.
//
// Invariant: no block is in it twice.

import DequeModule
import PartyModel

/// Blocks in the order they were first asked for.
struct WishList {
    private var order: Deque<BlockAddress> = []
    private var members: Set<BlockAddress> = []

    var first: BlockAddress? { order.first }

    /// Puts a block behind the others; `false` when it is among them.
    mutating func add(_ address: BlockAddress) -> Bool {
        guard members.insert(address).inserted else { return false }
        order.append(address)
        return true
    }

    /// Takes blocks out, wherever they are.
    mutating func remove(_ addresses: Set<BlockAddress>) {
        guard !addresses.isDisjoint(with: members) else { return }
        members.subtract(addresses)
        order.removeAll(where: addresses.contains)
    }

    mutating func removeFirst() {
        guard let first = order.popFirst() else { return }
        members.remove(first)
    }
}

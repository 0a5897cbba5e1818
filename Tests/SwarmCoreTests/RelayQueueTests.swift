import PartyModel
import Testing

@testable import SwarmCore

@Suite("What is to be passed on")
struct RelayQueueTests {
    private let geometry = makeGeometry(64 << 20)
    private let item = itemID(1)
    private var queue = RelayQueue()

    private func block(_ number: Int) -> BlockAddress {
        guard let block = geometry.block(at: number) else {
            preconditionFailure("the item has no block \(number)")
        }
        return BlockAddress(item: item, block: block)
    }

    private func set(_ slots: Int...) -> PeerSet {
        slots.reduce(into: .empty) { $0.insert($1) }
    }

    private mutating func next(
        open: PeerSet = PeerSet(bits: .max), nearerThan limit: Int = .max, held: [Int: Int] = [:],
        distance: (Int) -> Int = { _ in 0 }
    ) -> [Int]? {
        queue.next(
            open: open, nearerThan: limit, held: { held[$0] ?? 0 },
            distance: { distance(Int($0.block.number)) }
        ).map { [Int($0.0.block.number), $0.slot] }
    }

    @Test("to somebody who takes it too slowly is no more than that can ask for")
    mutating func bounded() {
        for number in 0..<1_000 { queue.add(block(number), to: set(1, 2)) }
        var sent = 0
        while next(open: set(2)) != nil { sent += 1 }
        #expect(sent == RelayQueue.owedAtMost)
        #expect(queue.owed(to: 1).count == RelayQueue.owedAtMost)
        #expect(queue.owed(to: 2).isEmpty)
        // Whoever has taken it may be owed more.
        queue.add(block(1_001), to: set(1, 2))
        #expect(next(open: set(2)) == [1_001, 2])
        #expect(next(open: set(2)) == nil)
    }

    @Test("goes out in the order it came, to the most deprived first")
    mutating func order() {
        queue.add(block(7), to: set(1, 2, 3))
        queue.add(block(3), to: set(1))
        let held = [1: 5, 2: 1, 3: 9]
        #expect(next(held: held) == [7, 2])
        #expect(next(held: held) == [7, 1])
        #expect(next(held: held) == [7, 3])
        #expect(next(held: held) == [3, 1])
        #expect(next(held: held) == nil)
        #expect(queue.isEmpty)
    }

    @Test("is overtaken by what is needed sooner")
    mutating func urgency() {
        for number in [7, 3, 5] { queue.add(block(number), to: set(1, 2)) }
        #expect(next(distance: { $0 == 3 ? -1 : 33 }) == [3, 1])
        #expect(next(distance: { $0 == 5 ? 0 : 33 }) == [5, 1])
        #expect(next(distance: { _ in 33 }) == [7, 1])
        #expect(next(nearerThan: 33, distance: { $0 == 5 ? 0 : 33 }) == [5, 2])
        #expect(next(nearerThan: 33, distance: { _ in 33 }) == nil)
    }

    @Test("goes first to those who pass it on further")
    mutating func helpersFirst() {
        queue.add(block(7), to: set(1, 2, 3), first: set(3))
        #expect(next() == [7, 3])
        #expect(next() == [7, 1])
        queue.add(block(8), to: set(1, 3), first: set(3))
        #expect(next(open: set(1), distance: { $0 == 8 ? 0 : 1 }) == [8, 1])
    }

    @Test("waits for nobody who takes nothing")
    mutating func closed() {
        queue.add(block(7), to: set(1, 2))
        queue.add(block(8), to: set(2))
        #expect(next(open: set(2)) == [7, 2])
        #expect(next(open: set(2)) == [8, 2])
        #expect(next(open: set(2)) == nil)
        #expect(queue.pending == set(1))
    }

    @Test("drops who has it, who leaves, and no one twice")
    mutating func settled() {
        queue.add(block(7), to: set(1, 2))
        queue.add(block(7), to: set(2, 3))
        queue.add(block(8), to: set(1))
        queue.received(block(7), by: 2)
        queue.received(block(7), by: 2)
        queue.leave(1)
        #expect(next() == [7, 3])
        #expect(next() == nil)
    }

    @Test("keeps its books over thousands of blocks that come and go in any order")
    mutating func holes() {
        var owed: Set<Int> = []
        for number in 0..<1_000 {
            queue.add(block(number), to: set(number % 5))
            owed.insert(number)
            // Every third is settled otherwise; what is left piles up behind and in between.
            if number % 3 == 0 {
                queue.received(block(number), by: number % 5)
                owed.remove(number)
            }
            if number % 2 == 0, let sent = next(distance: { ($0 * 7) % 13 }) {
                owed.remove(sent[0])
            }
        }
        while let sent = next() { #expect(owed.remove(sent[0]) != nil) }
        #expect(owed.isEmpty)
        #expect(queue.isEmpty)
    }
}

import Testing

@testable import SwarmCore

@Suite("A plan for passing a block on")
struct RelayPlanTests {
    private let everybody = PeerSet(bits: .max)

    private func set(_ slots: some Sequence<Int>) -> PeerSet {
        slots.reduce(into: .empty) { $0.insert($1) }
    }

    private func plan(
        owner: Int = 0, receivers: some Sequence<Int>, isUrgent: Bool = false,
        reach: [Int: PeerSet] = [:], perReceiver: [Int: Double] = [:], load: [Int: Double] = [:]
    ) -> RelayPlan {
        let receivers = set(receivers)
        return RelayPlan(
            owner: owner, receivers: receivers, isUrgent: isUrgent, candidates: receivers
        ) { slot in
            RelayPlan.Server(
                load: load[slot] ?? 0, perReceiver: perReceiver[slot] ?? 0.026,
                reach: reach[slot] ?? everybody)
        }
    }

    @Test("is the owner alone where nobody waits and it reaches everybody")
    func plain() {
        let plan = plan(receivers: 1..<50)
        #expect(plan.isPlain)
        #expect(plan.shares == [.init(server: 0, receivers: set(1..<50))])
        #expect(plan.helpers == .empty)
    }

    @Test("is not plain when somebody is left out on purpose")
    func leavesOut() {
        var plan = plan(receivers: 1..<4)
        plan.leavesOut = true
        #expect(!plan.isPlain)
    }

    @Test("has helpers where players wait, and brings the block to each receiver once")
    func urgent() {
        let plan = plan(receivers: 1..<50, isUrgent: true)
        #expect(plan.shares.count == 7)
        #expect(plan.shares.reduce(0) { $0 + $1.receivers.count } == 49)
        #expect(plan.receivers == set(1..<50))
        #expect(plan.helpers.subtracting(plan.shares[0].receivers).isEmpty)
        // One after the other would be 49.
        #expect(plan.shares.allSatisfy { $0.receivers.count <= 14 })
    }

    @Test("has no helpers where few wait")
    func urgentForFew() {
        #expect(plan(receivers: 1..<8, isUrgent: true).isPlain)
        #expect(!plan(receivers: 1..<9, isUrgent: true).isPlain)
    }

    @Test("gives a slow helper less, and one that is too slow nothing")
    func slowHelpers() throws {
        let slow = plan(
            receivers: 1..<17, isUrgent: true, perReceiver: [1: 0.1, 2: 3],
            load: Dictionary(uniqueKeysWithValues: (4..<17).map { ($0, 0.5) }))
        #expect(slow.helpers == set([1, 3]))
        let counts = Dictionary(
            uniqueKeysWithValues: slow.shares.map { ($0.server, $0.receivers.count) })
        #expect(try #require(counts[1]) < (try #require(counts[3])))
        #expect(slow.receivers == set(1..<17))
    }

    @Test("bridges to those out of the owner's reach by who is least busy")
    func bridges() {
        let plan = plan(
            receivers: 1..<6, reach: [0: set(1..<5), 1: set([2, 3]), 2: set([5]), 3: set([5])],
            load: [2: 1, 3: 0, 4: 2])
        #expect(
            plan.shares == [
                .init(server: 0, receivers: set(1..<5)), .init(server: 3, receivers: set([5])),
            ])
    }

    @Test("leaves out whom nobody reaches")
    func unreachable() {
        let near = set(0..<4)
        let plan = plan(receivers: 1..<5, reach: [0: near, 1: near, 2: near, 3: near])
        #expect(plan.receivers == set(1..<4))
        #expect(plan.isPlain)
    }

    @Test("knows who was to bring the block to whoever has it now")
    func received() {
        var plan = plan(receivers: 1..<50, isUrgent: true)
        let helper = plan.shares[1].server
        #expect(plan.received(by: helper) == 0)
        #expect(plan.received(by: helper) == nil)
        let left = plan.shares[1].receivers
        #expect(plan.drop(helper) == left)
        #expect(plan.receivers == set(1..<50).subtracting(left).subtracting(PeerSet(helper)))
    }
}

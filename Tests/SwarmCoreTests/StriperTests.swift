import PartyModel
import Testing

@testable import SwarmCore

@Suite("The host's plan")
struct StriperTests {
    private let item = itemID(1)
    private let geometry = makeGeometry(64 << 20)
    private var striper = Striper()
    /// By block: who has it, as the host believes.
    private var holders: [UInt32: PeerSet] = [:]
    /// By block: whose players are past it without it.
    private var passed: [UInt32: PeerSet] = [:]
    private var guests = PeerSet.empty

    init() {
        striper.add(item, geometry)
        striper.turn(to: item, followers: [])
    }

    private func at(_ milliseconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }

    private func block(_ number: Int) -> BlockAddress {
        guard let block = geometry.block(at: number) else {
            preconditionFailure("the item has no block \(number)")
        }
        return BlockAddress(item: item, block: block)
    }

    private mutating func join(_ slots: Range<Int>, at milliseconds: Int64 = -10_000) {
        for slot in slots {
            striper.join(slot, now: at(milliseconds))
            guests.insert(slot)
        }
    }

    /// What goes out next, over a host's line of 20 Mbit/s.
    private mutating func next(
        at milliseconds: Int64 = 0, open: PeerSet? = nil, onlyWanted: Bool = false
    ) -> Striper.Push? {
        let (guests, holders, passed) = (guests, holders, passed)
        return striper.next(
            now: at(milliseconds), hostRate: 2.5e6, open: open ?? guests, onlyWanted: onlyWanted,
            passed: { passed[$0.block.number] ?? .empty },
            lackers: { guests.subtracting(holders[$0.block.number] ?? .empty) })
    }

    /// The block that goes out next to be passed on, and the plan for it.
    private mutating func nextRelay(
        at milliseconds: Int64 = 0, open: PeerSet? = nil
    ) throws -> (number: Int, plan: RelayPlan) {
        guard case .relay(let address, let plan)? = next(at: milliseconds, open: open) else {
            throw NotRelayed()
        }
        return (Int(address.block.number), plan)
    }

    private struct NotRelayed: Error {}

    /// Guests say that they have what was on its way to them.
    private mutating func deliver(
        _ number: Int, to slots: some Sequence<Int>, at milliseconds: Int64
    ) {
        for slot in slots {
            holders[UInt32(number), default: .empty].insert(slot)
            striper.received(block(number), by: slot, now: at(milliseconds))
        }
    }

    @Test("what nobody waits for any more goes out in its turn")
    mutating func withdrawn() throws {
        join(0..<2)
        for number in [500, 501, 700] { striper.want(block(number), leads: false) }
        striper.withdraw([block(500), block(501)])
        #expect(try nextRelay().number == 700)
        #expect(try nextRelay().number == 0)
        // Wanted again it goes first again, once.
        striper.want(block(500), leads: false)
        #expect(try nextRelay().number == 500)
        #expect(try nextRelay().number == 1)
    }

    @Test("what guests pass on is known where there is nobody to pass anything on to")
    mutating func relayRates() {
        #expect(striper.relayRates(without: .empty) == [])
        join(0..<1)
        #expect(striper.relayRates(without: .empty) == [0])
        join(1..<3)
        #expect(striper.relayRates(without: .empty) == nil)
        #expect(striper.relayRates(without: PeerSet(bits: 0b110)) == [0, 0, 0])
    }

    @Test("gives consecutive blocks to different guests, each for all others")
    mutating func stripes() throws {
        join(0..<4)
        let pushes = try (0..<4).map { _ in try nextRelay() }
        #expect(pushes.map(\.number) == [0, 1, 2, 3])
        #expect(Set(pushes.map(\.plan.owner)) == [0, 1, 2, 3])
        for push in pushes {
            #expect(push.plan.receivers == guests.subtracting(PeerSet(push.plan.owner)))
            #expect(push.plan.isPlain)
        }
    }

    @Test("who comes while a block is on its way to its owner gets it from there")
    mutating func joinsARelay() throws {
        join(0..<1, at: -1_000)
        striper.want(block(0), leads: false)
        #expect(try nextRelay(at: 0).plan.receivers.isEmpty)
        join(1..<4, at: 30)
        let roundTrip = { (_: Int) in Duration.milliseconds(50) }
        let joined = [1, 2, 0, 1].map {
            striper.joinRelay(of: block(0), $0, now: at(40), roundTrip: roundTrip)
        }
        #expect(joined == [true, true, false, false])
        #expect(striper.isComing(block(0), to: 2))
        // Later it is there already, and of other blocks there is nothing to join.
        let late = striper.joinRelay(of: block(0), 3, now: at(60), roundTrip: roundTrip)
        let other = striper.joinRelay(of: block(1), 3, now: at(40), roundTrip: roundTrip)
        #expect(!late && !other && !striper.isComing(block(0), to: 3))
        deliver(0, to: [1, 2], at: 200)
        #expect(striper.underWay.isEmpty)
    }

    @Test("gives more to whoever passes on faster")
    mutating func followsRates() throws {
        join(0..<3)
        var given = [0, 0, 0]
        var queues: [[(number: Int, slot: Int)]] = [[], [], []]
        for time in stride(from: Int64(0), to: 8_000, by: 10) {
            // The host sends a block every 40 ms, the first guest one in 30 and the others one in 90.
            for guest in 0..<3 where time % (guest == 0 ? 30 : 90) == 0 {
                guard !queues[guest].isEmpty else { continue }
                let (number, slot) = queues[guest].removeFirst()
                deliver(number, to: [slot], at: time)
            }
            guard time % 40 == 0, let (number, plan) = try? nextRelay(at: time) else { continue }
            if time > 2_000 { given[plan.owner] += 1 }
            queues[plan.owner] += plan.receivers.map { (number, $0) }
        }
        #expect(given[0] > 3 * given[1] / 2 && given[1] > 0)
    }

    @Test("spreads blocks itself when the guests' lines are full")
    mutating func spreads() throws {
        join(0..<4)
        var pushes: [Striper.Push] = []
        while pushes.count < 200, let push = next() {
            pushes.append(push)
            if case .spread = push { break }
        }
        // Of 20 Mbit/s, three receivers take 79 ms; up to 660 ms of that may wait at each of four.
        #expect(pushes.count > 20 && pushes.count < 60)
        guard case .spread(_, guests)? = pushes.last else {
            Issue.record("\(String(describing: pushes.last))")
            return
        }
    }

    @Test("puts what a player waits for first, with helpers, and follows it there")
    mutating func wanted() throws {
        join(0..<20)
        striper.ask(block(700))
        striper.want(block(500), leads: true)
        striper.want(block(501), leads: false)
        let numbers = try (0..<4).map { _ in
            let (number, plan) = try nextRelay()
            #expect(plan.isPlain == (number == 700))
            return number
        }
        #expect(numbers == [500, 501, 700, 502])
        #expect(!striper.isFree(block(501)))
        #expect(striper.isFree(block(503)))
    }

    @Test("brings what a player waits for to nobody who has passed it")
    mutating func passedBy() throws {
        join(0..<4)
        passed = [10: PeerSet([1, 2, 3]), 11: PeerSet([2, 3]), 12: guests, 0: PeerSet(1)]
        for number in [10, 11, 12] { striper.want(block(number), leads: false) }
        for expected in [[0], [0, 1], [0, 1, 2, 3], [0, 1, 2, 3]] {
            let (_, plan) = try nextRelay()
            #expect(Array(plan.receivers.union(PeerSet(plan.owner))) == expected)
            #expect(plan.leavesOut == (expected.count < 4))
        }
        // Who waits alone and can be sent nothing now keeps nobody else waiting.
        passed[20] = PeerSet([1, 2, 3])
        striper.want(block(20), leads: false)
        let (number, plan) = try nextRelay(open: PeerSet([1, 2, 3]))
        #expect(number == 20)
        #expect(plan.owner != 0 && plan.receivers.contains(0))
    }

    @Test("gives out only what players wait for when it is told to")
    mutating func onlyWanted() throws {
        join(0..<3)
        striper.want(block(700), leads: false)
        guard case .relay(block(700), let plan)? = next(onlyWanted: true) else {
            throw NotRelayed()
        }
        #expect(plan.receivers.union(PeerSet(plan.owner)) == guests)
        #expect(next(onlyWanted: true) == nil)
        guard case .relay(block(0), _)? = next() else { throw NotRelayed() }
    }

    @Test("does not wait for those whom the owner does not reach, once it is known")
    mutating func reach() throws {
        join(0..<3)
        _ = striper.reaches(PeerSet(1), from: 0, now: at(0))
        _ = striper.reaches(PeerSet(0), from: 1, now: at(0))
        _ = striper.reaches(.empty, from: 2, now: at(0))
        let (number, plan) = try nextRelay()
        #expect(plan.receivers.count == 1)
        #expect(!plan.receivers.contains(2))
        #expect(!striper.isComing(block(number), to: 2))
    }

    @Test("takes back what it counted on when a guest says whom it does not reach")
    mutating func reachChanges() throws {
        join(0..<3)
        let (number, plan) = try nextRelay()
        let other = try #require(plan.receivers.first { _ in true })
        #expect(striper.isComing(block(number), to: other))
        let cutOff = striper.reaches(
            plan.receivers.subtracting(PeerSet(other)), from: plan.owner, now: at(5))
        #expect(!striper.isComing(block(number), to: other))
        // A player waits for it: the host brings it.
        #expect(cutOff.map(\.0) == [block(number)] && cutOff.map(\.1) == [PeerSet(other)])
    }

    @Test("takes a new guest to be reached by all, until it says otherwise")
    mutating func newcomer() throws {
        join(0..<2)
        _ = striper.reaches(PeerSet(1), from: 0, now: at(0))
        _ = striper.reaches(PeerSet(0), from: 1, now: at(0))
        join(2..<3, at: 0)
        #expect(try nextRelay(at: 10, open: PeerSet(0)).plan.receivers.contains(2))
        _ = striper.reaches(.empty, from: 2, now: at(100))
        #expect(try !nextRelay(at: 110, open: PeerSet(0)).plan.receivers.contains(2))
    }

    @Test("leaves out who cannot take as much as the others, and says so")
    mutating func laggard() throws {
        join(0..<3)
        var isLeftOut = false
        for round in 0..<60 where !isLeftOut {
            let time = Int64(round) * 30
            let (number, plan) = try nextRelay(at: time, open: PeerSet(bits: 0b11))
            // The third guest's line takes nothing.
            deliver(number, to: plan.receivers.subtracting(PeerSet(2)), at: time + 30)
            isLeftOut = plan.leavesOut
            #expect(isLeftOut != plan.receivers.contains(2))
            #expect(isLeftOut != plan.isPlain)
        }
        #expect(isLeftOut)
        #expect(!striper.isComing(block(0), to: 2))
        #expect(try nextRelay(at: 40_000).plan.receivers.contains(2))
    }

    @Test("takes over what is not passed on, sooner from who passes nothing on")
    mutating func expires() throws {
        join(0..<3)
        let lazy = try nextRelay(open: PeerSet(0))
        let busy = try nextRelay(open: PeerSet(1))
        for time in stride(from: Int64(500), through: 4_000, by: 500) {
            striper.received(block(busy.number), by: 0, now: at(time))
            let (number, plan) = try nextRelay(at: time, open: PeerSet(1))
            deliver(number, to: plan.receivers, at: time + 100)
        }
        let late = striper.expire(now: at(4_100))
        #expect(late.map { Int($0.0.block.number) } == [lazy.number])
        #expect(late.map(\.1) == [lazy.plan.receivers])
        #expect(striper.expire(now: at(20_000)).map { Int($0.0.block.number) } == [busy.number])
        #expect(striper.underWay.isEmpty)
    }

    @Test("gives a block up for a guest whose player waits, but not before its time")
    mutating func givesUp() throws {
        join(0..<3)
        let (number, plan) = try nextRelay(open: PeerSet(0))
        striper.giveUp(block(number), for: 1, now: at(1_000))
        #expect(striper.isComing(block(number), to: 1))
        striper.giveUp(block(number), for: 1, now: at(2_001))
        #expect(!striper.isComing(block(number), to: 1))
        #expect(plan.receivers.contains(2))
        #expect(striper.isComing(block(number), to: 2))
    }

    @Test("frees what only a guest had that is gone, and nothing else")
    mutating func leaves() throws {
        join(0..<3)
        let first = try nextRelay(open: PeerSet(0))
        let second = try nextRelay(open: PeerSet(0))
        let held = block(second.number)
        striper.leave(0) { $0 == held }
        #expect(striper.isFree(block(first.number)))
        #expect(!striper.isFree(block(second.number)))
        #expect(striper.underWay.isEmpty)
    }
}

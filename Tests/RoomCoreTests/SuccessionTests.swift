import PartyModel
import Testing

@testable import RoomCore

/// Peers who see each other or not, each with its own view of who keeps the room.
private struct Crowd {
    let order: [PeerID]
    var views: [PeerID: Succession] = [:]
    var alive: Set<PeerID>
    var links: Set<Set<PeerID>> = []
    var now = MonotonicInstant(nanoseconds: 0)

    init(count: Int) {
        order = (0..<count).map { PeerID(number: $0) }
        alive = Set(order)
        for peer in order { views[peer] = Succession() }
        for (index, one) in order.enumerated() {
            for other in order[(index + 1)...] { connect(one, other) }
        }
    }

    mutating func connect(_ one: PeerID, _ other: PeerID) {
        guard alive.contains(one), alive.contains(other), one != other,
            links.insert([one, other]).inserted
        else { return }
        views[one]?.arrived(other)
        views[other]?.arrived(one)
    }

    mutating func cut(_ one: PeerID, _ other: PeerID) {
        guard links.remove([one, other]) != nil else { return }
        views[one]?.lost(other, now: now)
        views[other]?.lost(one, now: now)
    }

    mutating func kill(_ peer: PeerID) {
        for other in order { cut(peer, other) }
        alive.remove(peer)
    }

    mutating func leave(_ peer: PeerID) {
        for other in order where links.remove([peer, other]) != nil { views[other]?.left(peer) }
        alive.remove(peer)
    }

    mutating func wait(_ duration: Duration) { now = now + duration }

    func keeper(at peer: PeerID) -> PeerID? {
        views[peer]?.keeper(of: order, for: peer, now: now)
    }

    /// Those alive whom a peer sees, itself included.
    func company(of peer: PeerID) -> Set<PeerID> {
        Set(alive.filter { $0 == peer || links.contains([$0, peer]) })
    }
}

extension PeerID {
    fileprivate init(number: Int) {
        guard let raw = Bytes16([UInt8](repeating: 0, count: 15) + [UInt8(number)]) else {
            preconditionFailure("sixteen bytes")
        }
        self.init(raw)
    }
}

@Suite("The succession")
struct SuccessionTests {
    private static let host = PeerID(number: 0)
    private static let longEnough = Succession.patienceAlone + .seconds(1)

    @Test("the host keeps the room while it is there, whoever else comes and goes")
    func host() {
        var crowd = Crowd(count: 4)
        crowd.kill(PeerID(number: 2))
        crowd.wait(Self.longEnough)
        for peer in crowd.alive { #expect(crowd.keeper(at: peer) == Self.host) }
    }

    @Test(
        "a host that is lost keeps its place for a moment, then the one longest in the room has it")
    func lost() {
        var crowd = Crowd(count: 4)
        crowd.kill(Self.host)
        crowd.wait(Succession.patience - .milliseconds(1))
        for peer in crowd.alive { #expect(crowd.keeper(at: peer) == Self.host) }
        crowd.wait(.milliseconds(1))
        for peer in crowd.alive { #expect(crowd.keeper(at: peer) == PeerID(number: 1)) }
    }

    @Test("a host that said good-bye is followed at once")
    func goodBye() {
        var crowd = Crowd(count: 3)
        crowd.leave(Self.host)
        for peer in crowd.alive { #expect(crowd.keeper(at: peer) == PeerID(number: 1)) }
    }

    @Test("two losses in a row, or at once, make the third the keeper", arguments: [true, false])
    func twoLosses(atOnce: Bool) {
        var crowd = Crowd(count: 4)
        crowd.kill(Self.host)
        if !atOnce { crowd.wait(Self.longEnough) }
        crowd.kill(PeerID(number: 1))
        crowd.wait(Succession.patience)
        for peer in crowd.alive { #expect(crowd.keeper(at: peer) == PeerID(number: 2)) }
    }

    @Test("a host that comes back keeps the room again at once")
    func hostReturns() {
        var crowd = Crowd(count: 4)
        for number in 1...3 { crowd.cut(Self.host, PeerID(number: number)) }
        crowd.wait(Self.longEnough)
        #expect(crowd.keeper(at: PeerID(number: 3)) == PeerID(number: 1))
        for number in 1...3 { crowd.connect(Self.host, PeerID(number: number)) }
        for peer in crowd.alive { #expect(crowd.keeper(at: peer) == Self.host) }
    }

    @Test("nobody is talked out of a host that they see")
    func seesTheHost() {
        var crowd = Crowd(count: 4)
        for number in 1...2 { crowd.cut(Self.host, PeerID(number: number)) }
        crowd.wait(Self.longEnough)
        #expect(crowd.keeper(at: PeerID(number: 3)) == Self.host)
        #expect(crowd.keeper(at: PeerID(number: 2)) == PeerID(number: 1))
    }

    @Test("who loses everybody waits longer before it takes itself for the only one left")
    func alone() {
        var crowd = Crowd(count: 3)
        let last = PeerID(number: 2)
        for number in 0...1 { crowd.cut(last, PeerID(number: number)) }
        crowd.wait(Succession.patience)
        #expect(crowd.keeper(at: last) == Self.host)
        crowd.wait(Succession.patienceAlone)
        #expect(crowd.keeper(at: last) == last)
        crowd.connect(last, Self.host)
        #expect(crowd.keeper(at: last) == Self.host)
    }

    @Test("a stranger to the order keeps nothing, and follows the first of it that it sees")
    func stranger() {
        var view = Succession()
        let order = (0..<3).map { PeerID(number: $0) }
        let me = PeerID(number: 9)
        #expect(view.keeper(of: order, for: me, now: MonotonicInstant(nanoseconds: 0)) == nil)
        view.arrived(order[2])
        #expect(view.keeper(of: order, for: me, now: MonotonicInstant(nanoseconds: 0)) == order[2])
    }

    @Test(
        "whatever happened, those who see the same people choose the same keeper among them",
        arguments: 1...40)
    func converges(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var crowd = Crowd(count: Int.random(in: 2...7, using: &random))
        for _ in 0..<200 {
            guard let one = crowd.order.randomElement(using: &random),
                let other = crowd.order.randomElement(using: &random)
            else { continue }
            switch Int.random(in: 0..<20, using: &random) {
            case 0 where crowd.alive.count > 2: crowd.kill(one)
            case 1 where crowd.alive.count > 2: crowd.leave(one)
            case 2..<9: crowd.cut(one, other)
            case 9..<16: crowd.connect(one, other)
            case _: crowd.wait(.milliseconds(Int64.random(in: 1...5_000, using: &random)))
            }
            // The invariant, at every moment.
            for peer in crowd.alive where crowd.company(of: peer).contains(Self.host) {
                #expect(crowd.keeper(at: peer) == Self.host)
            }
        }
        // The network falls into two halves, each of them whole.
        let half = Set(crowd.order.filter { _ in Bool.random(using: &random) })
        for one in crowd.order {
            for other in crowd.order where one != other {
                if half.contains(one) == half.contains(other) {
                    crowd.connect(one, other)
                } else {
                    crowd.cut(one, other)
                }
            }
        }
        crowd.wait(Self.longEnough)
        for peer in crowd.alive {
            let company = crowd.company(of: peer)
            #expect(crowd.keeper(at: peer) == crowd.order.first { company.contains($0) })
        }
    }

    @Test("time passes only where somebody's place runs out, and then it says when")
    func alarms() throws {
        var crowd = Crowd(count: 3)
        let last = PeerID(number: 2)
        #expect(crowd.views[last]?.next(after: crowd.now) == nil)
        crowd.kill(Self.host)
        let next = try #require(crowd.views[last]?.next(after: crowd.now))
        #expect(next == crowd.now + Succession.patience)
        crowd.now = next
        #expect(crowd.keeper(at: last) == PeerID(number: 1))
        let givenUp = try #require(crowd.views[last]?.next(after: crowd.now))
        #expect(crowd.views[last]?.givenUp(now: crowd.now) == [])
        #expect(crowd.views[last]?.givenUp(now: givenUp) == [Self.host])
    }
}

import NIOCore
import PartyModel
import Testing

@testable import MeshTransport

@Suite struct DoorkeeperTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func place(_ last: UInt32) -> Doorkeeper.Place {
        Doorkeeper.Place(.ipv4(0xC000_0200 + last, port: 1))
    }

    @Test("The thirty-third stranger waits outside, and comes in when one has left")
    func strangers() {
        var door = Doorkeeper()
        for number in 0..<Doorkeeper.strangers {
            #expect(door.arrives(place(UInt32(number / 4)), now: start) == .welcome)
        }
        #expect(door.arrives(place(99), now: start) == .tooManyStrangers)
        #expect(door.waitingCount == Doorkeeper.strangers)
        door.leaves(place(0))
        #expect(door.arrives(place(99), now: start) == .welcome)
    }

    @Test("The seventh stranger from one place waits outside, whatever its port")
    func onePlace() {
        var door = Doorkeeper()
        for port in 0..<UInt16(Doorkeeper.strangersFromOnePlace) {
            let place = Doorkeeper.Place(.ipv4(0xC000_0201, port: port))
            #expect(door.arrives(place, now: start) == .welcome)
        }
        #expect(door.arrives(place(1), now: start) == .tooManyFromOnePlace)
        #expect(door.arrives(place(2), now: start) == .welcome)
    }

    @Test("All addresses of one IPv6 network are one place")
    func ipv6Network() throws {
        var door = Doorkeeper()
        for number in 0..<Doorkeeper.strangersFromOnePlace {
            let address = try #require(
                PeerAddress(numeric: "2001:db8:1:2::\(number)", port: 1))
            #expect(door.arrives(Doorkeeper.Place(address), now: start) == .welcome)
        }
        let fifth = try #require(PeerAddress(numeric: "2001:db8:1:2:3::", port: 1))
        #expect(door.arrives(Doorkeeper.Place(fifth), now: start) == .tooManyFromOnePlace)
        let neighbour = try #require(PeerAddress(numeric: "2001:db8:1:3::", port: 1))
        #expect(door.arrives(Doorkeeper.Place(neighbour), now: start) == .welcome)
    }

    @Test("This machine may open as many as all together")
    func thisMachine() {
        var door = Doorkeeper()
        let here = Doorkeeper.Place(.loopback(port: 1))
        for _ in 0..<Doorkeeper.strangers { #expect(door.arrives(here, now: start) == .welcome) }
        #expect(door.arrives(here, now: start) == .tooManyStrangers)
    }

    @Test("Five failed proofs in a minute shut a place out until the first is a minute old")
    func failures() {
        var door = Doorkeeper()
        for second in 0..<5 as Range<Int64> {
            door.proofFailed(place(1), now: start + .seconds(second))
        }
        #expect(door.arrives(place(1), now: start + .seconds(5)) == .tooManyFailures)
        #expect(door.arrives(place(2), now: start + .seconds(5)) == .welcome)
        #expect(door.arrives(place(1), now: start + .seconds(59)) == .tooManyFailures)
        #expect(door.arrives(place(1), now: start + .seconds(60)) == .welcome)
    }

    @Test("Failures from more places than are remembered push out the oldest")
    func manyPlaces() {
        var door = Doorkeeper()
        for _ in 0..<5 { door.proofFailed(place(0), now: start) }
        for _ in 0..<5 { door.proofFailed(place(1), now: start + .milliseconds(1)) }
        for number in 2...UInt32(Doorkeeper.placesRemembered) {
            door.proofFailed(place(number), now: start + .seconds(1))
        }
        #expect(door.arrives(place(0), now: start + .seconds(2)) == .welcome)
        #expect(door.arrives(place(1), now: start + .seconds(2)) == .tooManyFailures)
    }
}

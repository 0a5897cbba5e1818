import PartyModel
import Testing

@testable import RoomCore

@Suite("Somebody who was cut off and comes back")
struct ReturningTests {
    /// A room that has played for thirty seconds, and the cable of ben's machine.
    private func room(withoutBenFor duration: Duration) throws -> RoomLab {
        var lab = try RoomLab.watching(films: 2, for: .seconds(30))
        lab.isolate("ben")
        lab.run(for: duration)
        return lab
    }

    @Test(
        "goes to where the room is, whatever they pressed a moment before",
        arguments: [
            Wish.pause(at: MediaPosition(seconds: 31)), .seek(to: MediaPosition(seconds: 5)),
            .next(after: .init(TimelineLab.bytes16(0))),
        ])
    func goesToTheRoom(wish: Wish) throws {
        var lab = try room(withoutBenFor: .seconds(30))
        let item = try #require(lab.course("ben")?.item)
        if case .next = wish {
            lab.press("ben", .next(after: item))
        } else {
            lab.press("ben", wish)
        }
        #expect(lab.course("ben") != lab.course("host"))
        lab.run(for: .milliseconds(200))
        var last = try #require(lab.position("host"))
        lab.reconnect("ben")
        for _ in 0..<300 {
            lab.run(for: .milliseconds(100))
            for name in ["host", "ana"] {
                let position = try #require(lab.position(name))
                #expect(position >= last - 0.001 && lab.course(name)?.item == item)
            }
            last = try #require(lab.position("host"))
        }
        #expect(lab.course("ben") == lab.course("host"))
        #expect(lab.stands == false)
        // What they press from now on counts.
        lab.press("ben", .pause(at: MediaPosition(seconds: 70)))
        lab.run(for: .seconds(1))
        #expect(lab.stands == true)
    }

    @Test("is heard where it was only a moment")
    func blip() throws {
        var lab = try room(withoutBenFor: .seconds(1))
        lab.press("ben", .pause(at: MediaPosition(seconds: 31)))
        lab.reconnect("ben")
        lab.run(for: .seconds(10))
        #expect(lab.stands == true)
        #expect(lab.rooms["host"]?.intent?.anchor == MediaPosition(seconds: 31))
    }
}

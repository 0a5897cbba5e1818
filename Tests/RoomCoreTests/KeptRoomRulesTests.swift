import PartyModel
import Testing

@testable import RoomCore

@Suite("The rules of a room without its host")
struct KeptRoomRulesTests {
    private static let ten = MediaPosition(seconds: 10)

    /// A host and three guests under these rules, the film running.
    private func room(_ rules: RoomRules) throws -> RoomLab {
        var lab = try RoomLab()
        lab.open(films: 2, rules: rules)
        for name in ["ana", "ben", "cem"] { lab.join(name) }
        lab.run(for: .seconds(5))
        lab.press("host", .play(from: .start))
        lab.run(for: .seconds(5))
        return lab
    }

    @Test("with --control host the keeper controls, and nobody else")
    func control() throws {
        var lab = try room(RoomRules(control: .host))
        lab.kill("host")
        lab.run(for: .seconds(5))
        lab.press("ben", .pause(at: Self.ten))
        lab.run()
        #expect(lab.rooms["ben"]?.intent?.isPaused == false)
        #expect(lab.undone["ben"]?.isEmpty == false)
        lab.press("ana", .pause(at: Self.ten))
        lab.run()
        for name in ["ana", "ben", "cem"] {
            #expect(lab.rooms[name]?.intent?.isPaused == true)
            #expect(lab.rooms[name]?.mayControl == (name == "ana"))
        }
    }

    @Test("with --control host the host goes on where the keeper had brought the room")
    func hostReturns() throws {
        var lab = try room(RoomRules(control: .host))
        lab.isolate("host")
        lab.run(for: .seconds(5))
        lab.press("ana", .pause(at: Self.ten))
        lab.run(for: .seconds(60))
        lab.reconnect("host")
        lab.run(for: .seconds(30))
        #expect(lab.intents.count == 1)
        for name in ["host", "ana", "ben", "cem"] {
            #expect(lab.rooms[name]?.intent?.anchor == Self.ten)
            #expect(lab.rooms[name]?.intent?.isPaused == true)
            #expect(lab.rooms[name]?.mayControl == (name == "host"))
        }
    }

    @Test("a lobby ends with its host")
    func lobby() throws {
        var lab = try RoomLab()
        lab.open(films: 1, rules: RoomRules(isLobby: true))
        for name in ["ana", "ben"] { lab.join(name) }
        lab.run(for: .seconds(5))
        lab.kill("host")
        lab.run(for: .seconds(5))
        lab.press("ben", .play(from: .start))
        lab.run()
        for name in ["ana", "ben"] { #expect(lab.rooms[name]?.intent?.isPaused == false) }
    }

    @Test("the keeper goes on after a wait, and what it takes in is told the rules")
    func waits() throws {
        var lab = try room(RoomRules(control: .host))
        lab.kill("host")
        lab.run(for: .seconds(5))
        lab.join("dan", at: "ana")
        lab.run(for: .seconds(5))
        #expect(lab.rooms["dan"]?.rules == lab.rooms["ana"]?.rules)
        for name in ["ana", "ben", "cem", "dan"] {
            lab.players[name] = LabPlayer(buffered: .seconds(5))
        }
        lab.run(for: .seconds(2))
        lab.players["cem"] = LabPlayer(activity: .stalled, buffered: .zero)
        #expect(lab.run { $0.course("ben")?.isStanding == true })
        lab.players["cem"] = LabPlayer(buffered: .seconds(5))
        #expect(lab.run { $0.course("ben")?.isStanding == false })
        #expect(lab.rooms["ben"]?.intent?.author == lab.id("ana"))
    }

    @Test("a guest that was cut off alone comes back to where the host is")
    func strayGuest() throws {
        var lab = try room(RoomRules())
        lab.isolate("ben")
        lab.run(for: .seconds(30))
        lab.press("ben", .pause(at: Self.ten))
        lab.run(for: .seconds(30))
        lab.reconnect("ben")
        lab.run(for: .seconds(30))
        #expect(lab.intents.count == 1)
        #expect(lab.rooms["ben"]?.intent?.isPaused == false)
    }
}

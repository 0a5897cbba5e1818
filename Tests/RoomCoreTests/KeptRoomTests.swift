// A room whose host is away, with real keys.

import Crypto
import PartyModel
import Testing

@testable import RoomCore

/// A host and three guests who all know each other.
private func fullRoom() throws -> RoomLab {
    var lab = try RoomLab()
    lab.open(films: 2)
    for name in ["ana", "ben", "cem"] { lab.join(name) }
    lab.run(for: .seconds(5))
    return lab
}

extension RoomLab {
    fileprivate func names(at name: String) -> [String] { rooms[name]?.members.map(\.name) ?? [] }

    fileprivate func keeper(at name: String) -> String? {
        guard let keeper = rooms[name]?.keeper else { return nil }
        return rooms[name]?.member(keeper)?.name
    }

    fileprivate mutating func press(_ name: String, _ wish: Wish) {
        tell(name, .wished(wish, at: RoomInstant(nanoseconds: now.nanoseconds)))
    }

    fileprivate var intents: Set<Intent?> { Set(rooms.values.map(\.intent)) }
}

@Suite("A room without its host")
struct KeptRoomTests {
    private static let ten = MediaPosition(seconds: 10)

    @Test("goes on: the first guest keeps it, and what one presses reaches the others")
    func goesOn() throws {
        var lab = try fullRoom()
        lab.kill("host")
        lab.run(for: .seconds(5))
        for name in ["ana", "ben", "cem"] { #expect(lab.keeper(at: name) == "ana") }
        #expect(lab.rooms["ana"]?.takesNewcomers == true)
        #expect(lab.rooms["ben"]?.takesNewcomers == false)
        lab.press("cem", .pause(at: Self.ten))
        lab.run()
        #expect(lab.intents.count == 1)
        #expect(lab.rooms["ben"]?.intent?.anchor == Self.ten)
    }

    @Test("loses a host that says good-bye at once, and does not dial it again")
    func goodBye() throws {
        var lab = try fullRoom()
        lab.leave("host")
        lab.run(for: .milliseconds(1))
        #expect(lab.keeper(at: "cem") == "ana")
        #expect(lab.names(at: "cem") == ["ana", "ben", "cem"])
        lab.hostDials = [:]
        lab.run(for: .seconds(60))
        #expect(lab.hostDials.isEmpty)
    }

    @Test("takes in a newcomer by the keeper, whom all others accept")
    func newcomer() throws {
        var lab = try fullRoom()
        lab.kill("host")
        lab.run(for: .seconds(5))
        lab.press("ben", .pause(at: Self.ten))
        lab.join("dan", at: "ana")
        lab.run(for: .seconds(5))
        for name in ["ana", "ben", "cem", "dan"] {
            #expect(lab.names(at: name) == ["host", "ana", "ben", "cem", "dan"])
            #expect(lab.rooms[name]?.items?.films.count == 2)
            #expect(lab.keeper(at: name) == "ana")
        }
        let credential = try #require(lab.credentials["dan"])
        let vouchers = try #require(lab.rooms["ben"]?.vouchers)
        #expect(vouchers.contains { credential.isSigned(by: $0) })
        #expect(
            lab.dialled.contains { $0 == ("dan", "ben") }
                || lab.dialled.contains { $0 == ("ben", "dan") })
        lab.press("dan", .play(from: Self.ten))
        lab.run()
        #expect(lab.intents.count == 1)
        #expect(lab.rooms["cem"]?.intent?.author == lab.id("dan"))
    }

    @Test(
        "keeps whom the first keeper took in when that one goes as well", arguments: [true, false])
    func secondKeeper(saysGoodBye: Bool) throws {
        var lab = try fullRoom()
        lab.kill("host")
        lab.run(for: .seconds(5))
        lab.join("dan", at: "ana")
        lab.run(for: .seconds(5))
        lab.press("dan", .pause(at: Self.ten))
        lab.run()
        if saysGoodBye { lab.leave("ana") } else { lab.kill("ana") }
        lab.run(for: .seconds(5))
        lab.join("eva", at: "ben")
        lab.run(for: .seconds(5))
        let left = ["host"] + (saysGoodBye ? [] : ["ana"]) + ["ben", "cem", "dan", "eva"]
        for name in ["ben", "cem", "dan"] {
            #expect(lab.names(at: name) == left)
            #expect(lab.keeper(at: name) == "ben")
        }
        #expect(lab.keeper(at: "eva") == "ben")
        #expect(lab.intents.count == 1)
        #expect(!lab.departures.contains { $0.who == "dan" })
        lab.press("eva", .play(from: Self.ten))
        lab.run()
        #expect(lab.intents.count == 1)
    }

    @Test("is the host's again when it comes back: one roster, one wish, nobody left and came")
    func hostReturns() throws {
        var lab = try fullRoom()
        lab.isolate("host")
        lab.run(for: .seconds(5))
        lab.join("dan", at: "ana")
        lab.run(for: .seconds(5))
        lab.press("dan", .pause(at: Self.ten))
        lab.run(for: .seconds(5))
        lab.arrivals = []
        lab.departures = []
        lab.reconnect("host")
        lab.run(for: .seconds(30))
        for name in ["host", "ana", "ben", "cem", "dan"] {
            #expect(lab.names(at: name) == ["host", "ana", "ben", "cem", "dan"])
            #expect(lab.keeper(at: name) == "host")
            #expect(lab.rooms[name]?.intent?.anchor == Self.ten)
        }
        #expect(lab.intents.count == 1)
        #expect(lab.departures.isEmpty)
        #expect(lab.arrivals.map(\.who) == ["dan"])
        #expect(lab.rooms["ana"]?.takesNewcomers == false)
        #expect(lab.rooms["ben"]?.vouchers.isEmpty == true)
        // The host has signed the entry anew.
        #expect(lab.credentials["dan"]?.isSigned(by: lab.roomKey.room) == true)
    }

    @Test(
        "the wish of higher revision counts when the host comes back, on whichever side it was made"
    )
    func wishesMeet() throws {
        var lab = try fullRoom()
        lab.isolate("host")
        lab.run(for: .seconds(5))
        lab.press("ana", .pause(at: Self.ten))
        for second in [20.0, 30.0] { lab.press("host", .seek(to: MediaPosition(seconds: second))) }
        lab.reconnect("host")
        lab.run(for: .seconds(30))
        #expect(lab.intents.count == 1)
        #expect(lab.rooms["cem"]?.intent?.anchor == MediaPosition(seconds: 30))
    }

    @Test("a wish whose author has gone meanwhile still counts when the host comes back")
    func orphanedWish() throws {
        var lab = try fullRoom()
        lab.isolate("host")
        lab.run(for: .seconds(5))
        lab.join("dan", at: "ana")
        lab.run(for: .seconds(5))
        lab.press("dan", .pause(at: Self.ten))
        lab.run()
        lab.leave("dan")
        lab.run()
        lab.press("cem", .seek(to: Self.ten))
        lab.run()
        lab.leave("cem")
        // Longer than the host keeps a place for somebody.
        lab.run(for: Succession.absence + .seconds(10))
        lab.reconnect("host")
        lab.run(for: .seconds(30))
        #expect(lab.intents.count == 1)
        #expect(lab.rooms["host"]?.intent?.anchor == Self.ten)
        for name in ["host", "ana", "ben"] {
            #expect(Set(lab.names(at: name)) == ["host", "ana", "ben"])
        }
    }

    @Test("a newcomer can check the wish of somebody who left before")
    func authorLeft() throws {
        var lab = try fullRoom()
        lab.press("cem", .pause(at: Self.ten))
        lab.run()
        lab.leave("cem")
        lab.run()
        lab.join("dan")
        lab.run(for: .seconds(5))
        #expect(lab.intents.count == 1)
        #expect(lab.rooms["dan"]?.intent?.anchor == Self.ten)
    }

    @Test("falls in two where the network does, and is one again after")
    func halves() throws {
        var lab = try RoomLab()
        lab.open(films: 1)
        for name in ["ana", "ben", "cem", "dan"] { lab.join(name) }
        lab.run(for: .seconds(5))
        lab.kill("host")
        lab.run(for: .seconds(5))
        lab.split(["ana", "ben", "eva"], from: ["cem", "dan", "fay"])
        lab.run(for: .seconds(5))
        #expect(lab.keeper(at: "ben") == "ana")
        #expect(lab.keeper(at: "dan") == "cem")
        lab.join("eva", at: "ana")
        lab.join("fay", at: "cem")
        lab.press("dan", .pause(at: Self.ten))
        lab.run(for: .seconds(5))
        lab.heal()
        lab.run(for: .seconds(60))
        let everybody: Set = ["host", "ana", "ben", "cem", "dan", "eva", "fay"]
        for name in everybody where name != "host" {
            #expect(lab.keeper(at: name) == "ana")
            #expect(Set(lab.names(at: name)) == everybody)
        }
        #expect(lab.intents.count == 1)
        // The half that keeps the room goes on as it did.
        #expect(lab.rooms["fay"]?.intent?.anchor != Self.ten)
    }

    @Test("a guest that lost its connection comes back to its place in the order")
    func keepsItsPlace() throws {
        var lab = try fullRoom()
        lab.isolate("ana")
        lab.run(for: .seconds(30))
        #expect(lab.names(at: "host") == ["host", "ana", "ben", "cem"])
        lab.reconnect("ana")
        lab.run(for: .seconds(30))
        #expect(lab.names(at: "ben") == ["host", "ana", "ben", "cem"])
        #expect(!lab.departures.contains { $0.who == "ana" })
        lab.kill("host")
        lab.run(for: .seconds(5))
        #expect(lab.keeper(at: "cem") == "ana")
    }

    @Test(
        "a guest that stays away is given up by the host, and its seat goes sooner when it is needed"
    )
    func givenUp() throws {
        var lab = try RoomLab()
        lab.open(films: 1, membersAllowed: 3)
        for name in ["ana", "ben"] { lab.join(name) }
        lab.run(for: .seconds(5))
        lab.kill("ana")
        lab.join("cem")
        lab.run(for: .seconds(5))
        #expect(lab.names(at: "host") == ["host", "ben", "cem"])
        lab.kill("ben")
        lab.run(for: Succession.absence - .seconds(10))
        #expect(lab.names(at: "cem") == ["host", "ben", "cem"])
        lab.run(for: .seconds(11))
        #expect(lab.names(at: "cem") == ["host", "cem"])
    }

    @Test("a keeper gives up those it took in, too")
    func keeperGivesUp() throws {
        var lab = try fullRoom()
        lab.kill("host")
        lab.run(for: .seconds(5))
        lab.join("dan", at: "ana")
        lab.run(for: .seconds(5))
        lab.kill("dan")
        lab.run(for: Succession.absence + .seconds(1))
        for name in ["ana", "ben"] {
            #expect(lab.names(at: name) == ["host", "ana", "ben", "cem"])
        }
    }

    @Test("who kept the room tells a newcomer of the host that is back")
    func oldToken() throws {
        var lab = try fullRoom()
        lab.isolate("host")
        lab.run(for: .seconds(5))
        lab.reconnect("host")
        lab.run(for: .seconds(30))
        #expect(lab.rooms["ana"]?.answersNewcomers == true)
        #expect(lab.rooms["ben"]?.answersNewcomers == false)
        lab.join("dan", at: "ana")
        lab.run(for: .seconds(5))
        #expect(lab.names(at: "dan") == ["host", "ana", "ben", "cem", "dan"])
        #expect(lab.credentials["dan"]?.isSigned(by: lab.roomKey.room) == true)
    }
}

@Suite("A room without its host, among liars")
struct KeptRoomForgeryTests {
    /// What ana would sign as keeper.
    private func list(
        by name: String, _ members: [Member], version: UInt64, in lab: RoomLab
    ) throws -> KeptRoster {
        let roster = try #require(lab.rooms[name]?.roster)
        let signer = try #require(lab.signers[name])
        return KeptRoster(
            roster: roster,
            admissions: signer.sign(
                Admissions(
                    term: roster.content.epoch, keeper: lab.id(name), version: version,
                    members: members)))
    }

    @Test("a member takes in nobody while the host is there")
    func hostIsThere() throws {
        var lab = try fullRoom()
        let eve = try lab.member("eve", since: 9)
        let list = try list(by: "ana", [eve], version: 1, in: lab)
        lab.tell("ben", .keptRoster(list))
        #expect(lab.rooms["ben"]?.member(eve.peer) == nil)
    }

    @Test("only the keeper's list counts, and only as the keeper signed it")
    func notTheKeeper() throws {
        var lab = try fullRoom()
        lab.kill("host")
        lab.run(for: .seconds(5))
        let eve = try lab.member("eve", since: 9)
        let bens = try list(by: "ben", [eve], version: 99, in: lab)
        lab.tell("cem", .keptRoster(bens))
        let forged = KeptRoster(
            roster: bens.roster,
            admissions: Signed(
                content: try list(by: "ana", [eve], version: 99, in: lab).admissions.content,
                signature: bens.admissions.signature))
        lab.tell("cem", .keptRoster(forged))
        #expect(lab.rooms["cem"]?.member(eve.peer) == nil)
    }

    @Test("a list of an earlier absence does not come back")
    func replay() throws {
        var lab = try fullRoom()
        lab.isolate("host")
        lab.run(for: .seconds(5))
        let eve = try lab.member("eve", since: 9)
        let old = try list(by: "ana", [eve], version: 99, in: lab)
        lab.reconnect("host")
        lab.run(for: .seconds(30))
        lab.isolate("host")
        lab.run(for: .seconds(5))
        lab.tell("cem", .keptRoster(old))
        #expect(lab.rooms["cem"]?.member(eve.peer) == nil)
        #expect(lab.keeper(at: "cem") == "ana")
    }

    @Test("a welcome of anybody but the keeper is refused")
    func falseWelcome() throws {
        var lab = try fullRoom()
        lab.kill("host")
        lab.run(for: .seconds(5))
        let signer = try #require(lab.signers["ben"])
        let entry = try #require(lab.rooms["cem"]?.member(lab.id("cem")))
        lab.tell(
            "cem",
            .welcomed(
                Welcome(credential: signer.sign(entry), prefetch: []), from: lab.id("ben")))
        #expect(lab.refusals.contains { $0.by == "cem" && $0.bye.kind == .violation })
    }

    @Test("a host that was never away takes in nobody on the word of a member")
    func hostWasThere() throws {
        var lab = try fullRoom()
        let eve = try lab.member("eve", since: 9)
        let list = try list(by: "ana", [eve], version: 1, in: lab)
        lab.tell("host", .keptRoster(list))
        #expect(lab.rooms["host"]?.member(eve.peer) == nil)
    }

    @Test("a host that is back takes in nobody on the word of a stranger")
    func hostIsNotFooled() throws {
        var lab = try fullRoom()
        lab.isolate("host")
        lab.run(for: .seconds(5))
        let eve = try lab.member("eve", since: 9)
        let signer = try #require(lab.signers["eve"])
        let roster = try #require(lab.rooms["ana"]?.roster)
        lab.tell(
            "host",
            .keptRoster(
                KeptRoster(
                    roster: roster,
                    admissions: signer.sign(
                        Admissions(
                            term: roster.content.epoch, keeper: eve.peer, version: 1,
                            members: [eve])))))
        #expect(lab.rooms["host"]?.member(eve.peer) == nil)
    }
}

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

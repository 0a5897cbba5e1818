import PartyModel
import Testing

@testable import RoomCore

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

    @Test("so does a wish whose author was lost and given up by the host")
    func lostAuthor() throws {
        var lab = try fullRoom()
        lab.isolate("host")
        lab.run(for: .seconds(5))
        lab.press("cem", .pause(at: Self.ten))
        lab.run()
        lab.kill("cem")
        lab.run(for: Succession.absence + .seconds(10))
        lab.reconnect("host")
        lab.run(for: .seconds(30))
        #expect(lab.intents.count == 1)
        #expect(lab.rooms["host"]?.intent?.anchor == Self.ten)
    }

    @Test("goes by the host's last roster, though it reached only some", arguments: [true, false])
    func lastRoster(isKeeperFirst: Bool) throws {
        var lab = try fullRoom()
        let roster = try #require(lab.rooms["host"]?.roster?.content)
        let dan = try lab.member("dan", since: roster.epoch + 1)
        let last = lab.roomKey.sign(
            Roster(epoch: roster.epoch + 1, members: roster.members + [lab.roomKey.sign(dan)]))
        if isKeeperFirst {
            lab.kill("host")
            lab.run(for: .seconds(5))
            lab.join("eva", at: "ana")
            lab.run(for: .seconds(5))
        }
        lab.tell("ben", .roster(last))
        if isKeeperFirst { lab.cut("ana", "ben") } else { lab.kill("host") }
        lab.run(for: .seconds(5))
        for name in lab.rooms.keys.sorted() {
            #expect(lab.rooms[name]?.member(dan.peer) != nil)
            #expect(lab.rooms[name]?.roster == last)
            if isKeeperFirst { #expect(lab.names(at: name).contains("eva")) }
            if isKeeperFirst {
                #expect(lab.rooms[name]?.admissions?.content.term == roster.epoch + 1)
            }
        }
    }

    @Test("who notices later that the host is gone misses nobody, the second time either")
    func noticesLater() throws {
        var lab = try fullRoom()
        for newcomer in ["dan", "eva"] {
            lab.isolate("host", losing: ["ana", "cem"])
            lab.run(for: .seconds(1))
            lab.isolate("host")
            lab.run(for: Succession.patience - .milliseconds(500))
            #expect(lab.keeper(at: "ana") == "ana")
            #expect(lab.keeper(at: "ben") == "host")
            lab.join(newcomer, at: "ana")
            lab.run(for: .seconds(2))
            #expect(lab.names(at: "ben").last == newcomer)
            lab.reconnect("host")
            lab.run(for: .seconds(30))
            #expect(lab.names(at: "host").last == newcomer)
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

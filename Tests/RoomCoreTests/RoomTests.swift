import Crypto
import PartyModel
import Testing

@testable import RoomCore

@Suite("The room")
struct RoomTests {
    @Test("takes a guest in: everybody ends with the same roster, playlist and wish")
    func admits() throws {
        var lab = try RoomLab()
        lab.open(films: 2)
        lab.join("ana")
        lab.join("ben")
        lab.run()
        for name in ["ana", "ben"] {
            let room = try #require(lab.rooms[name])
            #expect(room.members.map(\.name) == ["host", "ana", "ben"])
            #expect(room.items?.films.count == 2)
            #expect(room.intent == lab.rooms["host"]?.intent)
            #expect(lab.credentials[name]?.content.name == name)
        }
        #expect(lab.dialled.contains { $0 == ("ben", "ana") })
    }

    @Test("refuses a guest when it is full, and says so")
    func full() throws {
        var lab = try RoomLab()
        lab.open(films: 1, membersAllowed: 2)
        lab.join("ana")
        lab.join("ben")
        lab.run()
        #expect(lab.refusals.contains { $0.by == "host" && $0.bye.kind == .roomFull })
        #expect(lab.rooms["host"]?.members.map(\.name) == ["host", "ana"])
    }

    @Test("makes anybody's wish everybody's")
    func wishes() throws {
        var lab = try RoomLab()
        lab.open(films: 1)
        lab.join("ana")
        lab.join("ben")
        lab.run()
        let ten = MediaPosition(seconds: 10)
        lab.tell("ana", .wished(.seek(to: ten), at: RoomInstant(nanoseconds: 5)))
        lab.run()
        for room in lab.rooms.values {
            #expect(room.intent?.anchor == ten)
            #expect(room.intent?.revision == 2)
            #expect(room.intent?.author == lab.id("ana"))
        }
    }

    @Test("ends with one wish for all when two act at once")
    func converges() throws {
        var lab = try RoomLab()
        lab.open(films: 1)
        lab.join("ana")
        lab.join("ben")
        lab.run()
        let now = RoomInstant(nanoseconds: 5)
        lab.tell("ana", .wished(.seek(to: MediaPosition(seconds: 10)), at: now))
        lab.tell("ben", .wished(.play(from: MediaPosition(seconds: 20)), at: now))
        lab.run()
        #expect(Set(lab.rooms.values.map(\.intent)).count == 1)
    }

    @Test("starts the host's film once, however often its player says so")
    func startsOnce() throws {
        var lab = try RoomLab()
        lab.open(films: 1)
        lab.tell("host", .started(at: .start, RoomInstant(nanoseconds: 7)))
        #expect(lab.rooms["host"]?.intent?.isPaused == false)
        lab.tell("host", .wished(.pause(at: .start), at: RoomInstant(nanoseconds: 8)))
        lab.tell("host", .started(at: .start, RoomInstant(nanoseconds: 9)))
        #expect(lab.rooms["host"]?.intent?.isPaused == true)
    }

    @Test("forgets who leaves, and everybody else learns it")
    func leaves() throws {
        var lab = try RoomLab()
        lab.open(films: 1)
        lab.join("ana")
        lab.join("ben")
        lab.run()
        lab.leave("ben")
        lab.run()
        #expect(lab.rooms["ana"]?.members.map(\.name) == ["host", "ana"])
    }

    @Test("dials a lost host again, with a delay that doubles up to a limit")
    func redials() throws {
        var lab = try RoomLab()
        lab.open(films: 1)
        lab.join("ana")
        lab.run()
        lab.hostDials["ana"] = 0
        lab.answersDials = false
        lab.cut("ana", "host")
        lab.run(for: .seconds(60))
        // 0.5, 1, 2, 4, 8 s and then every 10 s.
        #expect((8...10).contains(lab.hostDials["ana"] ?? 0))
    }
}

@Suite("A room among liars")
struct RoomForgeryTests {
    @Test("believes no roster, playlist or welcome that the room did not sign")
    func unsigned() throws {
        var lab = try RoomLab()
        lab.open(films: 1)
        lab.join("ana")
        lab.run()
        let before = try #require(lab.rooms["ana"])
        let forger = RoomSigningKey(Curve25519.Signing.PrivateKey())
        lab.tell("ana", .roster(forger.sign(Roster(epoch: 99, members: []))))
        let playlist = Playlist(version: 99, items: try #require(before.items).items)
        lab.tell("ana", .playlist(forger.sign(playlist)))
        #expect(lab.rooms["ana"]?.members == before.members)
        #expect(lab.rooms["ana"]?.items == before.items)
        let stranger = try lab.member("eve", since: 3)
        lab.tell(
            "ana",
            .welcomed(
                Welcome(credential: forger.sign(stranger), prefetch: []), from: lab.id("host")))
        #expect(lab.refusals.contains { $0.by == "ana" && $0.bye.kind == .violation })
    }

    @Test("believes no wish that its author did not sign, and drops who passes it on")
    func forgedWish() throws {
        var lab = try RoomLab()
        lab.open(films: 1)
        lab.join("ana")
        lab.join("ben")
        lab.run()
        let base = try #require(lab.rooms["ana"]?.intent)
        let forged = Intent(
            revision: base.revision + 1, author: lab.id("host"), item: base.item,
            anchor: MediaPosition(seconds: 99), since: base.since, speed: .normal, isPaused: false)
        let signer = try #require(lab.signers["ben"])
        lab.tell("ana", .timeline(signer.sign(forged), from: lab.id("ben")))
        #expect(lab.rooms["ana"]?.intent == base)
        #expect(lab.refusals.contains { $0.by == "ana" && $0.bye.kind == .violation })
    }

    @Test("refuses a revision that would end all control")
    func tooFarAhead() throws {
        var lab = try RoomLab()
        lab.open(films: 1)
        lab.join("ana")
        lab.run()
        let base = try #require(lab.rooms["host"]?.intent)
        let greedy = Intent(
            revision: .max, author: lab.id("ana"), item: base.item, anchor: .start,
            since: base.since, speed: .normal, isPaused: true)
        let signer = try #require(lab.signers["ana"])
        lab.tell("host", .timeline(signer.sign(greedy), from: lab.id("ana")))
        #expect(lab.rooms["host"]?.intent == base)
    }
}

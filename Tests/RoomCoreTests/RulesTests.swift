import PartyModel
import Testing

@testable import RoomCore

@Suite("The rules of a room")
struct RulesTests {
    private func watching(_ rules: RoomRules) throws -> RoomLab {
        try RoomLab.watching(films: 2, rules: rules, for: .seconds(5))
    }

    @Test("reach everybody, by the host's signature alone")
    func reach() throws {
        let rules = RoomRules(control: .host, waits: .nobody)
        var lab = try watching(rules)
        for name in ["host", "ana", "ben"] { #expect(lab.rooms[name]?.rules == rules) }
        let signer = try #require(lab.signers["ben"])
        let forged = Signed(
            content: RoomRules(version: 9), signature: signer.sign(RoomRules(version: 9)).signature)
        lab.tell("ana", .rules(forged))
        #expect(lab.rooms["ana"]?.rules == rules)
    }

    @Test(
        "with --control host a guest's key is undone, and everybody refuses a guest who ignores that"
    )
    func control() throws {
        var lab = try watching(RoomRules(control: .host))
        let before = try #require(lab.course("ben"))
        let here = MediaPosition(seconds: 2)
        for wish in [Wish.pause(at: here), .seek(to: here), .speed(.normal, at: here), .skipWait] {
            lab.tell("ana", .wished(wish, at: lab.roomNow))
        }
        lab.run(for: .milliseconds(100))
        #expect(lab.undone["ana"] == Array(repeating: before, count: 4))
        #expect(lab.course("ben") == before)

        let base = try #require(lab.rooms["ben"]?.intent)
        let defiant = Intent(
            revision: base.revision + 1, author: lab.id("ana"), item: base.item, anchor: .start,
            since: lab.roomNow, speed: .normal, isPaused: true)
        let signer = try #require(lab.signers["ana"])
        for name in ["host", "ben"] {
            lab.tell(name, .timeline(signer.sign(defiant), from: lab.id("ana")))
        }
        lab.run(for: .milliseconds(100))
        for name in ["host", "ben"] {
            #expect(lab.course(name)?.isStanding == false)
            #expect(lab.course(name)?.anchor == before.anchor)
        }
        lab.tell("host", .wished(.pause(at: here), at: lab.roomNow))
        lab.run(for: .milliseconds(100))
        #expect(lab.stands == true)
    }

    @Test("the keeper answers what it refuses once a second, however often it is said")
    func bounded() throws {
        var lab = try watching(RoomRules(control: .host))
        let signer = try #require(lab.signers["ana"])
        let first = try #require(lab.rooms["host"]?.intent?.revision)
        for _ in 0..<100 {
            let base = try #require(lab.rooms["host"]?.intent)
            let defiant = Intent(
                revision: base.revision + 1, author: lab.id("ana"), item: base.item,
                anchor: .start, since: lab.roomNow, speed: .normal, isPaused: true)
            lab.tell("host", .timeline(signer.sign(defiant), from: lab.id("ana")))
            lab.run(for: .milliseconds(50))
        }
        let last = try #require(lab.rooms["host"]?.intent?.revision)
        // Each answer goes over the word it refuses: two revisions a second.
        #expect(last - first <= 2 * 7)
    }

    @Test("a start lies ahead by one and a half of the longest round trip, between bounds")
    func leads() throws {
        var lab = try watching(RoomRules())
        for name in lab.players.keys { lab.players[name]?.landing = .zero }
        lab.run(for: .seconds(1))
        for (roundTrip, lead) in [(10, 250), (200, 300), (3_000, 1_000)] {
            lab.tell(
                "ana", .roundTripMeasured(lab.id("ben"), .milliseconds(roundTrip)))
            lab.tell("ana", .wished(.seek(to: MediaPosition(seconds: 9)), at: lab.roomNow))
            let course = try #require(lab.course("ana"))
            #expect(course.since - lab.roomNow == .milliseconds(lead))
        }
        lab.tell("ana", .wished(.pause(at: MediaPosition(seconds: 9)), at: lab.roomNow))
        #expect(lab.course("ana")?.since == lab.roomNow)
    }

    @Test("alone, nobody waits for a start")
    func alone() throws {
        var lab = try RoomLab()
        lab.open(films: 1)
        lab.headless = ["nas"]
        lab.join("nas")
        lab.run()
        lab.tell("host", .started(at: .start, lab.roomNow))
        #expect(lab.course("host")?.since == lab.roomNow)
    }

    @Test("before a start the key that sets going pauses")
    func secondThoughts() throws {
        var lab = try watching(RoomRules())
        let there = MediaPosition(seconds: 60)
        lab.tell("ana", .wished(.seek(to: there), at: lab.roomNow))
        lab.tell("ana", .wished(.play(from: there), at: lab.roomNow))
        lab.run(for: .milliseconds(50))
        #expect(lab.rooms["host"]?.intent?.isPaused == true)
        #expect(lab.course("host")?.anchor == there)
    }
}

@Suite("What comes late")
struct LateTests {
    @Test("a wish of somebody who was cut off does not throw anybody back")
    func late() throws {
        var lab = try RoomLab.watching(films: 1, for: .seconds(30))
        let base = try #require(lab.rooms["host"]?.intent)
        let signer = try #require(lab.signers["ana"])
        let late = signer.sign(
            Intent(
                revision: base.revision + 1, author: lab.id("ana"), item: base.item,
                anchor: MediaPosition(seconds: 3), since: .seconds(10), speed: .normal,
                isPaused: true))
        lab.tell("ben", .timeline(late, from: lab.id("ana")))
        #expect(lab.course("ben")?.isStanding == false)
        lab.tell("host", .timeline(late, from: lab.id("ana")))
        lab.run(for: .milliseconds(100))
        let position = lab.roomNow - base.since
        for name in ["host", "ana", "ben"] {
            #expect(lab.rooms[name]?.intent?.revision == base.revision + 2)
            #expect(lab.position(name) == position.inSeconds)
        }
    }

    @Test("a hold from long ago throws nobody back either")
    func lateHold() throws {
        var lab = try RoomLab.watching(films: 1, for: .seconds(60))
        let intent = try #require(lab.rooms["host"]?.intent)
        let signer = try #require(lab.signers["ana"])
        for since in [lab.roomNow - .seconds(30), lab.roomNow + .seconds(30)] {
            let hold = signer.sign(
                Hold(
                    author: lab.id("ana"), sequence: 1, revision: intent.revision, since: since,
                    reason: .buffering, buffered: .zero, needed: nil,
                    until: lab.roomNow + .seconds(60)))
            for name in ["host", "ben"] { lab.tell(name, .hold(hold, from: lab.id("ana"))) }
            lab.run(for: .seconds(2))
            for name in ["host", "ana", "ben"] {
                #expect(lab.position(name) == (lab.roomNow - intent.since).inSeconds)
            }
        }
    }

    @Test("a start that lies too far ahead is brought near")
    func far() throws {
        var lab = try RoomLab()
        lab.open(films: 1)
        lab.join("ana")
        for name in ["host", "ana"] { lab.watch(name) }
        lab.run()
        let base = try #require(lab.rooms["host"]?.intent)
        let signer = try #require(lab.signers["ana"])
        let far = Intent(
            revision: base.revision + 1, author: lab.id("ana"), item: base.item,
            anchor: MediaPosition(seconds: 3), since: lab.roomNow + .seconds(3_600),
            speed: .normal, isPaused: false)
        lab.tell("host", .timeline(signer.sign(far), from: lab.id("ana")))
        lab.run(for: .milliseconds(100))
        #expect(lab.course("ana")?.anchor == far.anchor)
        #expect(try #require(lab.course("ana")).since - lab.roomNow <= Room.longestLead)
    }
}

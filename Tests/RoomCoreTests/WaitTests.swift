import PartyModel
import Testing

@testable import RoomCore

@Suite("Waits")
struct WaitTests {
    /// A host and two guests who all watch, half a minute in.
    private func watching(_ rules: RoomRules = RoomRules()) throws -> RoomLab {
        let lab = try RoomLab.watching(films: 2, rules: rules, for: .seconds(30))
        #expect(lab.stands == false)
        return lab
    }

    @Test("a viewer whose buffer runs dry stops the room, but not for a hiccup")
    func dry() throws {
        var lab = try watching()
        lab.players["ana"]?.activity = .stalled
        lab.players["ana"]?.buffered = .zero
        lab.run(for: .milliseconds(400))
        #expect(lab.stands == false)
        lab.run(for: .milliseconds(500))
        #expect(lab.stands == true)
        #expect(Set(lab.rooms.values.map(\.course)).count == 1)
        let wait = try #require(lab.rooms["ben"]?.wait(at: lab.roomNow))
        #expect(wait.stragglers.map(\.author) == [lab.id("ana")])
        #expect(wait.stragglers.first?.reason == .buffering)
    }

    @Test("all go on at once, from where they stood, when there is enough again")
    func goesOn() throws {
        var lab = try watching()
        lab.players["ana"]?.activity = .stalled
        lab.players["ana"]?.buffered = .zero
        lab.run(for: .seconds(5))
        let stood = try #require(lab.course("host")).anchor
        lab.players["ana"]?.buffered = .milliseconds(1_900)
        lab.run(for: .seconds(2))
        #expect(lab.stands == true)
        lab.players["ana"]?.activity = .able
        lab.players["ana"]?.buffered = .seconds(2)
        #expect(lab.run(atMost: .seconds(1)) { $0.stands == false })
        for name in ["host", "ana", "ben"] {
            let course = try #require(lab.course(name))
            #expect(course.anchor == stood)
            #expect(course.since > lab.roomNow)
            #expect(lab.rooms[name]?.intent?.isAutomatic == true)
        }
    }

    @Test("what is left of the film is enough, however little")
    func nearTheEnd() throws {
        var lab = try watching()
        lab.players["ana"] = LabPlayer(activity: .stalled, buffered: .milliseconds(300))
        lab.run(for: .seconds(2))
        #expect(lab.stands == true)
        lab.players["ana"]?.hasRest = true
        #expect(lab.run(atMost: .seconds(1)) { $0.stands == false })
    }

    @Test("after 15 s the room goes on without the one it waited for")
    func limit() throws {
        var lab = try watching()
        lab.players["ana"] = LabPlayer(activity: .stalled, buffered: .zero)
        #expect(lab.run { $0.stands == true })
        let stop = try #require(lab.rooms["host"]?.timeline.stop)
        #expect(lab.run { $0.stands == false })
        #expect(lab.roomNow - stop >= Wait.limit)
        #expect(lab.roomNow - stop < Wait.limit + .seconds(1))
        #expect(lab.rooms["ben"]?.intent?.excused == [lab.id("ana")])
        lab.run(for: .seconds(60))
        #expect(lab.stands == false)
    }

    @Test("it waits again for one who has kept up for a while, each time a longer one")
    func forgives() throws {
        var lab = try watching()
        for proof in [5, 10] {
            lab.players["ana"] = LabPlayer(activity: .stalled, buffered: .zero)
            #expect(lab.run { $0.stands == true })
            #expect(lab.run { $0.stands == false })
            lab.players["ana"] = LabPlayer(buffered: .seconds(10))
            let began = lab.roomNow
            #expect(lab.run { $0.rooms["ben"]?.intent?.excused == [] })
            #expect(lab.roomNow - began >= .seconds(proof - 1))
            #expect(lab.roomNow - began < .seconds(proof + 2))
            #expect(lab.stands == false)
        }
    }

    @Test("being forgiven moves nobody")
    func forgivenInMotion() throws {
        var lab = try watching()
        lab.players["ana"] = LabPlayer(activity: .stalled, buffered: .zero)
        #expect(lab.run { $0.stands == true })
        #expect(lab.run { $0.stands == false })
        let before = try #require(lab.course("ben"))
        lab.players["ana"] = LabPlayer(buffered: .seconds(10))
        #expect(lab.run { $0.rooms["ben"]?.intent?.excused == [] })
        let after = try #require(lab.course("ben"))
        #expect(after.position(at: lab.roomNow) == before.position(at: lab.roomNow))
        #expect(after.since == before.since)
    }

    @Test("whoever may control goes on at once by a key")
    func skips() throws {
        var lab = try watching()
        lab.players["ana"] = LabPlayer(activity: .stalled, buffered: .zero)
        #expect(lab.run { $0.stands == true })
        lab.tell("ben", .wished(.skipWait, at: lab.roomNow))
        lab.run(for: .milliseconds(50))
        #expect(lab.stands == false)
        #expect(lab.rooms["host"]?.intent?.excused == [lab.id("ana")])
        #expect(lab.rooms["host"]?.intent?.author == lab.id("ben"))
        lab.tell("ben", .wished(.skipWait, at: lab.roomNow))
        #expect(lab.undone.isEmpty)
    }

    @Test("while it waits, the key that sets going pauses")
    func pausesWhileWaiting() throws {
        var lab = try watching()
        lab.players["ana"] = LabPlayer(activity: .stalled, buffered: .zero)
        #expect(lab.run { $0.stands == true })
        let stood = try #require(lab.course("ben")).anchor
        lab.tell("ben", .wished(.play(from: stood), at: lab.roomNow))
        lab.run(for: .seconds(20))
        #expect(lab.rooms["ana"]?.intent?.isPaused == true)
        #expect(lab.course("ana")?.anchor == stood)
        #expect(lab.rooms["ana"]?.wait(at: lab.roomNow) == nil)
    }

    @Test("who cannot play when all are to start holds them beforehand")
    func startsTogether() throws {
        var lab = try watching()
        lab.players["ana"] = LabPlayer(activity: .seeking, buffered: .zero)
        let there = MediaPosition(seconds: 600)
        lab.tell("ben", .wished(.seek(to: there), at: lab.roomNow))
        lab.run(for: .milliseconds(370))
        #expect(lab.stands == true)
        for name in ["host", "ana", "ben"] {
            #expect(lab.course(name)?.anchor == there)
            // Never moving from the moment of the start on.
            let courses = lab.followed[name]?.suffix(2) ?? []
            #expect(courses.first?.since == courses.last?.since)
        }
        lab.players["ana"] = LabPlayer(buffered: .seconds(4))
        #expect(lab.run(atMost: .seconds(1)) { $0.stands == false })
        #expect(lab.course("host")?.anchor == there)
    }

    @Test("a seek lies as far ahead as the slowest player takes, a second at most")
    func leadOfSeek() throws {
        let leads: [(Int?, Int)] = [(0, 250), (100, 250), (nil, 320), (400, 420), (5_000, 1_000)]
        for (landing, lead) in leads {
            var lab = try watching()
            for name in ["host", "ben"] { lab.players[name]?.landing = .milliseconds(90) }
            lab.players["ana"]?.landing = landing.map { .milliseconds($0) }
            lab.run(for: .seconds(1))
            let pressed = lab.roomNow
            lab.tell("ben", .wished(.seek(to: MediaPosition(seconds: 600)), at: pressed))
            lab.run(for: .milliseconds(1))
            #expect(lab.course("host")?.since == pressed + .milliseconds(lead))
        }
    }

    @Test(
        "who lands with the others, or right behind, is not waited for; who lands later or never is",
        arguments: [(-10, true), (30, true), (60, false), (nil, false)] as [(Int?, Bool)])
    func landsInTime(late: Int?, goesOn: Bool) throws {
        var lab = try watching()
        let start = lab.roomNow + .milliseconds(320)
        lab.players["ana"] = LabPlayer(
            activity: .seeking, buffered: .zero, lands: late.map { start + .milliseconds($0) })
        lab.tell("ben", .wished(.seek(to: MediaPosition(seconds: 600)), at: lab.roomNow))
        lab.run(for: .milliseconds(370))
        #expect(lab.stands == !goesOn)
    }

    @Test("who was to land in time and turns out to lack the film is waited for from the start")
    func lacksFilmAfterAll() throws {
        var lab = try watching()
        let start = lab.roomNow + .milliseconds(320)
        lab.players["ana"] = LabPlayer(activity: .seeking, buffered: .zero, lands: start)
        let there = MediaPosition(seconds: 600)
        lab.tell("ben", .wished(.seek(to: there), at: lab.roomNow))
        lab.run(for: .milliseconds(330))
        #expect(lab.stands == false)
        lab.players["ana"]?.lands = nil
        lab.run(for: .milliseconds(300))
        #expect(lab.stands == true)
        #expect(lab.course("ben")?.anchor == there)
    }

    @Test("a late joiner never stops the room")
    func lateJoiner() throws {
        var lab = try watching()
        lab.join("cat")
        lab.players["cat"] = LabPlayer(activity: .opening, buffered: .zero)
        lab.run(for: .seconds(3))
        lab.players["cat"] = LabPlayer(activity: .stalled, buffered: .zero, lag: 2)
        lab.run(for: .seconds(3))
        lab.tell("host", .wished(.seek(to: MediaPosition(seconds: 300)), at: lab.roomNow))
        lab.run(for: .seconds(3))
        #expect(lab.stands == false)
        #expect(lab.course("cat")?.anchor == MediaPosition(seconds: 300))
        lab.players["cat"] = LabPlayer(buffered: .seconds(5))
        lab.run(for: .seconds(1))
        lab.players["cat"] = LabPlayer(activity: .stalled, buffered: .zero)
        lab.run(for: .seconds(1))
        #expect(lab.stands == true)
    }

    @Test("one who has kept up for a while is waited for, however little was buffered")
    func keepsUpFromHandToMouth() throws {
        for (seconds, waits) in [(2, false), (4, true)] {
            var lab = try watching()
            lab.join("cat")
            lab.players["cat"] = LabPlayer(buffered: .milliseconds(300))
            lab.run(for: .seconds(seconds))
            lab.players["cat"] = LabPlayer(activity: .stalled, buffered: .zero)
            lab.run(for: .seconds(1))
            #expect(lab.stands == waits)
        }
    }

    @Test("with --wait none it waits for nobody")
    func nobody() throws {
        var lab = try watching(RoomRules(waits: .nobody))
        lab.players["ana"] = LabPlayer(activity: .stalled, buffered: .zero)
        lab.run(for: .seconds(5))
        #expect(lab.stands == false)
    }

    @Test("it does not wait for who is gone, nor for a word that is not repeated")
    func gone() throws {
        for isGone in [true, false] {
            var lab = try watching()
            lab.players["ana"] = LabPlayer(activity: .stalled, buffered: .zero)
            #expect(lab.run { $0.stands == true })
            lab.answersDials = false
            lab.players["ana"] = nil
            if isGone { lab.cut("ana", "host") }
            lab.run(for: isGone ? .milliseconds(100) : .seconds(4))
            #expect(lab.course("host")?.isStanding == false)
            #expect(lab.course("ben")?.isStanding == false)
        }
    }

    @Test("while it waits for one, those with less than enough say so too")
    func startsOnce() throws {
        var lab = try watching()
        lab.players["ben"]?.buffered = .seconds(1)
        lab.players["ana"] = LabPlayer(activity: .stalled, buffered: .zero)
        #expect(lab.run { $0.stands == true })
        lab.run(for: .milliseconds(500))
        let wait = try #require(lab.rooms["host"]?.wait(at: lab.roomNow))
        #expect(Set(wait.stragglers.map(\.author)) == [lab.id("ana"), lab.id("ben")])
        lab.players["ana"] = LabPlayer(buffered: .seconds(4))
        lab.run(for: .seconds(2))
        #expect(lab.stands == true)
        lab.players["ben"]?.buffered = .seconds(3)
        #expect(lab.run(atMost: .seconds(1)) { $0.stands == false })
    }

    @Test("a newcomer learns of a wait, and stands with the others")
    func newcomer() throws {
        var lab = try watching()
        lab.players["ana"] = LabPlayer(activity: .stalled, buffered: .zero)
        #expect(lab.run { $0.stands == true })
        lab.run(for: .seconds(8))
        lab.join("cat")
        lab.run(for: .milliseconds(100))
        #expect(lab.course("cat") == lab.course("host"))
        #expect(lab.course("cat")?.isStanding == true)
    }

    @Test(
        "a hold from the beginning or the end of time throws nobody back",
        arguments: [Int64.min, .min + 1, 0, .max])
    func holdOutOfTime(since: Int64) throws {
        var lab = try watching()
        lab.run(for: .seconds(20))
        let before = try #require(lab.position("host"))
        let signer = try #require(lab.signers["ben"])
        let revision = try #require(lab.rooms["host"]?.intent?.revision)
        let hold = signer.sign(
            Hold(
                author: lab.id("ben"), sequence: 1_000, revision: revision,
                since: RoomInstant(nanoseconds: since), reason: .buffering, buffered: .zero,
                needed: nil, until: lab.roomNow + .seconds(3)))
        for name in ["host", "ana"] { lab.tell(name, .hold(hold, from: lab.id("ben"))) }
        lab.run(for: .seconds(1))
        #expect(try #require(lab.position("host")) >= before)
        #expect(try #require(lab.position("ana")) >= before)
    }
}

import PartyModel
import Testing

@testable import RoomCore

@Suite("The lobby")
struct LobbyTests {
    private func gathered(_ guests: [String] = ["ana", "ben"]) throws -> RoomLab {
        var lab = try RoomLab()
        lab.open(films: 1, rules: RoomRules(isLobby: true))
        for name in guests { lab.join(name) }
        for name in ["host"] + guests { lab.watch(name) }
        lab.run()
        lab.tell("host", .started(at: .start, lab.roomNow))
        lab.run()
        #expect(lab.stands == true)
        return lab
    }

    @Test("starts by a countdown when every viewer is ready, and is over then")
    func starts() throws {
        var lab = try gathered()
        for name in ["ana", "host"] { lab.tell(name, .readied(true)) }
        lab.run(for: .seconds(5))
        #expect(lab.stands == true)
        #expect(lab.rooms["ben"]?.ready == [lab.id("ana"), lab.id("host")])
        lab.tell("ben", .readied(true))
        lab.run(for: .milliseconds(500))
        #expect(lab.stands == false)
        for name in ["host", "ana", "ben"] {
            let rest = try #require(lab.rooms[name]?.startsIn(at: lab.roomNow))
            #expect(rest > .seconds(2) && rest <= Lobby.countdown)
            #expect(lab.rooms[name]?.isLobby == true)
        }
        lab.run(for: .seconds(4))
        for name in ["host", "ana", "ben"] {
            #expect(lab.rooms[name]?.isLobby == false)
            #expect(lab.course(name)?.isStanding == false)
        }
        lab.tell("ana", .wished(.pause(at: .start), at: lab.roomNow))
        lab.tell("ana", .wished(.play(from: .start), at: lab.roomNow))
        lab.run()
        #expect(lab.stands == false)
    }

    @Test("somebody who changes their mind calls the countdown off")
    func calledOff() throws {
        var lab = try gathered()
        for name in ["host", "ana", "ben"] { lab.tell(name, .readied(true)) }
        lab.run(for: .seconds(1))
        #expect(lab.stands == false)
        lab.tell("ana", .readied(false))
        lab.run(for: .seconds(5))
        #expect(lab.stands == true)
        lab.tell("ana", .readied(true))
        lab.run(for: .seconds(5))
        #expect(lab.stands == false)
        #expect(lab.rooms["ana"]?.isLobby == false)
    }

    @Test("a pause in the countdown holds until somebody is ready anew")
    func paused() throws {
        var lab = try gathered()
        for name in ["host", "ana", "ben"] { lab.tell(name, .readied(true)) }
        lab.run(for: .seconds(1))
        lab.tell("ben", .wished(.pause(at: .start), at: lab.roomNow))
        lab.run(for: .seconds(10))
        #expect(lab.stands == true)
        lab.tell("ana", .readied(false))
        lab.run()
        lab.tell("ana", .readied(true))
        lab.run(for: .seconds(5))
        #expect(lab.stands == false)
    }

    @Test("the host starts at once by playing; a guest who plays is ready")
    func atOnce() throws {
        var lab = try gathered()
        lab.tell("ana", .wished(.play(from: .start), at: lab.roomNow))
        lab.run()
        #expect(lab.stands == true)
        #expect(lab.rooms["host"]?.ready == [lab.id("ana")])
        lab.tell("host", .wished(.play(from: .start), at: lab.roomNow))
        lab.run()
        #expect(lab.stands == false)
        #expect(lab.rooms["ana"]?.isLobby == false)
        #expect(lab.rooms["host"]?.intent?.author == lab.id("host"))
    }

    @Test("whoever comes in the countdown does not stop it")
    func lateComer() throws {
        var lab = try gathered(["ana"])
        for name in ["host", "ana"] { lab.tell(name, .readied(true)) }
        lab.run(for: .seconds(1))
        lab.join("cat")
        lab.players["cat"] = LabPlayer(activity: .opening, buffered: .zero)
        lab.run(for: .seconds(5))
        for name in ["host", "ana", "cat"] { #expect(lab.course(name)?.isStanding == false) }
        #expect(lab.rooms["host"]?.isLobby == false)
    }

    @Test("a host alone is not everybody, however ready")
    func alone() throws {
        var lab = try gathered([])
        lab.tell("host", .readied(true))
        lab.run(for: .seconds(10))
        #expect(lab.stands == true)
    }
}

@Suite("The end of a film")
struct FilmEndTests {
    /// Everybody at some place, in a room with two films.
    private func watching() throws -> RoomLab {
        try RoomLab.watching(films: 2, for: .seconds(10))
    }

    private func film(_ lab: RoomLab, _ name: String) -> Int? {
        lab.course(name).flatMap { course in
            lab.rooms[name]?.items?.films.firstIndex { $0.id == course.item }
        }
    }

    @Test("when all are there the next film starts for all from 0, soon")
    func next() throws {
        var lab = try watching()
        for name in ["host", "ana", "ben"] { lab.players[name]?.activity = .ended }
        lab.run(for: .milliseconds(300))
        for name in ["host", "ana", "ben"] {
            #expect(film(lab, name) == 1)
            let course = try #require(lab.course(name))
            #expect(course.anchor == .start)
            #expect(course.since > lab.roomNow)
            #expect(course.position(at: lab.roomNow) == .start)
            #expect(lab.rooms[name]?.intent?.isAutomatic == true)
        }
    }

    @Test("one who is there before the others takes nobody along")
    func tooEarly() throws {
        var lab = try watching()
        lab.players["ana"]?.activity = .ended
        lab.run(for: .seconds(60))
        #expect(film(lab, "host") == 0)
        #expect(film(lab, "ana") == 0)
    }

    @Test("those at the end wait a while for who is behind, and then go on")
    func behind() throws {
        var lab = try watching()
        for name in ["host", "ana"] { lab.players[name]?.activity = .ended }
        lab.players["ben"] = LabPlayer(buffered: .seconds(5), lag: 20)
        lab.run(for: .seconds(10))
        #expect(film(lab, "host") == 0)
        lab.run(for: .seconds(7))
        #expect(film(lab, "host") == 1)
    }

    @Test("who cannot open the next film yet holds its start")
    func opening() throws {
        var lab = try watching()
        for name in ["host", "ana", "ben"] { lab.players[name]?.activity = .ended }
        lab.run(for: .milliseconds(300))
        for name in ["host", "ana"] { lab.players[name]?.activity = .able }
        lab.players["ben"] = LabPlayer(activity: .opening, buffered: .zero)
        lab.run(for: .seconds(3))
        #expect(lab.stands == true)
        #expect(lab.course("host")?.anchor == .start)
        let wait = try #require(lab.rooms["host"]?.wait(at: lab.roomNow))
        #expect(wait.stragglers.map(\.reason) == [.opening])
        lab.players["ben"] = LabPlayer(buffered: .seconds(3))
        lab.run()
        #expect(lab.stands == false)
    }

    @Test("a paused end stays, and so does that of the last film")
    func stays() throws {
        var lab = try watching()
        lab.tell("ana", .wished(.pause(at: MediaPosition(seconds: 9)), at: lab.roomNow))
        for name in ["host", "ana", "ben"] { lab.players[name]?.activity = .ended }
        lab.run(for: .seconds(20))
        #expect(film(lab, "host") == 0)
        lab.tell(
            "ana",
            .wished(.next(after: lab.course("ana")?.item ?? TimelineLab.item), at: lab.roomNow))
        lab.run(for: .seconds(60))
        #expect(film(lab, "host") == 1)
    }

    @Test("a key leads to the next film once, whoever else presses it")
    func byKey() throws {
        var lab = try watching()
        let first = try #require(lab.course("ana")?.item)
        for name in ["ana", "ben"] { lab.tell(name, .wished(.next(after: first), at: lab.roomNow)) }
        lab.run()
        for name in ["host", "ana", "ben"] { #expect(film(lab, name) == 1) }
        lab.tell("ana", .wished(.next(after: first), at: lab.roomNow))
        #expect(film(lab, "ana") == 1)
    }
}

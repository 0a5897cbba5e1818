import PartyModel
import Testing

@testable import RoomCore

@Suite("A room where much goes wrong")
struct LivenessTests {
    @Test("stands for nobody longer than the limit, and all agree in the end", arguments: 1...6)
    func noMysteryWait(seed: UInt64) throws {
        var random = SeededRandom(state: seed)
        var lab = try RoomLab()
        lab.open(films: 3)
        let guests = ["ana", "ben", "cat"]
        for name in guests { lab.join(name) }
        for name in ["host"] + guests { lab.watch(name) }
        lab.run()
        lab.tell("host", .started(at: .start, lab.roomNow))
        var standsSince: MonotonicInstant?
        var waits = 0
        for _ in 0..<400 {
            disturb(&lab, using: &random)
            lab.run(for: .milliseconds(200))
            let isWaiting = lab.rooms["host"]?.timeline.stop != nil
            if isWaiting, standsSince == nil { waits += 1 }
            standsSince = isWaiting ? standsSince ?? lab.now : nil
            if let standsSince {
                #expect(lab.now - standsSince <= Wait.limit + .seconds(1), "seed \(seed)")
            }
        }
        #expect(waits > 2, "seed \(seed)")
        for name in guests + ["host"] { lab.players[name] = LabPlayer(buffered: .seconds(10)) }
        lab.run(for: .seconds(20))
        #expect(Set(lab.rooms.values.map(\.course)).count == 1, "seed \(seed)")
        #expect(lab.rooms["host"]?.timeline.stop == nil, "seed \(seed)")
    }

    /// Somebody's buffer runs dry or fills, or somebody presses a key; mostly nothing happens.
    private func disturb(_ lab: inout RoomLab, using random: inout SeededRandom) {
        let name = ["host", "ana", "ben", "cat"][Int.random(in: 0..<4, using: &random)]
        guard let course = lab.course(name) else { return }
        let here = course.position(at: lab.roomNow)
        switch Int.random(in: 0..<60, using: &random) {
        case 0...3: lab.players[name] = LabPlayer(activity: .stalled, buffered: .zero)
        case 4: lab.players[name] = LabPlayer(activity: .seeking, buffered: .zero)
        case 5: lab.players[name] = LabPlayer(activity: .opening, buffered: .zero)
        case 6...10: lab.players[name] = LabPlayer(buffered: .seconds(10))
        case 11: lab.players[name] = LabPlayer(activity: .ended, buffered: .zero, hasRest: true)
        case 12: lab.tell(name, .wished(.seek(to: MediaPosition(seconds: 99)), at: lab.roomNow))
        case 13: lab.tell(name, .wished(.skipWait, at: lab.roomNow))
        case 14:
            // A pause would let nothing be seen: it does not last.
            lab.tell(name, .wished(.pause(at: here), at: lab.roomNow))
            lab.tell(name, .wished(.play(from: here), at: lab.roomNow))
        case _: break
        }
    }
}

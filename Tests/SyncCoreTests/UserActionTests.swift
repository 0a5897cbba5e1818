// What the user does with the player becomes the room's, or is undone; what we do never does.

import PartyModel
import Testing

@testable import SyncCore

extension SyncLab {
    /// The wishes so far, in order.
    var wishes: [Wish] {
        directives.compactMap { if case .wish(let wish) = $0.directive { wish } else { nil } }
    }

    /// A room that does what users wish, with a lead for what starts; without one nobody else is there.
    mutating func obeys(lead: Double = 0.25) {
        room = { wish, lab in
            let isStanding = lab.course?.isStanding ?? false
            let speed = lab.course?.speed.factor ?? 1
            switch wish {
            case .pause(let position):
                return lab.course(at: position.seconds, standing: true, speed: speed)
            case .play(let position):
                return lab.course(at: position.seconds, since: lead, speed: speed, isOurs: true)
            case .seek(let position):
                return lab.course(
                    at: position.seconds, since: isStanding ? 0 : lead, standing: isStanding,
                    speed: speed, isOurs: true)
            case .speed(let speed, let position):
                return lab.course(
                    at: position.seconds, standing: isStanding, speed: speed.factor, isOurs: true)
            case .next, .previous, .skipWait:
                return nil
            }
        }
    }

    /// A player in step in a room that obeys.
    static func inStep(_ seed: UInt64, _ traits: LabTraits = LabTraits()) -> SyncLab {
        var lab = SyncLab(traits, seed: seed)
        lab.obeys()
        lab.run(for: 1)
        lab.settle()
        return lab
    }
}

@Suite("Whose action")
struct UserActionTests {
    private static let seeds = UInt64(1)...8

    @Test("following gives rise to no wish, whatever happens", arguments: seeds)
    func ours(seed: UInt64) {
        var chance = SeededChance(state: seed)
        var traits = LabTraits()
        traits.jitter = 0.05
        traits.player.seek = 0.02...0.3
        var lab = SyncLab(traits, seed: seed)
        lab.run(for: 1)
        for _ in 0..<60 {
            let anchor = Double.random(in: 0...3000, using: &chance)
            let isStanding = Bool.random(using: &chance)
            let lead = Double.random(in: -0.5...0.5, using: &chance)
            let speed: Double = [1.0, 1.0, 1.5, 0.8].randomElement(using: &chance) ?? 1
            lab.give(lab.course(at: anchor, since: lead, standing: isStanding, speed: speed))
            lab.run(for: Double.random(in: 0.001...3, using: &chance))
            if Int.random(in: 0..<10, using: &chance) == 0 {
                lab.setStalled(true)
                lab.run(for: 1)
                lab.setStalled(false)
            }
        }
        #expect(lab.wishes.isEmpty)
        lab.give(lab.course(at: 50))
        lab.run(for: 20)
        #expect(lab.samples.suffix(100).allSatisfy { abs($0.error) < 0.045 })
    }

    @Test("a pause is the room's, on the frame it was pressed on", arguments: seeds)
    func pauses(seed: UInt64) throws {
        var lab = SyncLab.inStep(seed)
        lab.setPaused(true)
        lab.run(for: 1)
        guard case .pause(let position)? = lab.wishes.first else {
            Issue.record("no pause: \(lab.wishes)")
            return
        }
        #expect(lab.wishes.count == 1)
        let frame = try #require(lab.player.frameAtRest)
        #expect(abs(position.seconds - frame) < 1e-6)
    }

    @Test("who presses play is held on the frame until all start", arguments: seeds)
    func plays(seed: UInt64) throws {
        var lab = SyncLab.inStep(seed)
        lab.setPaused(true)
        lab.run(for: 3)
        let frame = try #require(lab.player.frameAtRest)
        let pressed = lab.time
        lab.setPaused(false)
        lab.run(for: 0.2)
        #expect(lab.player.isPaused || lab.player.presented(at: lab.time) <= frame + 0.03)
        lab.run(for: 5)
        #expect(lab.wishes.last == .play(from: lab.course?.anchor ?? .start))
        #expect(lab.wishes.count == 2)
        let late = lab.samples.first { $0.time > pressed + 0.6 }
        #expect(late.map { abs($0.error) < 0.1 } == true)
    }

    @Test(
        "a seek in the very moment in which the player is put somewhere is asked for once",
        arguments: seeds)
    func seekBesideOurs(seed: UInt64) {
        var lab = SyncLab.inStep(seed)
        lab.seek(to: 900)
        lab.give(lab.course(at: 300, standing: true))
        lab.run(for: 3)
        #expect(lab.wishes == [.seek(to: MediaPosition(seconds: 900))])
        #expect(lab.player.frameAtRest.map { abs($0 - 900) < 0.1 } == true)
    }

    @Test("a press before a start asks the room, and without an answer changes nothing")
    func pressBeforeStart() {
        var traits = LabTraits()
        traits.player.seek = 0.05...0.15
        var lab = SyncLab.inStep(3, traits)
        lab.room = nil
        lab.give(lab.course(at: 300, standing: true))
        lab.run(for: 2)
        lab.give(lab.course(at: 300, since: 0.6))
        lab.run(for: 0.2)
        lab.setPaused(false)
        lab.run(for: 3)
        #expect(lab.wishes == [.play(from: MediaPosition(seconds: 300))])
        #expect(lab.samples.suffix(20).allSatisfy { abs($0.error) < 0.1 })
    }

    @Test(
        "a start that is told late does not go over what the user has pressed since",
        arguments: seeds)
    func lateStart(seed: UInt64) {
        var lab = SyncLab.inStep(seed)
        let started = lab.local(lab.time)
        lab.run(for: 0.005)
        lab.setPaused(true)
        lab.run(for: 0.02)
        lab.tell(.started(started))
        lab.run(for: 0.02)
        lab.setPaused(false)
        lab.run(for: 0.1)
        #expect(lab.wishes.count == 2)
        if case .play = lab.wishes.last {} else { Issue.record("\(lab.wishes)") }
    }

    @Test("a seek is told at once, and its user is there with all others", arguments: seeds)
    func seeks(seed: UInt64) {
        var lab = SyncLab.inStep(seed)
        let pressed = lab.time
        lab.seek(to: 1_000)
        lab.run(for: 10)
        #expect(lab.wishes == [.seek(to: MediaPosition(seconds: 1_000))])
        let told = lab.directives.first { $0.directive == .wish(lab.wishes[0]) }
        #expect(told.map { $0.time - pressed < 0.01 } == true)
        #expect(lab.samples.suffix(60).allSatisfy { abs($0.error) < 0.045 })
    }

    @Test(
        "dragging along the bar tells the room a few times a second, and the last place",
        arguments: seeds)
    func drags(seed: UInt64) {
        var traits = LabTraits()
        traits.player.seek = 0.01...0.05
        var lab = SyncLab.inStep(seed, traits)
        let before = lab.time
        for step in 0..<60 {
            lab.seek(to: 1_000 + Double(step) * 10)
            lab.run(for: 0.033)
        }
        lab.run(for: 5)
        let dragged = lab.wishes
        #expect(dragged.last == .seek(to: MediaPosition(seconds: 1_590)))
        #expect(Double(dragged.count) <= (lab.time - before - 5) / 0.2 + 2)
        #expect(lab.samples.suffix(20).allSatisfy { abs($0.error) < 0.1 })
    }

    @Test("the room's speed is what the user set, less the trim", arguments: seeds)
    func speed(seed: UInt64) {
        var traits = LabTraits()
        traits.player.skew = 80e-6
        var lab = SyncLab.inStep(seed, traits)
        #expect(lab.follower.trim != 0)
        lab.setSpeed(lab.player.speed * 1.1)
        lab.run(for: 10)
        guard case .speed(let set, _)? = lab.wishes.first else {
            Issue.record("no speed: \(lab.wishes)")
            return
        }
        #expect(abs(set.factor - 1.1) < 1e-3)
        lab.setSpeed(1)
        lab.run(for: 10)
        #expect(lab.course?.speed == .normal)
        #expect(lab.wishes.count == 2)
        // The trim was set to nothing by somebody; it comes back, and the room does not change.
        lab.setSpeed(1)
        lab.run(for: 10)
        #expect(lab.wishes.count == 2)
        #expect(lab.samples.suffix(60).allSatisfy { abs($0.error) < 0.045 })
    }

    @Test("a frame forth and back is everybody's, and stops a film that moves", arguments: seeds)
    func steps(seed: UInt64) throws {
        var lab = SyncLab.inStep(seed)
        lab.tell(.frameStep(1))
        lab.run(for: 2)
        #expect(lab.course?.isStanding == true)
        let first = try #require(lab.player.frameAtRest)
        for _ in 0..<3 {
            lab.tell(.frameStep(1))
            lab.run(for: 1)
        }
        let third = try #require(lab.player.frameAtRest)
        #expect(abs(third - first - 3 * lab.traits.player.frame) < 1e-3)
        lab.tell(.frameStep(-1))
        lab.run(for: 1)
        let second = try #require(lab.player.frameAtRest)
        #expect(abs(third - second - lab.traits.player.frame) < 1e-3)
    }

    @Test("the last jump is undone, and the undoing too; a search counts as one", arguments: seeds)
    func undoes(seed: UInt64) {
        var lab = SyncLab.inStep(seed)
        let origin = lab.samples.last.map { $0.time } ?? 0
        let before = lab.player.presented(at: origin)
        for target in [1_000.0, 1_300, 1_200] {
            lab.seek(to: target)
            lab.run(for: 1.5)
        }
        lab.run(for: 5)
        lab.tell(.undoSeek)
        #expect(lab.course.map { abs($0.anchor.seconds - before) < 0.5 } == true)
        lab.run(for: 1)
        lab.tell(.undoSeek)
        #expect(lab.course.map { abs($0.anchor.seconds - 1_206) < 3 } == true)
    }

    @Test("what the room does not grant is undone", arguments: seeds)
    func mayNot(seed: UInt64) {
        var lab = SyncLab.inStep(seed)
        lab.room = nil
        lab.setPaused(true)
        lab.run(for: 5)
        #expect(lab.samples.suffix(20).allSatisfy { abs($0.error) < 0.16 && $0.isMoving })
        lab.seek(to: 2_000)
        lab.run(for: 6)
        lab.setSpeed(2)
        lab.run(for: 6)
        lab.tell(.undoSeek)
        lab.tell(.nextItem)
        lab.run(for: 6)
        #expect(lab.player.speed < 1.03)
        #expect(lab.samples.suffix(20).allSatisfy { abs($0.error) < 0.05 && $0.isMoving })
        lab.give(lab.course(at: 700, standing: true))
        lab.run(for: 1)
        lab.setPaused(false)
        lab.run(for: 2)
        #expect(lab.player.isPaused)
        #expect(lab.player.frameAtRest.map { abs($0 - 700) < 0.045 } == true)
    }

    @Test("alone, nothing is held: the room goes by the player", arguments: seeds)
    func alone(seed: UInt64) {
        var lab = SyncLab.inStep(seed)
        lab.obeys(lead: 0)
        let before = lab.directives.count
        lab.setPaused(true)
        lab.run(for: 2)
        lab.setPaused(false)
        lab.run(for: 3)
        lab.seek(to: 1_000)
        lab.run(for: 5)
        let commands = lab.directives.dropFirst(before).map(\.directive)
        #expect(!commands.contains(.setPaused(true)))
        #expect(!commands.contains { if case .seek = $0 { true } else { false } })
        #expect(lab.samples.suffix(20).allSatisfy { abs($0.error) < 0.045 && $0.isMoving })
        lab.tell(.undoSeek)
        lab.run(for: 5)
        #expect(lab.samples.suffix(20).allSatisfy { abs($0.error) < 0.045 && $0.isMoving })
        #expect(lab.player.presented(at: lab.time) < 200)
    }

    @Test("the end of the film moves nothing")
    func end() {
        var lab = SyncLab.inStep(1)
        lab.tell(.atEnd(true))
        let before = lab.directives.count
        lab.setStalled(true)
        lab.run(for: 10)
        #expect(lab.directives.count == before)
    }

    @Test("something else dropped on the window: the room's film comes back")
    func replaced() {
        var lab = SyncLab.inStep(1)
        lab.tell(.replaced)
        lab.run(for: 10)
        #expect(
            lab.directives.last { if case .open = $0.directive { true } else { false } }
                .map { $0.time > 20 } == true)
        #expect(lab.samples.suffix(20).allSatisfy { abs($0.error) < 0.1 && $0.isMoving })
    }
}

// Does a player come to where the room is, and stay there? Whole minutes of virtual time, with the
// player's and the network's imperfections drawn from a seed.

import PartyModel
import Testing

@testable import SyncCore

@Suite("Following")
struct FollowingTests {
    private static let seeds = UInt64(1)...12

    /// A machine that is imperfect in every way, by the seed.
    private static func traits(_ seed: UInt64, _ change: (inout LabTraits) -> Void = { _ in })
        -> LabTraits
    {
        var chance = SeededChance(state: seed &* 7919)
        var traits = LabTraits()
        traits.player.preparedSound = .random(in: 0.1...0.4, using: &chance)
        traits.player.startAfterSeek = .random(in: 0...0.15, using: &chance)
        traits.player.startAfterPause = .random(in: 0...0.06, using: &chance)
        traits.player.startJitter = .random(in: 0...0.02, using: &chance)
        traits.player.skew = .random(in: -100e-6...100e-6, using: &chance)
        traits.clockSkew = .random(in: -100e-6...100e-6, using: &chance)
        change(&traits)
        return traits
    }

    /// A machine on which a seek takes long only where it waits for the film.
    private static func quickSeeker(_ seed: UInt64) -> SyncLab {
        SyncLab(traits(seed) { $0.player.seek = 0.05...0.2 }, seed: seed)
    }

    private func hardSeeks(_ lab: SyncLab, after time: Double) -> Int {
        lab.directives.count { entry in
            if case .seek = entry.directive { entry.time > time } else { false }
        }
    }

    @Test("a newcomer is in step within six seconds and stays so", arguments: seeds)
    func joins(seed: UInt64) {
        var lab = SyncLab(Self.traits(seed), seed: seed)
        lab.run(for: 1)
        lab.give(lab.course(at: 100))
        lab.run(for: 60)
        let steady = lab.samples.filter { $0.time > 7 }
        #expect(steady.error(at: 0.95) < 0.020)
        #expect(steady.error(at: 1) < 0.070)
        #expect(steady.filter { $0.time > 20 }.allSatisfy { abs($0.trim) <= 0.005 })
        #expect(steady.filter { $0.time > 20 }.error(at: 0.5) < 0.003)
        #expect(hardSeeks(lab, after: 0) <= 1)
    }

    @Test(
        "a newcomer opens where the room will be when the film has come from afar",
        arguments: [(0, 0.5), (2, 0.512), (50, 0.8), (100, 1.1)])
    func opensAhead(roundTrip: Int, lead: Double) throws {
        var lab = SyncLab(LabTraits(), seed: 1)
        var follower = Follower(of: lab.author)
        follower.supplyRoundTrip = .milliseconds(roundTrip)
        let course = lab.course(at: 100, since: -10)
        let directives = follower.on(
            .course(course), now: lab.local(0), roomNow: course.since + .seconds(10))
        let opened: [(MediaPosition, Bool)] = directives.compactMap { directive in
            if case .open(_, let position, let exactly) = directive {
                (position, exactly)
            } else {
                nil
            }
        }
        let (position, exactly) = try #require(opened.first)
        #expect(abs(position.seconds - 110 - lead) < 1e-6)
        #expect(exactly == (roundTrip < 3))
    }

    @Test("film that comes from afar is opened at a key frame, and the place found after")
    func opensAtAKeyFrame() {
        for seed in Self.seeds {
            var lab = SyncLab(Self.traits(seed), seed: seed)
            lab.follower.supplyRoundTrip = .milliseconds(50)
            lab.run(for: 1)
            lab.give(lab.course(at: 100))
            lab.run(for: 20)
            #expect(lab.samples.filter { $0.time > 7 }.error(at: 1) < 0.070)
            #expect((1...2).contains(hardSeeks(lab, after: 0)))
        }
    }

    @Test("where the room stands, the film opens just there")
    func opensExactlyWhereTheRoomStands() {
        var lab = SyncLab(LabTraits(), seed: 1)
        lab.follower.supplyRoundTrip = .milliseconds(50)
        lab.run(for: 1)
        lab.give(lab.course(at: 101.5, standing: true))
        lab.run(for: 3)
        #expect(abs((lab.player.frameAtRest ?? 0) - 101.5) < 0.05)
        #expect(hardSeeks(lab, after: 0) == 0)
    }

    @Test(
        "jitter and a path that is slow one way cost no more than the clock's own error",
        arguments: seeds)
    func badNetwork(seed: UInt64) {
        let traits = Self.traits(seed) {
            $0.wayOut = 0.045
            $0.wayBack = 0.055
            $0.jitter = 0.1
        }
        var lab = SyncLab(traits, seed: seed)
        lab.run(for: 1)
        lab.give(lab.course(at: 100))
        lab.run(for: 120)
        #expect(lab.samples.filter { $0.time > 7 }.error(at: 0.95) < 0.060)
        #expect(lab.samples.filter { $0.time > 7 }.allSatisfy { abs($0.trim) <= 0.02 })
        #expect(hardSeeks(lab, after: 10) == 0)
    }

    @Test("a film without sound is followed by its frames", arguments: seeds)
    func silentFilm(seed: UInt64) {
        let traits = Self.traits(seed) { $0.player.hasSound = false }
        var lab = SyncLab(traits, seed: seed)
        lab.run(for: 1)
        lab.give(lab.course(at: 100))
        lab.run(for: 60)
        #expect(lab.samples.filter { $0.time > 7 }.error(at: 0.95) < 0.020)
        #expect(hardSeeks(lab, after: 10) == 0)
    }

    @Test(
        "sound that is passed through is never trimmed, only put right by seeks", arguments: seeds)
    func passthrough(seed: UInt64) {
        let traits = Self.traits(seed) {
            $0.player.passesAudioThrough = true
            $0.player.skew = 300e-6
        }
        var lab = SyncLab(traits, seed: seed)
        lab.run(for: 1)
        lab.give(lab.course(at: 100))
        lab.run(for: 900)
        #expect(lab.samples.allSatisfy { $0.trim == 0 })
        #expect(lab.samples.filter { $0.time > 15 }.error(at: 0.99) < 0.2)
        #expect(hardSeeks(lab, after: 10) <= 3)
    }

    @Test("everybody starts at the instant that was set", arguments: seeds)
    func plays(seed: UInt64) {
        var lab = SyncLab(Self.traits(seed), seed: seed)
        lab.settle()
        // The first start of each kind teaches what it costs here.
        for _ in 0..<3 {
            lab.give(lab.course(at: 200, standing: true))
            lab.run(for: 2)
            #expect(lab.player.frameAtRest.map { abs($0 - 200) < 0.045 } == true)
            let start = lab.time + 0.25
            lab.give(lab.course(at: 200, since: 0.25))
            let frame = lab.player.frameAtRest ?? 0
            lab.run(for: 0.2)
            #expect(lab.player.presented(at: lab.time) < frame + 0.01)
            lab.run(for: 5)
            let late = lab.samples.first { $0.time > start + 0.1 }
            #expect(late.map { abs($0.error) < 0.16 } == true)
        }
        let last = lab.samples.suffix(80)
        #expect(last.allSatisfy { abs($0.error) < 0.045 })
    }

    @Test("a jump of the room's is there at the instant that was set", arguments: seeds)
    func jumps(seed: UInt64) {
        var lab = Self.quickSeeker(seed)
        lab.settle()
        for target in [900.0, 300, 1200] {
            lab.give(lab.course(at: target, since: 0.35))
            lab.run(for: 10)
            let after = lab.samples.suffix(100)
            #expect(after.allSatisfy { abs($0.error) < 0.045 })
        }
    }

    @Test("paused, all show the same frame, whatever the player was at", arguments: seeds)
    func sameFrame(seed: UInt64) {
        var frames: Set<Int> = []
        for machine in 0..<4 {
            var lab = SyncLab(Self.traits(seed &+ UInt64(machine) &* 1000), seed: seed)
            lab.settle()
            lab.run(for: Double(machine) * 0.013)
            lab.give(lab.course(at: 123.456, standing: true))
            lab.run(for: 2)
            frames.insert(Int(((lab.player.frameAtRest ?? 0) * 24_000 / 1001).rounded()))
        }
        #expect(frames.count == 1)
    }

    @Test("slow seeks end in step all the same", arguments: seeds)
    func slowSeeks(seed: UInt64) {
        let traits = Self.traits(seed) { $0.player.seek = 0.6...0.8 }
        var lab = SyncLab(traits, seed: seed)
        lab.settle()
        let before = lab.time
        lab.give(lab.course(at: 900, since: 0.25))
        lab.run(for: 20)
        #expect(lab.samples.suffix(200).allSatisfy { abs($0.error) < 0.03 })
        #expect(hardSeeks(lab, after: before) <= 3)
    }

    @Test("a stall is made up for by one seek", arguments: seeds)
    func stalls(seed: UInt64) {
        var lab = SyncLab(Self.traits(seed), seed: seed)
        lab.settle()
        let before = lab.time
        lab.stall()
        lab.run(for: 15)
        #expect(lab.samples.suffix(100).allSatisfy { abs($0.error) < 0.03 })
        #expect((1...2).contains(hardSeeks(lab, after: before)))
    }

    @Test("what is put right too late, for the film was late, is put right again", arguments: seeds)
    func lateRepair(seed: UInt64) {
        var lab = Self.quickSeeker(seed)
        lab.settle()
        let before = lab.time
        lab.stall(seeksWaiting: [1.5, 1.5])
        lab.run(for: 25)
        #expect(lab.waits.isEmpty)
        #expect(lab.samples.suffix(100).allSatisfy { abs($0.error) < 0.03 })
        #expect(hardSeeks(lab, after: before) <= 4)
    }

    @Test("that goes for each time anew", arguments: seeds)
    func lateRepairs(seed: UInt64) {
        var lab = Self.quickSeeker(seed)
        lab.settle()
        for _ in 1...3 {
            lab.stall(seeksWaiting: [1.5, 1.5])
            lab.run(for: 10 + Follower.lateMemory.inSeconds)
            #expect(lab.waits.isEmpty)
            #expect(lab.samples.suffix(100).allSatisfy { abs($0.error) < 0.03 })
        }
    }

    @Test(
        "where film always comes late, a player is sent so far ahead that it comes in time",
        arguments: seeds, [1, 2.5, 6])
    func slowSupply(seed: UInt64, wait: Double) {
        var lab = Self.quickSeeker(seed)
        lab.settle()
        let before = lab.time
        lab.stall(seeksWaiting: Array(repeating: wait, count: 100))
        lab.run(for: 40)
        #expect((1...3).contains(hardSeeks(lab, after: before)))
        #expect(lab.samples.suffix(100).allSatisfy { $0.isMoving && abs($0.error) < 0.03 })
        lab.run(for: 200)
        let late = lab.samples.suffix(100 * 20)
        #expect(late.count { $0.isMoving } * 5 > late.count * 4)
    }

    @Test("what came late a moment ago is reckoned with at once", arguments: seeds)
    func supplyStaysSlow(seed: UInt64) {
        var lab = Self.quickSeeker(seed)
        lab.settle()
        lab.stall(seeksWaiting: [4, 4])
        lab.run(for: 20)
        let before = lab.time
        lab.stall(seeksWaiting: [4, 4])
        lab.run(for: 20)
        #expect(hardSeeks(lab, after: before) == 1)
        #expect(lab.samples.suffix(100).allSatisfy { $0.isMoving && abs($0.error) < 0.03 })
    }

    @Test("what came late once is not reckoned with when all has gone well since", arguments: seeds)
    func supplyRecovers(seed: UInt64) {
        var lab = Self.quickSeeker(seed)
        lab.settle()
        lab.stall(seeksWaiting: [6, 6])
        lab.run(for: 20 + Follower.lateMemory.inSeconds)
        let before = lab.samples.count
        lab.stall()
        lab.run(for: 15)
        let standing = lab.samples.dropFirst(before).count { !$0.isMoving }
        #expect(standing < 20 * 5)
    }

    @Test(
        "where it comes later than anybody should stand, a player is stopped some times and goes on",
        arguments: seeds)
    func alwaysLate(seed: UInt64) {
        var lab = Self.quickSeeker(seed)
        lab.settle()
        let before = lab.time
        lab.stall(seeksWaiting: Array(repeating: 20, count: 100))
        lab.run(for: 600)
        let most = 2 * (Follower.lateRepairsAllowed + Follower.doublings)
        #expect((2...most).contains(hardSeeks(lab, after: before)))
        let late = lab.samples.suffix(100 * 20)
        #expect(late.count { $0.isMoving } * 5 > late.count * 3)
    }

    @Test("the room's speed is kept with the same care", arguments: seeds)
    func otherSpeed(seed: UInt64) {
        var lab = SyncLab(Self.traits(seed), seed: seed)
        lab.settle()
        #expect(!lab.player.keepsPitch)
        let now = lab.course?.anchor.seconds ?? 0
        lab.give(lab.course(at: now + lab.time, speed: 1.5))
        lab.run(for: 30)
        #expect(lab.player.keepsPitch)
        #expect(lab.samples.suffix(300).allSatisfy { abs($0.error) < 0.045 })
    }
}

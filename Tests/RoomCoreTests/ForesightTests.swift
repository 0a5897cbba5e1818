import PartyModel
import Testing

@testable import RoomCore

@Suite("Foresight")
struct ForesightTests {
    /// What is foreseen after looks at a player that gains and loses so much film a second.
    private func foresight(
        buffered: Double, gaining rate: Double, playing speed: Double, for seconds: Double,
        hasRest: Bool = false
    ) -> Foresight {
        var foresight = Foresight()
        for step in 0...Int(seconds * 4) {
            let elapsed = Double(step) / 4
            let condition = PlayerCondition(
                item: TimelineLab.item, activity: .able,
                position: MediaPosition(seconds: 100 + elapsed * speed),
                buffered: .milliseconds(Int((buffered + elapsed * (rate - speed)) * 1_000)),
                hasRest: hasRest)
            foresight.note(
                condition, now: MonotonicInstant(nanoseconds: Int64(elapsed * 1e9)))
        }
        return foresight
    }

    @Test("says when a buffer that shrinks will be empty")
    func shrinking() throws {
        let dry = try #require(
            foresight(buffered: 8, gaining: 0.5, playing: 1, for: 4).runsDry)
        #expect(abs(dry.inSeconds - 12) < 0.1)
    }

    @Test(
        "says nothing of one that holds, that is far from empty, or that reaches to the end",
        arguments: [(8, 1, false), (8, 1.2, false), (60, 0.5, false), (2, 0.0, true)])
    func calm(buffered: Double, rate: Double, hasRest: Bool) {
        let foresight = foresight(
            buffered: buffered, gaining: rate, playing: 1, for: 4, hasRest: hasRest)
        #expect(foresight.runsDry == nil)
    }

    @Test("says nothing after a moment only")
    func tooSoon() {
        #expect(foresight(buffered: 3, gaining: 0, playing: 1, for: 1).runsDry == nil)
    }

    @Test("says how long more film takes at the rate it comes, paused or not")
    func needs() throws {
        for speed in [0.0, 1.0] {
            let foresight = foresight(buffered: 6, gaining: 0.5, playing: speed, for: 4)
            let needed = try #require(foresight.time(toGain: .seconds(2)))
            #expect(abs(needed.inSeconds - 4) < 0.1)
        }
        let nothing = foresight(buffered: 3, gaining: 0, playing: 0, for: 4)
        #expect(nothing.time(toGain: .seconds(1)) == nil)
        #expect(nothing.time(toGain: .zero) == .zero)
    }

    @Test("begins anew after a jump")
    func jumps() {
        var foresight = foresight(buffered: 8, gaining: 0.5, playing: 1, for: 4)
        let jumped = PlayerCondition(
            item: TimelineLab.item, activity: .able, position: MediaPosition(seconds: 5),
            buffered: .seconds(1), hasRest: false)
        foresight.note(jumped, now: MonotonicInstant(nanoseconds: 4_250_000_000))
        #expect(foresight.runsDry == nil)
    }
}

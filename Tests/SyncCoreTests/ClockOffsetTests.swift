import PartyModel
import Testing

@testable import SyncCore

@Suite("The clock offset")
struct ClockOffsetTests {
    private static let skew: Int64 = 5_000_000_000

    /// An exchange with a clock five seconds ahead, these many milliseconds under way.
    private func exchange(
        at start: Int64, out: Int64, back: Int64
    ) -> (Pong, received: MonotonicInstant) {
        let sent = start
        let arrived = sent + out * 1_000_000 + Self.skew
        let answered = arrived + 2_000_000
        let received = answered - Self.skew + back * 1_000_000
        return (
            Pong(
                sent: MonotonicInstant(nanoseconds: sent),
                arrived: MonotonicInstant(nanoseconds: arrived),
                answered: MonotonicInstant(nanoseconds: answered)),
            MonotonicInstant(nanoseconds: received)
        )
    }

    @Test("is exact on a symmetric path")
    func symmetric() {
        var clock = ClockOffset()
        let (pong, received) = exchange(at: 1_000, out: 20, back: 20)
        clock.add(pong, received: received)
        #expect(clock.offset == .seconds(5))
        #expect(clock.roundTrip == .milliseconds(40))
    }

    @Test("is wrong by at most half the round trip", arguments: [(0, 100), (100, 0), (30, 70)])
    func asymmetric(out: Int64, back: Int64) throws {
        var clock = ClockOffset()
        let (pong, received) = exchange(at: 1_000, out: out, back: back)
        clock.add(pong, received: received)
        let error = try #require(clock.offset).inSeconds - 5
        #expect(abs(error) <= 0.0501)
    }

    @Test("believes the quickest of the last exchanges")
    func minimum() {
        var clock = ClockOffset()
        for delay in [300, 5, 200, 90] as [Int64] {
            let (pong, received) = exchange(at: 1_000, out: delay, back: 5)
            clock.add(pong, received: received)
        }
        #expect(clock.offset == .seconds(5))
        // However many come at once, they count as one.
        for number in 1...40 {
            let (pong, received) = exchange(
                at: Int64(number) * 20_000_000, out: 400, back: 400)
            clock.add(pong, received: received)
        }
        #expect(clock.roundTrip == .milliseconds(10))
        for number in 1...ClockOffset.samplesKept {
            let (pong, received) = exchange(
                at: Int64(number) * 2_000_000_000, out: 50, back: 50)
            clock.add(pong, received: received)
        }
        #expect(clock.roundTrip == .milliseconds(100))
    }

    @Test("ignores answers that cannot be true")
    func impossible() {
        var clock = ClockOffset()
        let instant = { MonotonicInstant(nanoseconds: $0) }
        clock.add(
            Pong(sent: instant(100), arrived: instant(50), answered: instant(40)),
            received: instant(200))
        clock.add(
            Pong(sent: instant(100), arrived: instant(0), answered: instant(500)),
            received: instant(200))
        clock.add(
            Pong(sent: instant(.min), arrived: instant(.max), answered: instant(.max)),
            received: instant(200))
        #expect(clock.roundTrip.map { $0 >= .zero } ?? true)
    }

    @Test("takes whatever the other side says its clock shows, one end of time after the other")
    func endsOfTime() throws {
        var clock = ClockOffset()
        for (second, there) in [Int64.min + 3_000_000_000, .max, .min, .max].enumerated() {
            let sent = Int64(second + 1) * 1_000_000_000
            let instant = MonotonicInstant(nanoseconds: there)
            clock.add(
                Pong(
                    sent: MonotonicInstant(nanoseconds: sent), arrived: instant, answered: instant),
                received: MonotonicInstant(nanoseconds: sent + 1_000_000))
        }
        // Each contradicts the one before, which is forgotten.
        #expect(clock.roundTrip == .milliseconds(1))
        #expect(try #require(clock.offset) > .seconds(4_000_000_000))
    }

    @Test("forgets what a clock that jumped makes untrue")
    func jumped() throws {
        var clock = ClockOffset()
        for start in 0..<8 {
            let (pong, received) = exchange(at: Int64(start) * 100_000_000, out: 1, back: 1)
            clock.add(pong, received: received)
        }
        // The other machine slept for two seconds: its clock stood still.
        let late = MonotonicInstant(nanoseconds: 3_000_000_000)
        let there = MonotonicInstant(nanoseconds: 3_000_000_000 + Self.skew - 2_000_000_000)
        clock.add(
            Pong(sent: late, arrived: there, answered: there),
            received: late + .milliseconds(40))
        let offset = try #require(clock.offset)
        #expect(abs(offset.inSeconds - 3) < 0.03)
        #expect(clock.roundTrip == .milliseconds(40))
    }

    @Test("in doubt goes on until it knows better")
    func doubt() {
        var clock = ClockOffset()
        let (first, received) = exchange(at: 1_000, out: 1, back: 1)
        clock.add(first, received: received)
        clock.doubt()
        #expect(clock.roundTrip == .milliseconds(2))
        let (second, later) = exchange(at: 500_000_000, out: 30, back: 30)
        clock.add(second, received: later)
        #expect(clock.roundTrip == .milliseconds(60))
    }

    @Test("prefers a newer exchange to one that was a little quicker long ago")
    func ageing() {
        var clock = ClockOffset()
        let (old, received) = exchange(at: 1_000, out: 10, back: 9)
        clock.add(old, received: received)
        let (new, later) = exchange(at: 60_000_000_000, out: 11, back: 11)
        clock.add(new, received: later)
        #expect(clock.offset == .seconds(5))
    }

    @Test("says how wrong it may be: never less than it is", arguments: UInt64(1)...20)
    func bound(seed: UInt64) throws {
        var chance = SeededChance(state: seed)
        var clock = ClockOffset()
        for number in 0..<40 {
            let (pong, received) = exchange(
                at: Int64(number) * 3_000_000_000, out: .random(in: 5...60, using: &chance),
                back: .random(in: 20...90, using: &chance))
            clock.add(pong, received: received)
            let offset = try #require(clock.offset)
            let bound = try #require(clock.error)
            #expect(abs(offset.inSeconds - 5) <= bound.inSeconds + 1e-9)
        }
    }
}

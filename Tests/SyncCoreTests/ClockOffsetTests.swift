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
        for _ in 0..<ClockOffset.samplesKept {
            let (pong, received) = exchange(at: 1_000, out: 50, back: 50)
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
}

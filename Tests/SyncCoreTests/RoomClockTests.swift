import PartyModel
import SyncCore
import Testing

@Suite("The room's clock")
struct RoomClockTests {
    private static func instant(_ milliseconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }

    /// What a clock that is ahead of ours looks like, from one exchange without any delay.
    private static func clock(ahead: Duration) -> ClockOffset {
        var clock = ClockOffset()
        let sent = instant(100)
        clock.add(
            Pong(sent: sent, arrived: sent + ahead, answered: sent + ahead), received: sent)
        return clock
    }

    @Test("the host's is its own")
    func host() {
        #expect(RoomClock.host.time(at: Self.instant(5)) == RoomInstant(nanoseconds: 5_000_000))
    }

    @Test("a guest's is not known before it is learnt, and then the keeper's")
    func guest() {
        var clock = RoomClock()
        #expect(clock.time(at: Self.instant(5)) == nil)
        clock.follow(ClockOffset(), roomOffset: .zero)
        #expect(clock.offset == nil)
        clock.follow(Self.clock(ahead: .seconds(3)), roomOffset: .seconds(4))
        #expect(clock.offset == .seconds(7))
        #expect(
            clock.time(at: Self.instant(1_000)) == RoomInstant(nanoseconds: 8_000_000_000))
    }

    @Test("it runs on while the machine sleeps")
    func suspend() {
        var clock = RoomClock.host
        clock.note(asleep: .seconds(100))
        #expect(clock.offset == .zero)
        clock.note(asleep: .seconds(100) + .milliseconds(1))
        #expect(clock.offset == .zero)
        clock.note(asleep: .seconds(700))
        #expect(clock.offset == .seconds(600))
        clock.note(asleep: .seconds(700))
        #expect(clock.offset == .seconds(600))
    }

    @Test("it goes on when the keeper changes, through any number of them")
    func continuity() {
        // Four machines whose clocks have nothing to do with each other; the first is the host.
        let clocks: [Duration] = [.zero, .seconds(-50), .seconds(1_000), .milliseconds(7)]
        var rooms = [RoomClock.host] + Array(repeating: RoomClock(), count: 3)
        for keeper in 0..<3 {
            for guest in (keeper + 1)..<4 {
                let offset = rooms[keeper].offset ?? .zero
                rooms[guest].follow(
                    Self.clock(ahead: clocks[keeper] - clocks[guest]), roomOffset: offset)
            }
            // Everybody's room time is the host's monotonic time, whoever says it.
            for guest in (keeper + 1)..<4 {
                let here = Self.instant(2_000) + clocks[guest]
                #expect(
                    rooms[guest].time(at: here) == RoomInstant(nanoseconds: 2_000_000_000))
            }
        }
    }
}

// What time it is in the room, here.
//
// The room's time is the host's monotonic clock at first. Everybody keeps it as an offset to a clock
// of their own, learnt from whoever keeps it; so when the keeper is gone it runs on everywhere, and
// whoever comes next goes on with the offset learnt last.
//
// Invariant: the room's time never stands still, not while this machine sleeps either, and never jumps
// because the keeper changed, but by what two peers' measurements differ.

public import PartyModel

/// The room's time as an offset to this machine's monotonic clock.
public struct RoomClock: Sendable {
    /// The room's time less this machine's monotonic clock; `nil` until it is learnt.
    public private(set) var offset: Duration?

    /// How long the machine has slept, as last noted.
    private var asleep: Duration?

    /// A clock that does not know the room's time yet.
    public init() {}

    /// The clock of the host, which sets the room's time.
    public static let host = RoomClock(offset: .zero)

    private init(offset: Duration) { self.offset = offset }

    /// Learns the room's time from its keeper.
    ///
    /// - Parameters:
    ///   - clock: what the keeper's monotonic clock shows.
    ///   - roomOffset: the room's time less that clock, as the keeper says.
    public mutating func follow(_ clock: ClockOffset, roomOffset: Duration) {
        guard let theirs = clock.offset else { return }
        offset = theirs + roomOffset
    }

    /// Notes how long the machine has slept since it was started; the monotonic clock stood still
    /// meanwhile, and the room did not.
    public mutating func note(asleep: Duration) {
        let slept = self.asleep.map { asleep - $0 } ?? .zero
        // The two clocks behind this are not read at the same instant.
        guard self.asleep == nil || slept >= SuspendWatch.shortest else { return }
        self.asleep = asleep
        offset = offset.map { $0 + slept }
    }

    /// The room's time at a time of ours; `nil` until it is learnt.
    public func time(at now: MonotonicInstant) -> RoomInstant? {
        offset.map { RoomInstant(nanoseconds: (now + $0).nanoseconds) }
    }
}

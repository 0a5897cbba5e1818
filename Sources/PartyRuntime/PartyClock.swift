// What time it is, here.

internal import NIOCore
import PartyModel

/// The monotonic clock of this machine; wall clocks are never used.
enum PartyClock {
    /// Now.
    ///
    /// Any thread.
    static var now: MonotonicInstant {
        MonotonicInstant(nanoseconds: Int64(NIODeadline.now().uptimeNanoseconds))
    }

    /// How long the machine has slept since this was first asked: one clock stood still meanwhile.
    static var asleep: Duration {
        (ContinuousClock.now - began.continuous) - (SuspendingClock.now - began.suspending)
    }

    private static let began = (continuous: ContinuousClock.now, suspending: SuspendingClock.now)
}

extension MonotonicInstant {
    /// The instant as NIO's timers take it.
    var deadline: NIODeadline { .uptimeNanoseconds(UInt64(max(0, nanoseconds))) }
}

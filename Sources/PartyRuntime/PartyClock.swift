// What time it is, here.

import Glibc
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

    /// How long the machine has slept since it was started: the monotonic clock stood still
    /// meanwhile.
    static var asleep: Duration {
        read(CLOCK_BOOTTIME) - read(CLOCK_MONOTONIC)
    }

    private static func read(_ clock: clockid_t) -> Duration {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}

extension MonotonicInstant {
    /// The instant as NIO's timers take it.
    var deadline: NIODeadline { .uptimeNanoseconds(UInt64(max(0, nanoseconds))) }
}

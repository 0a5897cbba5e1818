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
}

extension MonotonicInstant {
    /// The instant as NIO's timers take it.
    var deadline: NIODeadline { .uptimeNanoseconds(UInt64(max(0, nanoseconds))) }
}

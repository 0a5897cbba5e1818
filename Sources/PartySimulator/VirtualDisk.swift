// When is a block read, or checked and stored?

import PartyModel

/// A disk that does one thing after the other, and the hashing that goes with it.
struct VirtualDisk {
    let timePerBlock: Duration
    private var busyUntil = MonotonicInstant(nanoseconds: 0)

    init(timePerBlock: Duration) { self.timePerBlock = timePerBlock }

    /// When a block that is to be read or checked from now on is done.
    mutating func work(from time: MonotonicInstant) -> MonotonicInstant {
        busyUntil = max(busyUntil, time) + timePerBlock
        return busyUntil
    }
}

// When was a block received? What comes from many peers at once has one line to come through.

import PartyModel

/// The receiving side of a peer's line.
struct VirtualDownlink {
    let bytesPerSecond: Double
    private var busyUntil = MonotonicInstant(nanoseconds: 0)

    init(bytesPerSecond: Double) { self.bytesPerSecond = bytesPerSecond }

    /// When a block is here whose last byte could arrive at this time.
    ///
    /// An idle line was receiving while the sender was sending, so it adds nothing.
    mutating func receive(_ bytes: Int, arriving time: MonotonicInstant) -> MonotonicInstant {
        let needed = Duration.nanoseconds(Int64(Double(bytes) / bytesPerSecond * 1e9))
        busyUntil = max(busyUntil, time - needed) + needed
        return busyUntil
    }
}

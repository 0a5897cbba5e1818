// Who drags the seek bar jumps many times a second. The room hears of it a few times a second, and
// always of the last place.

import PartyModel

/// Spaces the seeks of one user.
struct SeekCoalescer: Sendable {
    /// Between two that are told: quick enough to look alive, and four messages a second at most.
    static let interval = Duration.milliseconds(200)

    private var lastTold: MonotonicInstant?
    private(set) var waiting: MediaPosition?

    /// When what waits is to be told, or the user is thought to have found the place; `nil` when
    /// that is past.
    func quietAt(now: MonotonicInstant) -> MonotonicInstant? {
        isBusy(now: now) ? lastTold.map { $0 + Self.interval } : nil
    }

    /// Whether the user sought so lately that more is likely to come.
    func isBusy(now: MonotonicInstant) -> Bool {
        lastTold.map { now - $0 < Self.interval } ?? false
    }

    /// The user sought: returns what to tell now; else it waits until ``quietAt(now:)``.
    mutating func seek(to position: MediaPosition, now: MonotonicInstant) -> MediaPosition? {
        waiting = position
        return take(now: now)
    }

    /// What is due by now.
    mutating func take(now: MonotonicInstant) -> MediaPosition? {
        guard let waiting, !isBusy(now: now) else { return nil }
        self.waiting = nil
        lastTold = now
        return waiting
    }

    /// Somebody else decided meanwhile.
    mutating func drop() { waiting = nil }
}

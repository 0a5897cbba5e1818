// When may the next block leave? A token bucket that holds one block.
//
// Invariant: over any time span, no more bytes are taken than the rate allows plus one block.

import PartyModel

/// Spreads blocks over time at a rate.
struct TokenBucket {
    /// Bytes per second; `nil` lets everything through.
    private(set) var rate: Double?
    /// Bytes taken that this rate has not let out yet, at a moment.
    private var debt = 0.0
    private var moment: MonotonicInstant?

    /// From now on it goes at another rate, also for what was taken before.
    mutating func set(rate: Double?, at now: MonotonicInstant) {
        settle(at: now)
        self.rate = rate
    }

    /// When a block may leave; `nil` when it may now.
    func opens(after now: MonotonicInstant) -> MonotonicInstant? {
        guard let rate, rate > 0, let moment else { return nil }
        let opens = moment + .nanoseconds(Int64(debt / rate * 1e9))
        return opens > now ? opens : nil
    }

    /// A block leaves now.
    mutating func take(_ bytes: Int, at now: MonotonicInstant) {
        settle(at: now)
        debt += Double(bytes)
    }

    private mutating func settle(at now: MonotonicInstant) {
        let passed = moment.map { max((now - $0).inSeconds, 0) } ?? 0
        debt = rate.map { max(debt - passed * $0, 0) } ?? 0
        moment = now
    }
}

// When may the next block leave? A token bucket that holds one block.
//
// Invariant: over any time span, no more bytes are taken than the rate allows plus one block.

import PartyModel

/// Spreads blocks over time at a rate.
struct TokenBucket {
    /// Bytes per second; `nil` lets everything through.
    var rate: Double?
    /// When the last block taken will have left at this rate.
    private var freeAt: MonotonicInstant?

    /// When a block may leave; `nil` when it may now.
    func opens(after now: MonotonicInstant) -> MonotonicInstant? {
        guard rate != nil, let freeAt, freeAt > now else { return nil }
        return freeAt
    }

    /// A block leaves now.
    mutating func take(_ bytes: Int, at now: MonotonicInstant) {
        guard let rate, rate > 0 else {
            freeAt = nil
            return
        }
        let start = max(freeAt ?? now, now)
        freeAt = start + .nanoseconds(Int64(Double(bytes) / rate * 1e9))
    }
}

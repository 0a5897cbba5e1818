// When may the next block leave? A token bucket that holds one block.
//
// Invariant: over any time span, no more bytes are taken than the rate allows plus one block; where
// blocks may be woken late, plus what it allows in that time, too.

import PartyModel

/// Spreads blocks over time at a rate.
struct TokenBucket {
    /// Alarms come some milliseconds late, and at 20 Mbit/s a block takes 26: so much keeps a line full.
    static let alarmLateness = Duration.milliseconds(20)

    /// Whatever leaves at most so much after it might have was woken late, and the next is no later for
    /// it; beyond that there was nothing to send.
    let lateness: Duration
    /// Bytes per second; `nil` lets everything through.
    private(set) var rate: Double?
    /// Bytes taken that this rate has not let out yet, at a moment.
    private var debt = 0.0
    /// Where there is no debt, since when.
    private var moment: MonotonicInstant?

    init(lateness: Duration = .zero) { self.lateness = lateness }

    /// From now on it goes at another rate, also for what was taken before.
    mutating func set(rate: Double?, at now: MonotonicInstant) {
        settle(at: now)
        self.rate = rate
    }

    /// When a block may leave; `nil` when it may now.
    func opens(after now: MonotonicInstant) -> MonotonicInstant? {
        guard let opens = opening, opens > now else { return nil }
        return opens
    }

    /// A block leaves now.
    mutating func take(_ bytes: Int, at now: MonotonicInstant) {
        settle(at: now)
        if let moment, now - moment > lateness { self.moment = now }
        moment = moment ?? now
        debt += Double(bytes)
    }

    private var opening: MonotonicInstant? {
        guard let rate, rate > 0, let moment else { return nil }
        return moment + Duration(boundedSeconds: debt / rate)
    }

    private mutating func settle(at now: MonotonicInstant) {
        if let opening, opening <= now {
            (debt, moment) = (0, opening)
        } else if let passed = moment.map({ now - $0 }) {
            debt = rate.map { max(debt - passed.inSeconds * $0, 0) } ?? 0
            moment = now
        }
    }
}

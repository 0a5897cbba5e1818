// How long does something usually take? The estimator is that of RFC 6298 for TCP's retransmissions: a
// mean and a mean deviation that forget slowly, and four deviations beyond the mean is late.

import PartyModel

/// What certain delays were lately.
struct DelayEstimator {
    /// In seconds; `nil` before the first.
    private var delay: (mean: Double, deviation: Double)?

    mutating func note(_ duration: Duration) {
        let sample = duration.inSeconds
        guard let (mean, deviation) = delay else {
            delay = (sample, sample / 2)
            return
        }
        delay = (
            mean: mean + (sample - mean) / 8,
            deviation: deviation + (abs(sample - mean) - deviation) / 4
        )
    }

    /// After how long such a thing is late; `nil` before anything was measured.
    var late: Duration? {
        delay.map { .milliseconds(Int64(min($0.mean + 4 * $0.deviation, 60) * 1_000)) }
    }
}

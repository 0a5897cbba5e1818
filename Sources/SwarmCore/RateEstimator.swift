// How fast bytes come from one peer.
//
// A ring of short buckets: the rate over the last second, or over the time since the first byte when
// that is shorter, so that a fresh connection is known after its first blocks.

import PartyModel

/// Bytes per second over a sliding window.
struct RateEstimator {
    /// Long enough to smooth TCP's bursts, short enough to notice a dying link while a player's
    /// buffer of some seconds lasts.
    static let window = Duration.seconds(1)
    private static let bucketCount = 20
    private static let bucketNanoseconds = window.wholeNanoseconds / Int64(bucketCount)

    private var buckets = [Int](repeating: 0, count: bucketCount)
    private var newest: Int64?
    private var started: MonotonicInstant?

    /// Bytes counted since the beginning.
    private(set) var total: Int64 = 0

    mutating func count(_ bytes: Int, at now: MonotonicInstant) {
        started = started ?? now
        advance(to: now)
        total += Int64(bytes)
        buckets[slot(of: now)] += bytes
    }

    /// Bytes per second; zero before the first byte.
    mutating func rate(at now: MonotonicInstant) -> Double {
        guard let started else { return 0 }
        advance(to: now)
        // A rate over less than a bucket would be noise.
        let span = min(
            max((now - started).inSeconds, Double(Self.bucketNanoseconds) / 1e9),
            Self.window.inSeconds)
        return Double(buckets.reduce(0, +)) / span
    }

    private func slot(of instant: MonotonicInstant) -> Int {
        let bucket = instant.nanoseconds / Self.bucketNanoseconds
        return Int(
            ((bucket % Int64(Self.bucketCount)) + Int64(Self.bucketCount))
                % Int64(Self.bucketCount))
    }

    private mutating func advance(to now: MonotonicInstant) {
        let current = now.nanoseconds / Self.bucketNanoseconds
        defer { newest = max(newest ?? current, current) }
        guard let newest, current > newest else { return }
        for bucket in (max(newest + 1, current - Int64(Self.bucketCount) + 1))...current {
            let index =
                ((bucket % Int64(Self.bucketCount)) + Int64(Self.bucketCount))
                % Int64(Self.bucketCount)
            buckets[Int(index)] = 0
        }
    }
}

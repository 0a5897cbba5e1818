// What the other side's monotonic clock shows now, and how far off that may be.
//
// Four timestamps per exchange, as NTP (RFC 5905, section 8) has them: sent and received here,
// arrived and answered there. The offset is exact when both ways take equally long, and never
// wrong by more than half the round trip. Queues only ever add to a round trip, so of the last
// samples the one with the smallest counts; crystals drift apart, so an old sample counts as one
// with a longer round trip (the clock filter of RFC 5905, section 10).
//
// Invariant: no two samples kept contradict each other. Where two exclude each other, a clock has
// jumped, because its machine slept, and what was known before is forgotten.

public import PartyModel

/// The offset of another monotonic clock against ours, from four-timestamp samples.
public struct ClockOffset: Sendable {
    /// Samples that count, of a second each: enough to find a quiet moment, few enough to follow a change of path.
    public static let samplesKept = 16

    /// Of the samples within this time only the quickest is kept: pings are frequent while film is sent
    /// and the line is full, and must not push out what was learnt before.
    static let slot = Duration.seconds(1)

    /// How fast two clocks drift apart: a hundred millionths is what a poor crystal does, and both
    /// may be poor.
    static let drift = 200e-6

    /// Two honest samples contradict each other by less than this: time stamps are taken by
    /// programs that may be held up between looking at the clock and sending.
    static let contradiction = Duration.milliseconds(5)

    private struct Sample {
        let offset: Duration
        let roundTrip: Duration
        let taken: MonotonicInstant

        /// How far the offset may be from the truth at `now`.
        func bound(at now: MonotonicInstant) -> Duration {
            roundTrip / 2 + max(.zero, now - taken) * ClockOffset.drift
        }

        func contradicts(_ other: Sample) -> Bool {
            let age = max(taken, other.taken) - min(taken, other.taken)
            let allowed =
                (roundTrip + other.roundTrip) / 2 + age * ClockOffset.drift
                + ClockOffset.contradiction
            // Offsets are what the other side says they are: their difference may need more than
            // 64 bits, which a duration has.
            return max(offset, other.offset) - min(offset, other.offset) > allowed
        }
    }

    private var samples: [Sample] = []
    private var slotBegan: MonotonicInstant?
    private var newest: MonotonicInstant?
    private var isDoubtful = false

    /// No sample yet.
    public init() {}

    /// Takes the answer to a ping; one that claims to have been answered before it was asked, or
    /// to have taken less than no time, is ignored.
    public mutating func add(_ pong: Pong, received: MonotonicInstant) {
        let there = pong.answered - pong.arrived
        let roundTrip = (received - pong.sent) - there
        guard there >= .zero, roundTrip >= .zero else { return }
        let outward = pong.arrived.nanoseconds &- pong.sent.nanoseconds
        let inward = pong.answered.nanoseconds &- received.nanoseconds
        let sample = Sample(
            offset: .nanoseconds(outward / 2 &+ inward / 2), roundTrip: roundTrip, taken: received)
        samples.removeAll { isDoubtful || $0.contradicts(sample) }
        isDoubtful = false
        newest = received
        keep(sample)
    }

    private mutating func keep(_ sample: Sample) {
        if let last = samples.last, let slotBegan, sample.taken - slotBegan < Self.slot {
            if sample.roundTrip < last.roundTrip { samples[samples.count - 1] = sample }
            return
        }
        slotBegan = sample.taken
        samples.append(sample)
        if samples.count > Self.samplesKept { samples.removeFirst() }
    }

    /// After a suspend the samples say nothing; until the next one they are still the best there is.
    public mutating func doubt() { isDoubtful = true }

    /// The sample that is least wrong by the time of the newest.
    private var best: Sample? {
        guard let newest else { return nil }
        return samples.min { $0.bound(at: newest) < $1.bound(at: newest) }
    }

    /// Their clock less ours; `nil` before the first sample.
    public var offset: Duration? { best?.offset }

    /// The smallest round trip of the samples kept; `nil` before the first.
    public var roundTrip: Duration? { samples.map(\.roundTrip).min() }

    /// How far the offset may be from the truth: half the round trip, which is what a path that is
    /// slow one way only makes of it, and how much the quicker half of the samples differ.
    public var error: Duration? {
        guard let best, let newest else { return nil }
        let quick = samples.sorted { $0.roundTrip < $1.roundTrip }.prefix((samples.count + 1) / 2)
        let offsets = quick.map(\.offset)
        let spread = (offsets.max() ?? .zero) - (offsets.min() ?? .zero)
        return best.bound(at: newest) + spread
    }

    /// Their time at a time of ours; `nil` before the first sample.
    public func roomTime(at now: MonotonicInstant) -> RoomInstant? {
        offset.map { RoomInstant(nanoseconds: (now + $0).nanoseconds) }
    }
}

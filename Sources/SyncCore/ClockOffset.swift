// What the other side's monotonic clock shows now.
//
// Four timestamps per exchange, as NTP (RFC 5905, section 8) has them: sent and received here,
// arrived and answered there. The offset is exact when both ways take equally long, and never
// wrong by more than half the round trip. Queues only ever add to a round trip, so of the last
// samples the one with the smallest counts (the clock filter of RFC 5905, section 10, without its
// ageing: sixteen samples are at most some seconds to a minute old, and crystals drift by tens of
// microseconds in that time).

public import PartyModel

/// The offset of another monotonic clock against ours, from four-timestamp samples.
public struct ClockOffset: Sendable {
    /// Samples that count: enough to find a quiet moment, few enough to follow a change of path.
    public static let samplesKept = 16

    private struct Sample {
        let offset: Duration
        let roundTrip: Duration
    }

    private var samples: [Sample] = []

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
        samples.append(
            Sample(offset: .nanoseconds(outward / 2 &+ inward / 2), roundTrip: roundTrip))
        if samples.count > Self.samplesKept { samples.removeFirst() }
    }

    /// Forgets all samples: after a suspend or on a new path they say nothing.
    public mutating func reset() { samples = [] }

    private var best: Sample? { samples.min { $0.roundTrip < $1.roundTrip } }

    /// Their clock less ours; `nil` before the first sample.
    public var offset: Duration? { best?.offset }

    /// The smallest round trip of the samples kept; the offset is wrong by at most half of it.
    public var roundTrip: Duration? { best?.roundTrip }

    /// Their time at a time of ours; `nil` before the first sample.
    public func roomTime(at now: MonotonicInstant) -> RoomInstant? {
        offset.map { RoomInstant(nanoseconds: (now + $0).nanoseconds) }
    }
}

// How long does a seek take here? A player that is to be somewhere in time must begin so much earlier.

import PartyModel

/// What seeks took lately.
struct LandingTime: Sendable {
    /// Before the first seek: an exact seek in high definition took 50 to 530 ms.
    static let initial = Duration.milliseconds(400)
    /// Some more than the last ones took.
    static let reserve = 1.5
    /// A quicker seek may only have gone less far from a key frame: the slowest of so many counts.
    static let remembered = 4
    /// No seek is expected to take longer: what did was a moment of the machine's.
    static let longest = Duration.seconds(2)
    /// Whoever aims ahead of a room that moves aims at least so far.
    static let shortestLead = Duration.milliseconds(150)

    private var recent: [Duration] = []

    /// How long the next one will take; `nil` before the first.
    var usual: Duration? { recent.max() }

    /// How far ahead of the room to aim.
    var lead: Duration {
        usual.map { max($0 * Self.reserve, Self.shortestLead) } ?? Self.initial
    }

    /// A seek took so long, and did not wait for the film's bytes.
    mutating func took(_ duration: Duration) {
        recent.append(min(duration, Self.longest))
        if recent.count > Self.remembered { recent.removeFirst() }
    }
}

// How long does a seek take here? A player that is to be somewhere in time must begin so much earlier.

import PartyModel

/// What seeks took lately.
struct LandingTime: Sendable {
    /// Before the first seek: an exact seek in high definition took 50 to 530 ms.
    static let initial = Duration.milliseconds(400)
    /// Some more than the last ones took.
    static let reserve = 1.5
    /// How much of a slow seek is forgotten with each that is quicker.
    static let forgetting = 0.25
    /// A seek that took longer waited for bytes, and is no measure.
    static let longest = Duration.seconds(2)

    private var usual: Duration?

    /// How far ahead of the room to aim.
    var lead: Duration { usual.map { $0 * Self.reserve } ?? Self.initial }

    /// A seek took so long.
    mutating func took(_ duration: Duration) {
        let duration = min(duration, Self.longest)
        guard let usual, duration < usual else {
            self.usual = max(duration, .milliseconds(100))
            return
        }
        self.usual = max(usual - (usual - duration) * Self.forgetting, .milliseconds(100))
    }
}

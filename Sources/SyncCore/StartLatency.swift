// How long after it is told to does this player really start? The sound output decides: half a
// millisecond or a tenth of a second. It is learnt from where the player is a moment after each start.

import PartyModel

/// What starting costs on this machine.
struct StartLatency: Sendable {
    /// Starts differ by what lies prepared in the sound output.
    enum Kind: Hashable, Sendable {
        /// After a seek or an opening: the output is empty.
        case fresh
        /// After a pause.
        case resumed
    }

    /// A start that is not measured yet.
    struct Launch: Sendable {
        let kind: Kind
        let at: MonotonicInstant
        let from: MediaPosition
    }

    /// Nothing starts earlier than this before it is told to, nor later than this after; what is
    /// measured beyond was something else.
    static let plausible = -0.2...0.6
    /// How much the newest start counts.
    static let weight = 0.5

    private var learnt: [Kind: Double] = [:]

    /// What to allow for.
    func expected(_ kind: Kind) -> Duration {
        Duration(boundedSeconds: learnt[kind] ?? 0)
    }

    /// Learns from a player that runs evenly since `launch`.
    mutating func learn(
        _ launch: Launch, is position: MediaPosition, at now: MonotonicInstant, speed: Double
    ) {
        let moved = (position.seconds - launch.from.seconds) / speed
        let latency = (now - launch.at).inSeconds - moved
        guard Self.plausible.contains(latency) else { return }
        let before = learnt[launch.kind] ?? latency
        learnt[launch.kind] = before + Self.weight * (latency - before)
    }
}

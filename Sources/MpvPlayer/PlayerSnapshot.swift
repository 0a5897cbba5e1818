// Where is the player, at one instant? All values come from one answer of mpv's, so that they fit
// together.

public import PartyModel

/// What mpv is doing at one instant.
public struct PlayerSnapshot: Hashable, Sendable {
    /// What is heard, continuous to 0.1 ms; `nil` without audio, during a seek and at the end.
    public let audioPosition: MediaPosition?
    /// mpv's `time-pos`: the frame queued last, one ahead of the one seen; `nil` without a film.
    public let framePosition: MediaPosition?
    /// How fast the film runs.
    public let speed: PlaybackSpeed
    /// Whether somebody paused it.
    public let isPaused: Bool
    /// Whether mpv looks for the frame of a seek; ``framePosition`` is then where to.
    public let isSeeking: Bool
    /// Whether the end of the film is reached; mpv tells of a change only while the film moves.
    public let isAtEnd: Bool
    /// Since when ``framePosition`` is what it is; `nil` where that was not seen.
    public internal(set) var frameSince: MonotonicInstant?
    /// Whether mpv stands still because its cache ran dry.
    public let isBuffering: Bool
    /// How much film mpv has read ahead.
    public let buffered: Duration
    /// How long a frame is shown; `nil` when not known.
    public let frameDuration: Duration?
    /// Whether the audio goes undecoded to a receiver, which no change of speed survives.
    public let passesAudioThrough: Bool
    /// The middle of the call that asked, on CLOCK_MONOTONIC.
    public let takenAt: MonotonicInstant
    /// How far the truth may be from ``takenAt``: half the duration of the call.
    public let uncertainty: Duration
}

extension PlayerSnapshot {
    /// The properties asked for, in the order of the answer's lines.
    private static let properties = [
        "audio-pts", "time-pos", "speed", "pause", "paused-for-cache", "demuxer-cache-duration",
        "container-fps", "audio-out-params/format", "seeking", "eof-reached",
    ]

    /// What mpv's `expand-text` is to expand: one raw value a line.
    static let question = properties.map { "${=\($0)}" }.joined(separator: "\n")

    /// Reads mpv's answer to ``question``, asked and answered at these instants; `nil` where it is
    /// none.
    init?(answer: String, asked: MonotonicInstant, answered: MonotonicInstant) {
        let lines = answer.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == Self.properties.count, let speed = Double(lines[2]) else { return nil }
        audioPosition = Double(lines[0]).map(MediaPosition.init(seconds:))
        framePosition = Double(lines[1]).map(MediaPosition.init(seconds:))
        self.speed = PlaybackSpeed(factor: speed)
        isPaused = lines[3] == "yes"
        isBuffering = lines[4] == "yes"
        let ahead = Double(lines[5]).map(MediaPosition.init(seconds:)) ?? .start
        buffered = .nanoseconds(ahead.nanoseconds)
        frameDuration = Double(lines[6]).flatMap(Self.frameDuration)
        passesAudioThrough = lines[7].hasPrefix("spdif")
        isSeeking = lines[8] == "yes"
        isAtEnd = lines[9] == "yes"
        uncertainty = (answered - asked) / 2
        takenAt = asked + uncertainty
    }

    private static func frameDuration(rate: Double) -> Duration? {
        // A rate outside this range is a container's fancy, and no reason to trap.
        guard (0.1...10_000).contains(rate) else { return nil }
        return .nanoseconds(Int64(1e9 / rate))
    }
}

// What a player said of itself at one instant.

public import PartyModel

/// Where a player is and what it does, read at one instant.
public struct Reading: Hashable, Sendable {
    /// What is heard, continuous; `nil` without sound and while it is sought.
    public let heard: MediaPosition?
    /// The frame that a paused player shows; a moving one shows the frame before it.
    public let frame: MediaPosition?
    /// Since when ``frame`` is what it is; `nil` where nobody looked.
    public let frameSince: MonotonicInstant?
    /// How long a frame lasts; `nil` where that is not known.
    public let frameDuration: Duration?
    /// How fast it runs when it runs.
    public let speed: PlaybackSpeed
    /// Whether somebody paused it.
    public let isPaused: Bool
    /// Whether it stands still because it has nothing to play.
    public let isStalled: Bool
    /// Whether it is being sought; ``frame`` is then where to.
    public let isSeeking: Bool
    /// Whether the sound goes undecoded to a receiver, which no change of speed survives.
    public let passesAudioThrough: Bool
    /// When it was read.
    public let takenAt: MonotonicInstant

    /// A reading with these values.
    public init(
        heard: MediaPosition?, frame: MediaPosition?, frameSince: MonotonicInstant?,
        frameDuration: Duration?, speed: PlaybackSpeed, isPaused: Bool, isStalled: Bool,
        isSeeking: Bool, passesAudioThrough: Bool, takenAt: MonotonicInstant
    ) {
        self.heard = heard
        self.frame = frame
        self.frameSince = frameSince
        self.frameDuration = frameDuration
        self.speed = speed
        self.isPaused = isPaused
        self.isStalled = isStalled
        self.isSeeking = isSeeking
        self.passesAudioThrough = passesAudioThrough
        self.takenAt = takenAt
    }

    /// Where the player is: the frame it shows when it rests, else what is heard.
    public var position: MediaPosition? { isPaused || isSeeking ? frame : moving }

    /// What a moving player is at: what is heard, or else what the frames tell.
    ///
    /// When a frame becomes ``frame``, the one before it has just had its time.
    public var moving: MediaPosition? {
        if let heard { return heard }
        guard let frame, let frameDuration else { return frame }
        let shown = frame.seconds - frameDuration.inSeconds
        guard let frameSince else {
            // Somewhere in the frame's time: the middle is wrong by half of it at most.
            return MediaPosition(seconds: shown + frameDuration.inSeconds / 2)
        }
        // A frame that stays much longer than its time is one that stands still.
        let elapsed = max(0, (takenAt - frameSince).inSeconds) * speed.factor
        return MediaPosition(seconds: shown + min(elapsed, 2 * frameDuration.inSeconds))
    }

    /// Where a player that rests goes on from when it is set going.
    ///
    /// - Parameter isFresh: whether it has come here by a seek. Its sound then begins with the
    ///   frame; else it goes on where it was stopped, up to a frame earlier.
    func resting(isFresh: Bool) -> MediaPosition? {
        guard let frame else { return heard }
        guard !isFresh, let heard, let frameDuration else { return frame }
        let earliest = frame.seconds - 1.5 * frameDuration.inSeconds
        return MediaPosition(seconds: min(max(heard.seconds, earliest), frame.seconds))
    }
}

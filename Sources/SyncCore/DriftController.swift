// How fast must a player run so that it comes to where the room is, and stays there?
//
// A proportional–integral controller on the speed. Its target is no error at all, not a small one:
// an error of half a second that is tolerated is heard as an echo by people who talk to each other.
//
// What makes it stable is the choice of the quantity it steers. A player that is told to run faster
// does so only when the sound it has already prepared is played out; but the position it reports
// jumps at once, by minus the change of speed times that sound, onto the line that will be true
// then. So the report with that jump taken back is where the player would end if the trim ended now.
// That has no delay and no jumps: the trim merely integrates it, and a plain controller suffices.

import PartyModel

/// Error in, trim of the speed out.
struct DriftController: Sendable {
    /// Trim per second of error, in 1/s: an error is gone to a third after two seconds.
    static let gain = 0.5
    /// Growth of the lasting trim per second of error and second, in 1/s²: a quarter of the gain
    /// squared is the most that does not overshoot; this is far below.
    static let integralGain = 0.02
    /// The most that is lastingly trimmed: three octaves above any crystal's drift, and far below
    /// what an ear could tell.
    static let steadyLimit = 0.005
    /// The most while an error is being caught up: a third of a semitone.
    static let catchUpLimit = 0.02
    /// The lasting part of the trim: sound cards that are off by more are broken.
    static let driftLimit = 0.002
    /// The trim changes by no more than this from one look to the next, so that no step is heard.
    static let slew = 0.005
    /// From this error on it is caught up, in seconds: most of a frame.
    static let catchUpBegins = 0.030
    /// Down to this error it is caught up, in seconds.
    static let catchUpEnds = 0.008
    /// Changes of trim below this are not worth telling the player: 2 ms a minute.
    static let quantum = 30e-6
    /// Sound that a player has prepared ahead, in seconds: measured 0.40 with two outputs of mpv.
    ///
    /// Wrong by half it leaves an error of 4 ms while the fullest trim ends.
    static let preparedSound = 0.4
    /// After a start a player needs so long to run evenly.
    static let settling = Duration.milliseconds(300)
    /// Errors of which the middle one counts.
    static let window = 3

    /// The trim in effect: the speed is the room's times one more than this.
    private(set) var trim = 0.0
    private var drift = 0.0
    private var errors: [Double] = []
    private var isCatchingUp = false
    private var settledAt: MonotonicInstant?
    private var lastLook: MonotonicInstant?

    /// The error in seconds, as far as it can be told from noise; `nil` before two readings agree
    /// on a time.
    var error: Double? {
        guard errors.count > 1 else { return nil }
        return errors.sorted()[errors.count / 2]
    }

    /// The player starts, or goes on after it stood: what was measured before says nothing.
    mutating func begin(now: MonotonicInstant) {
        errors = []
        isCatchingUp = false
        settledAt = now + Self.settling
        lastLook = nil
        trim = drift
    }

    /// Takes an error and trims.
    ///
    /// - Parameters:
    ///   - raw: the room less what the player reports, in seconds of the clock.
    ///   - hasSound: whether a change of speed waits for prepared sound.
    ///   - mayTrim: whether the speed may be touched.
    mutating func look(
        error raw: Double, hasSound: Bool, mayTrim: Bool, at now: MonotonicInstant
    ) {
        guard let settledAt, now >= settledAt else { return }
        let ahead = hasSound ? trim * Self.preparedSound : 0
        errors.append(raw - ahead)
        if errors.count > Self.window { errors.removeFirst() }
        defer { lastLook = now }
        guard mayTrim else {
            trim = 0
            return
        }
        guard let error else { return }
        isCatchingUp = abs(error) > (isCatchingUp ? Self.catchUpEnds : Self.catchUpBegins)
        let limit = isCatchingUp ? Self.catchUpLimit : Self.steadyLimit
        if !isCatchingUp, let lastLook {
            let grown = drift + Self.integralGain * error * (now - lastLook).inSeconds
            drift = min(max(grown, -Self.driftLimit), Self.driftLimit)
        }
        let wanted = min(max(Self.gain * error + drift, -limit), limit)
        guard abs(wanted - trim) > Self.quantum else { return }
        trim = min(max(wanted, trim - Self.slew), trim + Self.slew)
    }
}

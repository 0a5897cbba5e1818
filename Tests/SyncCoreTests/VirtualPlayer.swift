// A player as mpv is: sound prepared ahead, frames in steps, seeks and starts that take their time.

import PartyModel
import SyncCore

/// What a virtual player is like.
struct PlayerTraits {
    /// Seconds of sound prepared ahead.
    var preparedSound = 0.2
    /// Seconds a frame lasts.
    var frame = 1001.0 / 24_000
    /// Seconds from one key frame to the next.
    var keyFrameInterval = 4.0
    /// Whether the film has sound.
    var hasSound = true
    /// Whether the sound goes undecoded to a receiver.
    var passesAudioThrough = false
    /// Seconds from the command to the first sound, after a seek and after a pause.
    var startAfterSeek = 0.1
    var startAfterPause = 0.03
    /// By how much starts differ, in seconds.
    var startJitter = 0.005
    /// Seconds a seek takes.
    var seek = 0.05...0.8
    /// How much faster the sound card runs than true time.
    var skew = 0.0
}

/// A player in virtual time; all times in seconds of true time.
struct VirtualPlayer {
    let traits: PlayerTraits
    private(set) var isPaused = true
    private(set) var isStalled = false
    private(set) var seekTarget: Double?
    private(set) var keepsPitch = true
    private var speeds: [(from: Double, speed: Double)] = [(-1, 1)]
    /// Where what is heard was, and when it begins to move from there.
    private var base = 0.0
    private var movesFrom: Double?
    /// The frame shown at rest.
    private var restingFrame = 0.0
    private var hasSoundPrepared = false

    init(_ traits: PlayerTraits) { self.traits = traits }

    var speed: Double { speeds.last?.speed ?? 1 }

    // MARK: Commands

    mutating func setPaused(_ paused: Bool, at time: Double, chance: Double) {
        guard paused != isPaused else { return }
        if paused { freeze(at: time) }
        isPaused = paused
        if !paused, seekTarget == nil, !isStalled { go(at: time, chance: chance) }
    }

    mutating func setSpeed(_ speed: Double, at time: Double) { speeds.append((time, speed)) }

    mutating func setPitchCorrection(_ isOn: Bool) { keepsPitch = isOn }

    mutating func beginSeek(to target: Double, at time: Double) {
        freeze(at: time)
        seekTarget = target
    }

    mutating func landSeek(at time: Double, chance: Double) {
        guard let target = seekTarget else { return }
        seekTarget = nil
        restingFrame = max(0, ((target - 0.005) / traits.frame).rounded(.up)) * traits.frame
        base = restingFrame
        hasSoundPrepared = false
        if !isPaused { go(at: time, chance: chance) }
    }

    mutating func setStalled(_ stalled: Bool, at time: Double, chance: Double) {
        guard stalled != isStalled else { return }
        if stalled { freeze(at: time) }
        isStalled = stalled
        if !stalled, !isPaused { go(at: time, chance: chance) }
    }

    private mutating func go(at time: Double, chance: Double) {
        let usual = hasSoundPrepared ? traits.startAfterPause : traits.startAfterSeek
        movesFrom = time + max(0, usual + (2 * chance - 1) * traits.startJitter)
    }

    private mutating func freeze(at time: Double) {
        guard movesFrom != nil else { return }
        base = presented(at: time)
        restingFrame = frameAhead(of: base)
        hasSoundPrepared = true
        movesFrom = nil
    }

    // MARK: Where it is

    /// What is really heard: a change of speed reaches the ear when the prepared sound is played out.
    func presented(at time: Double) -> Double {
        guard let movesFrom, time > movesFrom else { return base }
        let lag = traits.hasSound ? traits.preparedSound : 0
        return base + film(from: movesFrom - lag, to: time - lag) * (1 + traits.skew)
    }

    /// What mpv reports as heard: the line that will be true when the prepared sound is played out.
    private func reported(at time: Double) -> Double {
        guard movesFrom.map({ time > $0 }) ?? false else { return base }
        let prepared = film(from: time - traits.preparedSound, to: time)
        return presented(at: time) + prepared - speed * traits.preparedSound
    }

    /// Seconds of film that run through between two times.
    private func film(from start: Double, to end: Double) -> Double {
        var sum = 0.0
        for (index, step) in speeds.enumerated() {
            let begin = max(start, step.from)
            let next = index + 1 < speeds.count ? speeds[index + 1].from : end
            if next > begin, end > begin { sum += (min(next, end) - begin) * step.speed }
        }
        return sum
    }

    /// The frame queued while `position` is heard.
    private func frameAhead(of position: Double) -> Double {
        ((position / traits.frame).rounded(.down) + 1) * traits.frame
    }

    /// What the player says; `local` is its clock.
    func reading(at time: Double, local: MonotonicInstant, noise: Double) -> Reading {
        let moves = movesFrom.map { time > $0 } ?? false
        let heard = reported(at: time)
        let frame = seekTarget ?? (moves ? frameAhead(of: heard) : restingFrame)
        let sinceFrame = (heard - (frame - traits.frame)) / speed
        let hasHeard = traits.hasSound && seekTarget == nil && (moves || hasSoundPrepared)
        return Reading(
            heard: hasHeard ? MediaPosition(seconds: heard + noise) : nil,
            frame: MediaPosition(seconds: frame),
            frameSince: moves ? local - .nanoseconds(Int64(sinceFrame * 1e9)) : nil,
            frameDuration: .nanoseconds(Int64(traits.frame * 1e9)),
            speed: PlaybackSpeed(factor: speed), isPaused: isPaused, isStalled: isStalled,
            isSeeking: seekTarget != nil,
            passesAudioThrough: traits.passesAudioThrough, takenAt: local)
    }

    /// The frame that is seen at rest.
    var frameAtRest: Double? { isPaused && seekTarget == nil ? restingFrame : nil }
}

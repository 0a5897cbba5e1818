// Which speed does the user want, who changed one that had a trim in it?
//
// mpv's keys multiply what is set, so the trim is in the result and is taken out again; a reset sets
// a round number, in which there is none.

import PartyModel

/// Reads the room's speed from one that the user set.
enum SpeedReading {
    /// A speed that somebody sets outright is a multiple of this, in millionths: 0.05.
    static let round: UInt32 = 50_000
    /// What is so near to the film's own pace is meant to be it: going up a step and down again leaves
    /// what the trim changed meanwhile.
    static let normalWithin = 1e-3

    /// The speed that is wanted of the room.
    ///
    /// - Parameters:
    ///   - observed: what the player runs at since the user changed it.
    ///   - trim: what was in it before.
    static func wanted(from observed: PlaybackSpeed, trim: Double) -> PlaybackSpeed {
        guard !observed.millionths.isMultiple(of: round) else { return observed }
        let untrimmed = PlaybackSpeed(factor: observed.factor / (1 + trim))
        return abs(untrimmed.factor - 1) < normalWithin ? .normal : untrimmed
    }
}

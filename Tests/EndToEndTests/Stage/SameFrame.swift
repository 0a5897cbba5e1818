// Do all players show one frame, once they have come to rest?

import Foundation
import Testing

extension MpvIPC {
    /// Seconds that a frame of the films is shown.
    static let frame = 1.0 / 24

    /// Expects players to come to rest on one frame, that of `seconds` if that is given.
    ///
    /// A jump may land anywhere in a frame, so it is less than `tolerance` away. While it seeks mpv
    /// already reports the place it goes to, and ignores a step back, so a seek has to be over.
    static func expectSameFrame(
        _ players: [MpvIPC], at seconds: Double? = nil, within tolerance: Double = frame,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let deadline = Date.now.addingTimeInterval(RunningPeerwatch.patience)
        var shown: [Double]
        repeat {
            shown = try players.compactMap { try $0.get("time-pos").number }
            let areAtRest = try players.allSatisfy { try $0.get("seeking") == false }
            if areAtRest, let first = shown.first, shown.count == players.count,
                shown.allSatisfy({ abs($0 - first) < frame / 10 }),
                abs(first - (seconds ?? first)) < tolerance
            {
                return
            }
            usleep(10_000)
        } while Date.now < deadline
        let wanted = seconds.map { ", not at \($0)" } ?? ""
        Issue.record(
            "the frames shown last are at \(shown)\(wanted)", sourceLocation: sourceLocation)
    }
}

// Parties for stories: lines in Mbit/s, and the seeds a story is told with.

import Foundation
import PartyModel
import PartySimulator

/// A party whose first peer hosts.
func party(
    host: Double = 20, guests: [Double], down: Double = 100, film: Int64 = 8 << 20
) -> Scenario {
    let bytesPerMegabit = 125_000.0
    return Scenario(
        filmSize: film,
        nodes: ([host] + guests).map {
            .init(uplink: $0 * bytesPerMegabit, downlink: down * bytesPerMegabit)
        })
}

/// This many seconds into a run.
func second(_ number: Double) -> MonotonicInstant {
    MonotonicInstant(nanoseconds: Int64((number * 1e9).rounded()))
}

/// The seeds to try: those of `PEERWATCH_SEEDS` (as `7` or `1...500`), or the usual ones.
func seeds(_ usual: ClosedRange<UInt64>) -> ClosedRange<UInt64> {
    guard let text = ProcessInfo.processInfo.environment["PEERWATCH_SEEDS"] else { return usual }
    let bounds = text.components(separatedBy: "...").compactMap { UInt64($0) }
    guard let first = bounds.first, let last = bounds.last, first <= last else { return usual }
    return first...last
}

extension SimulationReport {
    /// Whether every guest got the whole film.
    var isCompleteForAll: Bool { completions.allSatisfy { $0 != nil } }
}

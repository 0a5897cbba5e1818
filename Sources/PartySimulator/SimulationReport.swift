// What came of a run.

import PartyModel

/// The numbers of one run, and whatever should not have happened.
public struct SimulationReport: Sendable {
    /// The seed that replays the run.
    public let seed: UInt64
    /// What should not have happened, in order; empty when all is well.
    public let violations: [String]
    /// From the start until everyone had everything; `nil` when that did not come.
    public let completion: Duration?
    /// From each guest's coming until it had everything; `nil` for those that left or did not get it.
    public let completions: [Duration?]
    /// `completion` as a multiple of the fluid bound.
    public let boundRatio: Double?
    /// Bytes of blocks that the host sent, as a multiple of the film.
    public let hostCopies: Double
    /// Until the last guest's player showed something; `nil` when one never did.
    public let startUp: Duration?
    /// How often a guest's player stood still.
    public let stalls: Int
    /// How long the guests' players stood still, all together.
    public let stalled: Duration
    /// For each jump, until everyone had the next mebibyte; `nil` when somebody never had it.
    public let seeks: [Duration?]
    /// What part of all bytes sent were messages.
    public let controlShare: Double
    /// Blocks that came to a peer that had them.
    public let duplicateBlocks: Int
    /// Connections ended because somebody broke a rule.
    public let drops: Int
    /// Events of the run.
    public let events: Int
    /// The same for two runs only if they were the same to the last delivery.
    public let fingerprint: UInt64
}

extension Simulation {
    func report() -> SimulationReport {
        let guests = nodes.dropFirst()
        let completions = guests.map { node in node.completed.map { $0 - node.profile.arrival } }
        let isComplete = guests.allSatisfy { !$0.isHere || $0.completed != nil }
        let last = guests.compactMap(\.completed).max()
        let completion = isComplete ? last.map { $0 - MonotonicInstant(nanoseconds: 0) } : nil
        let starts = guests.filter(\.isHere).map { $0.player?.startUp }
        let messages = nodes.reduce(0) { $0 + $1.bytesOfMessagesSent }
        let blocks = nodes.reduce(0) { $0 + $1.bytesOfBlocksSent }
        return SimulationReport(
            seed: scenario.seed,
            violations: checker.violations,
            completion: completion,
            completions: completions,
            boundRatio: completion.map { $0.inSeconds / scenario.fluidBound },
            hostCopies: Double(nodes[Self.host].bytesOfBlocksSent) / Double(scenario.filmSize),
            startUp: starts.contains(nil) ? nil : starts.compactMap { $0 }.max(),
            stalls: guests.reduce(0) { $0 + ($1.player?.stalls ?? 0) },
            stalled: guests.reduce(.zero) { $0 + ($1.player?.stalled ?? .zero) },
            seeks: seekClocks.map { $0.elapsed(nodes: nodes) },
            controlShare: Double(messages) / Double(max(1, messages + blocks)),
            duplicateBlocks: checker.duplicateBlocks,
            drops: checker.drops,
            events: eventCount,
            fingerprint: fingerprint.value)
    }
}

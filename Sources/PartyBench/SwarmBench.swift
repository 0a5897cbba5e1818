// How near does the swarm come to what its lines allow? Each row is one simulated party beside its goals.

import Foundation
import PartyModel
import PartySimulator

/// The table of simulated parties.
enum SwarmBench {
    /// A party to simulate, and what is wanted of it.
    struct Row {
        let name: String
        var scenario: Scenario
        var ratioGoal: Double?
        var copiesGoal: Double?
        var seekGoal: Double?
    }

    static func run(_ arguments: [String]) {
        var words = arguments
        let seed = number(after: "--seed", in: &words)
        let count = number(after: "--churn", in: &words)
        let guests = number(after: "--guests", in: &words)
        if words.contains("--study") {
            study()
            return
        }
        let isTraced = words.contains("--trace")
        words.removeAll { $0 == "--trace" }
        let pattern = words.joined(separator: " ")

        if isTraced {
            let row = rows.first { !pattern.isEmpty && $0.name.contains(pattern) }
            var scenario = row?.scenario ?? .churn(seed: seed ?? 1)
            scenario.seed = seed ?? scenario.seed
            _ = Simulation.run(scenario, trace: PartyBench.say)
        } else if let count {
            churn(seeds: (seed ?? 1)..<((seed ?? 1) + count), guests: guests.map { Int($0) })
        } else {
            table(of: rows.filter { pattern.isEmpty || $0.name.contains(pattern) }, seed: seed)
        }
    }

    private static func table(of rows: [Row], seed: UInt64?) {
        PartyBench.say(
            line([
                "scenario", "T/bound", "goal", "copies", "goal", "start s", "stalls", "stalled s",
                "seek s", "goal", "ctrl %", "dup", "wall s",
            ]))
        for var row in rows {
            row.scenario.seed = seed ?? row.scenario.seed
            show(row)
        }
    }

    private static func show(_ row: Row) {
        let start = ContinuousClock.now
        let report = Simulation.run(row.scenario)
        let wall = ContinuousClock.now - start
        PartyBench.say(
            line([
                row.name, text(report.boundRatio), text(row.ratioGoal), text(report.hostCopies),
                text(row.copiesGoal), text(report.startUp?.inSeconds), "\(report.stalls)",
                text(report.stalled.inSeconds), text(report.seeks.first??.inSeconds),
                text(row.seekGoal), text(report.controlShare * 100), "\(report.duplicateBlocks)",
                text(wall.inSeconds),
            ]))
        for violation in report.violations { PartyBench.say("    \(violation)") }
    }

    /// A large room takes seconds for each seed, and somebody waits.
    private static let seedsBetweenNews = 100

    /// Many short parties with everything that can go wrong; each failing seed says how to see it again.
    private static func churn(seeds: Range<UInt64>, guests: Int?) {
        let start = ContinuousClock.now
        var failed = 0
        for (done, seed) in seeds.enumerated() {
            if done > 0, done % seedsBetweenNews == 0 {
                PartyBench.say("\(done) of \(seeds.count) seeds, \(failed) failed")
            }
            let range = guests.map { $0...$0 } ?? 2...12
            let report = Simulation.run(.churn(seed: seed, guests: range))
            guard !report.violations.isEmpty else { continue }
            failed += 1
            let size = guests.map { " --guests \($0)" } ?? ""
            PartyBench.say("seed \(seed) (PartyBench swarm --churn 1 --seed \(seed)\(size)):")
            for violation in report.violations { PartyBench.say("    \(violation)") }
        }
        let wall = ContinuousClock.now - start
        PartyBench.say("\(seeds.count) seeds, \(failed) failed, \(text(wall.inSeconds)) s")
    }

    /// What a second relay hop would bring in rooms that are larger than the program allows.
    private static func study() {
        PartyBench.say(
            line([
                "guests, uplink of host and guests", "hops", "links", "T/bound", "median s",
                "longest s", "1 MiB s", "missed %",
            ]))
        for (host, guest) in [(20.0, 20.0), (20.0, 40.0)] {
            for guests in [10, 50, 128, 256, 500] {
                for scheme in HopStudy.Scheme.allCases {
                    show(scheme, guests: guests, uplinks: (host * 125_000, guest * 125_000))
                }
            }
        }
    }

    private static func show(
        _ scheme: HopStudy.Scheme, guests: Int, uplinks: (host: Double, guest: Double)
    ) {
        let run = { (silent: Double) in
            HopStudy.run(
                guests: guests, blocks: 1_024, scheme: scheme, uplinks: uplinks, silentPart: silent)
        }
        let outcome = run(0)
        PartyBench.say(
            line([
                "\(guests), \(Int(uplinks.host / 125_000)) and \(Int(uplinks.guest / 125_000))",
                scheme == .oneHop ? "1" : "2", "\(outcome.connections)",
                text(outcome.boundRatio), text(outcome.spreadMedian.inSeconds),
                text(outcome.spreadLongest.inSeconds), text(outcome.firstMebibyte.inSeconds),
                text(run(0.05).missed * 100),
            ]))
    }

    // MARK: Words and numbers

    private static func number(after option: String, in words: inout [String]) -> UInt64? {
        guard let index = words.firstIndex(of: option), words.indices.contains(index + 1) else {
            return nil
        }
        let number = UInt64(words[index + 1])
        words.removeSubrange(index...index + 1)
        return number
    }

    private static func text(_ number: Double?) -> String {
        number.map { String(format: "%.2f", $0) } ?? "-"
    }

    private static func line(_ columns: [String]) -> String {
        columns.enumerated().map { index, column in
            let width = index == 0 ? 34 : 8
            let space = String(repeating: " ", count: max(1, width - column.count))
            return index == 0 ? column + space : space + column
        }.joined()
    }
}

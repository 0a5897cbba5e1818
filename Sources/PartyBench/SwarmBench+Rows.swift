// The parties of the table.

import PartyModel
import PartySimulator

extension SwarmBench {
    static let rows: [Row] = [
        equal(guests: 4, ratio: 1.05),
        equal(guests: 10, ratio: 1.10),
        equal(guests: 50, ratio: 1.20, film: 32 << 20),
        Row(
            name: "10 guests, 5 to 40 up",
            scenario: party(
                host: 20, guests: (0..<10).map { 5 + 35 * Double($0) / 9 }),
            ratioGoal: 1.10, copiesGoal: 1.10),
        weak,
        Row(
            name: "lab: host 20, 4 guests 10/50",
            scenario: lab, ratioGoal: 1.25, copiesGoal: nil),
        seek(guests: 10, goal: 1.0),
        seek(guests: 50, goal: 1.3),
        lateJoiner,
        relayDies,
    ]

    private static func equal(guests: Int, ratio: Double, film: Int64 = 64 << 20) -> Row {
        Row(
            name: "\(guests) guests, all 20 up",
            scenario: party(host: 20, guests: Array(repeating: 20, count: guests), film: film),
            ratioGoal: ratio, copiesGoal: 1.10)
    }

    private static var weak: Row {
        var scenario = party(host: 20, guests: Array(repeating: 5, count: 10))
        scenario.mediaRate = 500_000
        return Row(name: "10 guests, 5 up", scenario: scenario, ratioGoal: 1.10)
    }

    private static var lab: Scenario {
        var scenario = party(
            host: 20, guests: Array(repeating: 10, count: 4), down: 50, film: 16_000_000)
        scenario.delay = 0.025...0.025
        return scenario
    }

    private static func seek(guests: Int, goal: Double) -> Row {
        var scenario = party(
            host: 20, guests: Array(repeating: 20, count: guests), film: 32 << 20)
        scenario.seeks = [.init(at: second(5), to: 24 << 20)]
        return Row(name: "\(guests) guests jump", scenario: scenario, seekGoal: goal)
    }

    private static var lateJoiner: Row {
        var scenario = party(host: 20, guests: [20, 20, 20, 20])
        scenario.nodes[4].arrival = second(10)
        return Row(name: "4 guests, one 10 s late", scenario: scenario)
    }

    private static var relayDies: Row {
        var scenario = party(host: 20, guests: [40, 10, 10, 10, 10])
        scenario.nodes[1].departure = .init(at: second(10))
        return Row(name: "best relay of 5 leaves at 10 s", scenario: scenario)
    }

    private static func second(_ number: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: number * 1_000_000_000)
    }

    /// A party whose lines are given in Mbit/s, with round trips of 20 to 50 ms.
    private static func party(
        host: Double, guests: [Double], down: Double = 100, film: Int64 = 64 << 20
    ) -> Scenario {
        let bytesPerMegabit = 125_000.0
        var scenario = Scenario(
            filmSize: film,
            nodes: ([host] + guests).map {
                .init(uplink: $0 * bytesPerMegabit, downlink: down * bytesPerMegabit)
            })
        scenario.delay = 0.010...0.025
        scenario.jitter = .milliseconds(2)
        return scenario
    }
}

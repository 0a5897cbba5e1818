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
        Row(
            name: "lab, paced at 90 %", scenario: paced(lab), ratioGoal: 1.25, copiesGoal: nil),
        handToMouth,
        oneByOne,
        slowReceiver,
        seek(guests: 10, goal: 1.0),
        seek(guests: 50, goal: 1.3),
        lateJoiner,
        relayDies,
        partialMesh,
        leaves,
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

    /// One of four has a downlink that takes half of what the others get.
    private static var slowReceiver: Row {
        var scenario = party(host: 20, guests: [20, 20, 20, 20], film: 32 << 20)
        scenario.nodes[4].downlink = 10 * 125_000
        return Row(name: "4 guests, one 10 down", scenario: scenario)
    }

    private static func paced(_ scenario: Scenario) -> Scenario {
        var scenario = scenario
        scenario.pacing = 0.9
        return scenario
    }

    /// As the program does it: each guest starts, connects to the host and then to the others.
    private static var oneByOne: Row {
        var scenario = paced(lab)
        for guest in 1...4 {
            scenario.nodes[guest].arrival = second(0) + .milliseconds(100) * guest
        }
        return Row(name: "lab, paced, guests 0.1 s apart", scenario: scenario, ratioGoal: 1.25)
    }

    /// The lab's lines carry 15 Mbit/s to each of four guests, 13.5 as they are paced; the film plays
    /// at 10.
    private static var handToMouth: Row {
        var scenario = paced(lab)
        scenario.filmSize = 64 << 20
        scenario.mediaRate = 1_250_000
        return Row(name: "lab, paced, a film of 10 Mbit/s", scenario: scenario)
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

    /// A fifth of the pairs of guests never connect.
    private static var partialMesh: Row {
        var scenario = party(host: 20, guests: Array(repeating: 20, count: 10))
        var chance = SeededGenerator(seed: 1)
        for low in 1...10 {
            for high in low..<11 where high > low && chance.happens(0.2) {
                scenario.missingPairs.insert(.init(low, high))
            }
        }
        return Row(
            name: "10 guests, a fifth of pairs apart", scenario: scenario, ratioGoal: 1.10,
            copiesGoal: 1.10)
    }

    /// Two of ten guests reach nobody but the host, so it has to send them a copy each.
    private static var leaves: Row {
        var scenario = party(host: 60, guests: Array(repeating: 20, count: 10))
        for leaf in [9, 10] {
            for other in 1...10 where other != leaf {
                scenario.missingPairs.insert(.init(leaf, other))
            }
        }
        return Row(name: "10 guests, two reach only a host of 60", scenario: scenario)
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

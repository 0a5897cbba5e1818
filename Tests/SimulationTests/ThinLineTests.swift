import PartyModel
import PartySimulator
import Testing

@Suite("Somebody's line carries less than the film")
struct ThinLineTests {
    private static let seeds = 1...3 as ClosedRange<UInt64>

    private func scenario(_ party: Scenario, rate: Double, seed: UInt64) -> Scenario {
        var scenario = party
        scenario.mediaRate = rate
        scenario.delay = 0.015...0.025
        scenario.pacing = 0.9
        scenario.seed = seed
        return scenario
    }

    @Test(
        "what a guest's line carries is what its player waits for",
        arguments: [0.95, 0.85, 0.6, 0.3], seeds)
    func thinGuest(share: Double, seed: UInt64) throws {
        var scenario = scenario(
            party(guests: [10, 10], down: 50, film: 16 << 20), rate: 500_000, seed: seed)
        scenario.nodes[2].downlink = scenario.mediaRate * share
        let report = Simulation.run(scenario)
        #expect(report.violations == [])
        let length = Double(scenario.filmSize) / scenario.mediaRate
        // Whatever comes in whatever order, the player stands at least so long.
        let least = length / share - length
        #expect(report.stalled.inSeconds < least * 1.1 + 1)
        // The other one's line brings the film in 7.5 s.
        #expect(try #require(report.completions[0]) < .seconds(12))
    }

    @Test(
        "where it is the host's, nothing leaves it twice for that", arguments: [4, 10], seeds)
    func thinHost(guests: Int, seed: UInt64) throws {
        let party = party(
            host: 8, guests: Array(repeating: 10, count: guests), down: 50, film: 16 << 20)
        let report = Simulation.run(scenario(party, rate: 1_250_000, seed: seed))
        #expect(report.violations == [])
        #expect(report.hostCopies < 1.05)
        // A tenth of it is what pacing leaves free.
        #expect(try #require(report.boundRatio) < 1.2)
    }
}

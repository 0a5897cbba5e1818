import PartyModel
import PartySimulator
import Testing

@Suite("A bad evening")
struct Churn64Tests {
    @Test(
        "ends with the film at everybody who stayed; replay with PEERWATCH_SEEDS",
        arguments: seeds(1...16))
    func churn(seed: UInt64) {
        let report = Simulation.run(.churn(seed: seed))
        #expect(report.violations == [], "seed \(seed)")
    }

    @Test("in a full room", arguments: seeds(1...1))
    func fullRoom(seed: UInt64) {
        var scenario = Scenario.churn(seed: seed, guests: 63...63)
        scenario.filmSize = 512 << 10
        let report = Simulation.run(scenario)
        #expect(report.violations == [], "seed \(seed)")
    }
}

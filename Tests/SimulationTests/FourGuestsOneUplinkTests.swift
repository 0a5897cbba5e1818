import PartyModel
import PartySimulator
import Testing

@Suite("Four guests and one uplink")
struct FourGuestsOneUplinkTests {
    @Test("everyone gets the film, and nothing happens that must not")
    func completes() {
        let scenario = Scenario(
            filmSize: 4_000_000,
            nodes: (0...4).map { _ in .init(uplink: 2_500_000, downlink: 12_500_000) })
        let report = Simulation.run(scenario)
        #expect(report.violations.isEmpty)
        #expect(report.completions.count { $0 != nil } == 4)
    }
}

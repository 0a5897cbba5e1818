import PartyModel
import PartySimulator
import Testing

@Suite("One guest's line takes less than the film's flow")
struct SlowReceiverTests {
    @Test("and only that guest waits for it", arguments: 1...3 as ClosedRange<UInt64>)
    func slow(seed: UInt64) throws {
        var scenario = party(guests: [20, 20, 20, 20], film: 16 << 20)
        scenario.nodes[4].downlink = 8 * 125_000
        scenario.delay = 0.010...0.025
        scenario.seed = seed
        let report = Simulation.run(scenario)
        #expect(report.violations == [])
        #expect(report.isCompleteForAll)
        // At 20 Mbit/s the film takes 6.7 s, at 8 it takes 16.8.
        for quick in report.completions.prefix(3) { #expect(try #require(quick) < .seconds(9)) }
        #expect(try #require(report.completions[3]) < .seconds(21))
        #expect(report.hostCopies < 1.6)
    }
}

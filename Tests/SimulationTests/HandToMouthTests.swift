import PartyModel
import PartySimulator
import Testing

@Suite("The film is only a little slower than the lines")
struct HandToMouthTests {
    @Test("and nobody's player stands still for it", arguments: 1...3 as ClosedRange<UInt64>)
    func plays(seed: UInt64) throws {
        // Lines of 20 and four times 10 Mbit/s carry 13.5 to each guest, as they are paced.
        var scenario = party(guests: [10, 10, 10, 10], down: 50, film: 16 << 20)
        scenario.delay = 0.025...0.025
        scenario.pacing = 0.9
        scenario.mediaRate = 1_250_000
        scenario.seed = seed
        let report = Simulation.run(scenario)
        #expect(report.violations == [])
        #expect(try #require(report.startUp) < .seconds(1))
        #expect(report.stalls == 0)
    }
}

import PartyModel
import PartySimulator
import Testing

@Suite("Everybody jumps")
struct GroupSeekTests {
    @Test("what follows the place comes before what follows the old one", arguments: [4, 10])
    func jumps(guests: Int) throws {
        var scenario = party(guests: Array(repeating: 20, count: guests), film: 16 << 20)
        scenario.delay = 0.010...0.025
        scenario.seeks = [.init(at: second(1), to: 12 << 20)]
        let report = Simulation.run(scenario)
        #expect(report.violations == [])
        #expect(report.isCompleteForAll)
        let wait = try #require(report.seeks.first ?? nil)
        // In order, 12 MiB would take five seconds.
        #expect(wait < .seconds(2))
    }

    @Test("again and again, and still get it all")
    func jumpsOften() {
        var scenario = party(guests: [20, 20, 20], film: 16 << 20)
        scenario.seeks = (1...10).map { jump in
            .init(at: second(Double(jump) / 4), to: Int64(jump * 7 % 16) << 20)
        }
        let report = Simulation.run(scenario)
        #expect(report.violations == [])
        #expect(report.isCompleteForAll)
    }
}

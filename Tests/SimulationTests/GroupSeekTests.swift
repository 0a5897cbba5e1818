import PartyModel
import PartySimulator
import Testing

@Suite("Everybody jumps")
struct GroupSeekTests {
    @Test(
        "the next mebibyte is there before long, however many jump",
        arguments: [(4, 16, 0.8), (10, 16, 1.0), (50, 4, 1.3)] as [(Int, Int64, Double)])
    func jumps(guests: Int, mebibytes: Int64, limit: Double) throws {
        var scenario = party(
            guests: Array(repeating: 20, count: guests), film: mebibytes << 20)
        scenario.delay = 0.010...0.025
        scenario.jitter = .milliseconds(2)
        scenario.seeks = [.init(at: second(0.9), to: (mebibytes << 20) * 3 / 4)]
        let report = Simulation.run(scenario)
        #expect(report.violations == [])
        #expect(report.isCompleteForAll)
        let wait = try #require(report.seeks.first ?? nil)
        #expect(wait.inSeconds < limit)
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

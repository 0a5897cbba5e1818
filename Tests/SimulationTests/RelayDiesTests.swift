import PartyModel
import PartySimulator
import Testing

@Suite("The best relay is gone")
struct RelayDiesTests {
    @Test("what it was to pass on comes from others", arguments: [true, false])
    func leaves(closesConnections: Bool) {
        var scenario = party(guests: [40, 10, 10, 10, 10], film: 8 << 20)
        scenario.nodes[1].departure = .init(at: second(2), closesConnections: closesConnections)
        let report = Simulation.run(scenario)
        #expect(report.violations == [])
        #expect(report.completions[0] == nil)
        #expect(report.completions.dropFirst().allSatisfy { $0 != nil })
    }

    @Test("when the host is gone, those who are left share all that left it")
    func hostLeaves() {
        var scenario = party(guests: [20, 20, 20])
        scenario.nodes[0].departure = .init(at: second(1))
        scenario.timeLimit = .seconds(120)
        let report = Simulation.run(scenario)
        #expect(report.violations == [])
        #expect(report.completions.allSatisfy { $0 == nil })
    }
}

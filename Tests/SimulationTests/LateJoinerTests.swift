import PartyModel
import PartySimulator
import Testing

@Suite("Somebody comes late")
struct LateJoinerTests {
    @Test("and gets the film mostly from the guests", arguments: [1.0, 3.0, 10.0])
    func joins(at time: Double) {
        var scenario = party(guests: [20, 20, 20, 20], film: 8 << 20)
        scenario.nodes[4].arrival = second(time)
        let report = Simulation.run(scenario)
        #expect(report.violations == [])
        #expect(report.isCompleteForAll)
        #expect(report.startUp != nil)
        #expect(report.hostCopies < 2)
    }
}

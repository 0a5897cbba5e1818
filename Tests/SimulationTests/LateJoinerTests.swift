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

    @Test("where only one guest has the film, on a line far slower than it plays")
    func besideASlowGuest() {
        var scenario = party(guests: [1, 20], film: 16 << 20)
        scenario.nodes[2].arrival = second(20)
        let report = Simulation.run(scenario)
        #expect(report.violations == [])
        #expect(report.isCompleteForAll)
        // The host's 20 Mbit/s are there, and the film plays at 8.
        #expect(report.stalled < .seconds(1))
    }
}

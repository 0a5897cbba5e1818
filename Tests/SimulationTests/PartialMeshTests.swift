import PartyModel
import PartySimulator
import Testing

@Suite("Not everybody reaches everybody")
struct PartialMeshTests {
    @Test("guests that do not reach each other get the film through the others")
    func someGuests() {
        var scenario = party(guests: [20, 20, 20, 20])
        scenario.missingPairs = [.init(1, 2), .init(1, 3), .init(2, 4)]
        let report = Simulation.run(scenario)
        #expect(report.violations == [])
        #expect(report.isCompleteForAll)
    }

    @Test("guests that reach only the host get the film from it")
    func star() {
        var scenario = party(guests: [20, 20, 20])
        scenario.missingPairs = [.init(1, 2), .init(1, 3), .init(2, 3)]
        let report = Simulation.run(scenario)
        #expect(report.violations == [])
        #expect(report.isCompleteForAll)
    }

    @Test("a guest that reaches nobody but one other guest gets the film from there")
    func chain() {
        var scenario = party(guests: [20, 20, 20])
        scenario.missingPairs = [.init(0, 3), .init(1, 3), .init(0, 2)]
        let report = Simulation.run(scenario)
        #expect(report.violations == [])
        #expect(report.isCompleteForAll)
    }
}

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

    @Test("and nobody sends more for it, as the host knows who reaches whom")
    func planned() {
        var scenario = party(guests: Array(repeating: 20, count: 8), film: 16 << 20)
        scenario.delay = 0.010...0.025
        scenario.missingPairs = [.init(1, 2), .init(1, 3), .init(2, 4), .init(5, 8), .init(6, 7)]
        let report = Simulation.run(scenario)
        #expect(report.violations == [])
        #expect(report.isCompleteForAll)
        #expect(report.hostCopies <= 1.10)
        #expect((report.boundRatio ?? .infinity) <= 1.15)
    }

    @Test("a guest that reaches only the host starts as soon as the others")
    func leaf() throws {
        var scenario = party(host: 40, guests: [20, 20, 20, 20], film: 16 << 20)
        scenario.delay = 0.010...0.025
        scenario.missingPairs = [.init(1, 4), .init(2, 4), .init(3, 4)]
        let report = Simulation.run(scenario)
        #expect(report.violations == [])
        #expect(report.isCompleteForAll)
        #expect(try #require(report.startUp) < .seconds(1))
        #expect(report.stalls == 0)
        // One copy for the three, one for the leaf.
        #expect(report.hostCopies <= 2.2)
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

import PartyModel
import PartySimulator
import Testing

@Suite("Somebody does wrong")
struct LiarsAndCorruptersTests {
    @Test(
        "and the others get the film all the same",
        arguments: [
            .sendsNothing, .claimsEverything, .sendsGarbage, .relaysNothing,
            [.claimsEverything, .sendsNothing], [.claimsEverything, .sendsGarbage],
        ] as [Scenario.Misdeeds])
    func misdeeds(of one: Scenario.Misdeeds) {
        var scenario = party(guests: [20, 20, 20, 20])
        scenario.nodes[1].misdeeds = one
        scenario.faultsEnd = second(60)
        let report = Simulation.run(scenario)
        #expect(report.violations == [])
        #expect(report.completions.dropFirst().allSatisfy { $0 != nil })
    }

    @Test("whoever sends garbage is dropped by those it sent it to, and nobody else is")
    func garbage() {
        var scenario = party(guests: [20, 20, 20, 20])
        scenario.nodes[2].misdeeds = .sendsGarbage
        scenario.faultsEnd = second(60)
        let report = Simulation.run(scenario)
        #expect(report.violations == [])
        #expect((1...3).contains(report.drops))
    }

    @Test("half of all guests together cannot keep the film from the others")
    func manyMisdeeds() {
        var scenario = party(guests: Array(repeating: 20, count: 8))
        scenario.nodes[1].misdeeds = .sendsNothing
        scenario.nodes[3].misdeeds = .claimsEverything
        scenario.nodes[5].misdeeds = .sendsGarbage
        scenario.nodes[7].misdeeds = .relaysNothing
        scenario.faultsEnd = second(60)
        let report = Simulation.run(scenario)
        #expect(report.violations == [])
        for honest in [2, 4, 6, 8] { #expect(report.completions[honest - 1] != nil) }
    }
}

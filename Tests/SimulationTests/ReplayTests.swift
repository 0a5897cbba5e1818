import PartyModel
import PartySimulator
import Testing

@Suite("A seed")
struct ReplayTests {
    @Test("replays a run to the last delivery")
    func replays() {
        let first = Simulation.run(.churn(seed: 7))
        let second = Simulation.run(.churn(seed: 7))
        #expect(first.fingerprint == second.fingerprint)
        #expect(first.events == second.events)
        #expect(first.completions == second.completions)
    }

    @Test("makes a run of its own")
    func differs() {
        #expect(
            Simulation.run(.churn(seed: 7)).fingerprint
                != Simulation.run(.churn(seed: 8)).fingerprint)
    }
}

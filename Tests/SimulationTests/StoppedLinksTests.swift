import PartyModel
import PartySimulator
import Testing

@Suite("Links stop for a time")
struct StoppedLinksTests {
    @Test("one after the other, released in another order, and everybody gets the film")
    func swizzle() {
        var scenario = party(guests: [20, 20, 20, 20], film: 16 << 20)
        scenario.faultsEnd = second(15)
        let pairs: [Scenario.Pair] = [.init(0, 1), .init(1, 2), .init(3, 4), .init(0, 3)]
        let ends = [9.0, 4.0, 14.0, 6.0]
        scenario.clogs = zip(pairs, ends).enumerated().map { number, clog in
            .init(clog.0, from: second(1 + Double(number) / 2), to: second(clog.1))
        }
        let report = Simulation.run(scenario)
        #expect(report.violations == [])
        #expect(report.isCompleteForAll)
    }

    @Test("a party that falls into two halves is one again afterwards", arguments: [3.0, 30.0])
    func partition(lasting length: Double) {
        var scenario = party(guests: [20, 20, 20, 20], film: 16 << 20)
        scenario.faultsEnd = second(2 + length)
        scenario.part([2, 4], from: second(2), to: second(2 + length))
        let report = Simulation.run(scenario)
        #expect(report.violations == [])
        #expect(report.isCompleteForAll)
    }

    @Test("a slow disk holds up nobody else")
    func slowDisk() {
        var scenario = party(guests: [20, 20, 20, 20])
        scenario.nodes[1].diskTime = .milliseconds(40)
        let report = Simulation.run(scenario)
        #expect(report.violations == [])
        #expect(report.isCompleteForAll)
    }
}

import PartyModel
import PartySimulator
import Testing

@Suite("Four guests and one uplink")
struct FourGuestsOneUplinkTests {
    @Test(
        "the film leaves the host about once, and nobody waits for it",
        arguments: 1...4 as ClosedRange<UInt64>)
    func stripes(seed: UInt64) {
        var scenario = party(guests: [20, 20, 20, 20], film: 8 << 20)
        scenario.delay = 0.010...0.025
        scenario.jitter = .milliseconds(2)
        scenario.seed = seed
        let report = Simulation.run(scenario)
        #expect(report.violations == [])
        #expect(report.isCompleteForAll)
        #expect(report.hostCopies <= 1.10)
        #expect(report.stalls == 0)
        #expect((report.boundRatio ?? .infinity) <= 1.15)
    }

    @Test("guests with half the host's uplink carry what they can")
    func weakGuests() {
        var scenario = party(guests: [10, 10, 10, 10], down: 50, film: 8 << 20)
        scenario.delay = 0.025...0.025
        let report = Simulation.run(scenario)
        #expect(report.violations == [])
        #expect(report.isCompleteForAll)
        #expect(report.hostCopies < 2)
    }

    @Test("one guest gets the film once", arguments: [1, 65_536, 65_537, 3_000_001] as [Int64])
    func oneGuest(size: Int64) {
        let report = Simulation.run(party(guests: [20], film: size))
        #expect(report.violations == [])
        #expect(report.isCompleteForAll)
        #expect(report.hostCopies == 1)
        #expect(report.duplicateBlocks == 0)
    }
}

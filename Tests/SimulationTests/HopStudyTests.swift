import PartyModel
import PartySimulator
import Testing

@Suite("A second relay hop, as a study")
struct HopStudyTests {
    private func run(
        _ scheme: HopStudy.Scheme, guests: Int, silentPart: Double = 0
    ) -> HopStudy.Outcome {
        HopStudy.run(
            guests: guests, blocks: 64, scheme: scheme, uplinks: (2.5e6, 5e6),
            silentPart: silentPart)
    }

    @Test(
        "brings everything to everybody, whatever the square looks like",
        arguments: HopStudy.Scheme.allCases, [1, 2, 9, 10, 12, 15, 100])
    func complete(scheme: HopStudy.Scheme, guests: Int) {
        let outcome = run(scheme, guests: guests)
        #expect(outcome.missed == 0)
        #expect(outcome.boundRatio >= 1)
    }

    @Test("spreads a block faster in a large room, over fewer connections")
    func faster() {
        let one = run(.oneHop, guests: 100)
        let two = run(.square, guests: 100)
        #expect(two.spreadMedian * 2 < one.spreadMedian)
        #expect(two.firstMebibyte < one.firstMebibyte)
        #expect((one.connections, two.connections) == (100, 19))
    }

    @Test("misses more where some pass nothing on")
    func silent() {
        let one = run(.oneHop, guests: 100, silentPart: 0.1)
        let two = run(.square, guests: 100, silentPart: 0.1)
        #expect(two.missed > one.missed)
        #expect(two.missed < 0.3)
    }
}

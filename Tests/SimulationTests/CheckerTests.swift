import PartyModel
import Testing

@testable import PartySimulator

/// Each check is shown what it is there for: a checker that cannot fail says nothing.
@Suite("The checker")
struct CheckerTests {
    private var checker = Checker(nodeCount: 2, patience: .seconds(20))
    private let geometry: ChunkGeometry
    private let item: ItemID

    init() throws {
        geometry = try #require(ChunkGeometry(size: 1 << 20))
        item = ItemID(try #require(Bytes16([UInt8](repeating: 1, count: 16))))
    }

    private func request(_ first: UInt32, _ count: UInt16) -> BlockRequest {
        BlockRequest(item: item, runs: [.init(first: first, count: count)])
    }

    private func block(_ number: Int) throws -> BlockIndex {
        try #require(geometry.block(at: number))
    }

    @Test("takes one answer to each request")
    mutating func oneAnswer() throws {
        checker.asked(request(3, 2), by: 1, of: 0, at: second(1))
        #expect(checker.answered(try block(3), to: 1, by: 0, at: second(2)))
        checker.rejected(request(4, 1), of: 1, by: 0, at: second(2))
        #expect(checker.violations == [])
        checker.rejected(request(4, 1), of: 1, by: 0, at: second(3))
        #expect(checker.violations == ["at 3000 ms: node 0 rejects 4, which 1 did not ask for"])
    }

    @Test("notices who asks again before an answer")
    mutating func asksAgain() {
        checker.asked(request(3, 1), by: 1, of: 0, at: second(1))
        checker.asked(request(3, 1), by: 1, of: 0, at: second(2))
        #expect(checker.violations == ["at 2000 ms: node 1 asks 0 again for 3 before an answer"])
    }

    @Test("notices who is flooded with what it did not ask for")
    mutating func floods() throws {
        for _ in 0..<64 { #expect(!checker.answered(try block(0), to: 1, by: 0, at: second(1))) }
        #expect(checker.violations == [])
        _ = checker.answered(try block(0), to: 1, by: 0, at: second(1))
        #expect(checker.violations == ["at 1000 ms: node 0 has 65 unasked blocks under way to 1"])
    }

    @Test("notices who gets nothing beside somebody who has everything")
    mutating func starves() {
        let nodes = nodes()
        var links = Array(repeating: VirtualLink(delay: .zero), count: 4)
        links[1].open(session: 1)
        links[2].open(session: 1)
        for time in 0...20 { checker.inspect(nodes: nodes, links: links, at: second(Double(time))) }
        #expect(checker.violations == [])
        checker.inspect(nodes: nodes, links: links, at: second(21))
        #expect(checker.violations == ["at 21000 ms: node 1 starves beside node 0"])
    }

    @Test("expects nothing over a link that stopped")
    mutating func waitsForLinks() {
        var links = Array(repeating: VirtualLink(delay: .zero), count: 4)
        links[1].open(session: 1)
        links[2].open(session: 1)
        links[1].clog(until: second(100))
        for time in 0...50 {
            checker.inspect(nodes: nodes(), links: links, at: second(Double(time)))
        }
        #expect(checker.violations == [])
    }

    @Test("notices who is left without the film, and what was never answered")
    mutating func unfinished() {
        checker.asked(request(3, 1), by: 1, of: 0, at: second(1))
        checker.end(isDone: true, nodes: nodes(), at: second(21))
        checker.end(isDone: false, nodes: nodes(), at: second(22))
        #expect(
            checker.violations == [
                "at 21000 ms: node 0 never answers 1 for [3]",
                "at 22000 ms: nodes [1] did not complete the film",
            ])
    }

    @Test("lets who still downloads at the end wait for an answer, but not who has the film")
    mutating func unansweredAtTheEnd() {
        checker.asked(request(3, 1), by: 1, of: 0, at: second(1))
        var nodes = nodes()
        checker.end(isDone: true, nodes: nodes, at: second(2))
        #expect(checker.violations == [])
        nodes[1].heldCount = 16
        checker.end(isDone: true, nodes: nodes, at: second(3))
        #expect(checker.violations == ["at 3000 ms: node 0 never answers 1 for [3]"])
    }

    private func nodes() -> [SimulatedNode] {
        (0...1).map { number in
            var node = SimulatedNode(
                .init(uplink: 1, downlink: 1), id: PeerID(item.raw), blockCount: 16,
                isHost: number == 0)
            node.presence = .here
            return node
        }
    }
}

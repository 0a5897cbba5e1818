import PartyModel
import Testing

@testable import SwarmCore

@Suite("The feed of roots")
struct RootFeedTests {
    private let geometry = makeGeometry(100 * 512 * 1024)

    private func feed(hashed: Range<Int>) -> RootFeed {
        var feed = RootFeed(item: itemID(1), geometry: geometry)
        for number in hashed {
            guard let chunk = geometry.chunk(at: number) else { continue }
            feed.learn(ChunkRoot(.sha256(of: [UInt8(number)])), of: chunk)
        }
        return feed
    }

    @Test("tells a root once before its chunk's first block, with its neighbours")
    func before() throws {
        var feed = feed(hashed: 10..<14)
        let chunk = try #require(geometry.chunk(at: 11))
        let list = feed.list(for: peerID(1), before: chunk)
        #expect(list?.entries.map(\.chunk) == [11, 12, 13])
        #expect(list?.entries.first?.root == ChunkRoot(.sha256(of: [11])))
        #expect(feed.list(for: peerID(1), before: chunk) == nil)
        #expect(feed.list(for: peerID(2), before: chunk) != nil)
    }

    @Test("tells everything known exactly once, whoever is asked about first")
    func everything() throws {
        var feed = feed(hashed: 0..<100)
        let chunk = try #require(geometry.chunk(at: 70))
        var told = feed.list(for: peerID(1), before: chunk)?.entries.map(\.chunk) ?? []
        while let list = feed.nextList(for: peerID(1)) { told += list.entries.map(\.chunk) }
        #expect(told.sorted() == Array(0..<100))
    }

    @Test("tells a peer that is there anew everything again")
    func forgets() {
        var feed = feed(hashed: 0..<3)
        _ = feed.nextList(for: peerID(1))
        #expect(feed.nextList(for: peerID(1)) == nil)
        feed.forget(peerID(1))
        #expect(feed.nextList(for: peerID(1))?.entries.count == 3)
    }
}

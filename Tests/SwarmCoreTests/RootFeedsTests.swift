import PartyModel
import Testing

@testable import SwarmCore

@Suite("The feeds of roots")
struct RootFeedsTests {
    private let geometry = makeGeometry(4_000 * 512 * 1024)
    private var feeds = RootFeeds()

    init() throws {
        for item in [itemID(1), itemID(2), itemID(3)] {
            feeds.add(item, geometry)
            for number in 0..<4_000 {
                let chunk = try #require(geometry.chunk(at: number))
                feeds.learn(ChunkRoot(.sha256(of: [UInt8(number % 256)])), of: chunk, in: item)
            }
        }
    }

    private func instant(_ milliseconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }

    /// Bytes of the frames of lists: length, type and signature are 69.
    private func bytes(_ lists: [(peer: PeerID, list: RootList)]) -> Int {
        lists.map { $0.list.canonicalBytes.count + 69 }.reduce(0, +)
    }

    @Test("trickle those of the items that guests have open, the others when their turn comes")
    mutating func openItems() {
        var told: [ItemID: Int] = [:]
        for round in 0..<400 {
            let lists = feeds.trickle(
                of: [itemID(1), itemID(2)], to: [peerID(1)], pace: 1e7,
                now: instant(Int64(round) * 50))
            for (_, list) in lists { told[list.item, default: 0] += list.entries.count }
        }
        #expect(told == [itemID(1): 4_000, itemID(2): 4_000])
        var late = 0
        for round in 400..<800 {
            let lists = feeds.trickle(
                of: [itemID(3)], to: [peerID(1)], pace: 1e7, now: instant(Int64(round) * 50))
            late += lists.map(\.list.entries.count).reduce(0, +)
        }
        #expect(late == 4_000)
    }

    @Test("trickle no faster than their share of the pace, however many peers there are")
    mutating func share() {
        let peers = (1...40).map(peerID)
        var count = 0
        var toldOf: [PeerID: Int] = [:]
        for round in 0...200 {
            let lists = feeds.trickle(
                of: [itemID(1)], to: peers, pace: 750_000, now: instant(Int64(round) * 50))
            count += bytes(lists)
            for (peer, list) in lists { toldOf[peer, default: 0] += list.entries.count }
        }
        // Ten seconds, what is saved, and one list.
        let share = 750_000 * RootFeeds.share
        #expect(Double(count) < 11 * share + 3_000)
        #expect(Double(count) > 9 * share)
        let (fewest, most) = (toldOf.values.min() ?? 0, toldOf.values.max() ?? 0)
        #expect(toldOf.count == 40 && most - fewest <= Limits.rootsPerList)
    }

    @Test("after a rest tell a second's share at once, and no more")
    mutating func rest() {
        _ = feeds.trickle(of: [], to: [], pace: 750_000, now: instant(0))
        let lists = feeds.trickle(
            of: [itemID(1)], to: [peerID(1)], pace: 750_000, now: instant(600_000))
        #expect(Double(bytes(lists)) < 750_000 * RootFeeds.share + 3_000)
        #expect(Double(bytes(lists)) > 750_000 * RootFeeds.share - 3_000)
    }

    @Test("begin around the block that was sent last: everybody needs what is there")
    mutating func front() throws {
        let block = try #require(geometry.block(at: 2_000 * 8))
        let before = feeds.list(
            for: peerID(1), before: BlockAddress(item: itemID(1), block: block))
        #expect(before?.entries.first?.chunk == 2_000)
        let lists = feeds.trickle(
            of: [itemID(1)], to: [peerID(1), peerID(2)], pace: 1e6, now: instant(0))
        let first = lists.first { $0.peer == peerID(2) }
        #expect(first?.list.entries.first?.chunk == 2_000)
    }
}

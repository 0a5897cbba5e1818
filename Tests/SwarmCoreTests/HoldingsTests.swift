import PartyModel
import Testing

@testable import SwarmCore

@Suite("What others have")
struct HoldingsTests {
    /// Two whole chunks and one of two blocks.
    private let geometry = makeGeometry(18 * 65_536)

    private func chunk(_ number: Int) throws -> ChunkIndex {
        try #require(geometry.chunk(at: number))
    }

    private func holders(_ holdings: Holdings, _ number: Int) throws -> PeerSet {
        holdings.holders(of: try #require(geometry.block(at: number)))
    }

    @Test("is known by block, by chunk and by count")
    func holds() throws {
        var holdings = Holdings(geometry: geometry)
        holdings.set(try chunk(0), to: BlockMask(bits: 0b101), at: 3)
        holdings.set(try chunk(0), to: BlockMask(bits: 0xFF), at: 9)
        holdings.set(try chunk(2), to: BlockMask(bits: 0xFF), at: 3)
        #expect(try holders(holdings, 0) == PeerSet(3).union(PeerSet(9)))
        #expect(try holders(holdings, 1) == PeerSet(9))
        #expect(try holders(holdings, 17) == PeerSet(3))
        #expect(try holders(holdings, 8) == .empty)
        #expect(holdings.mask(of: try chunk(0), at: 3) == BlockMask(bits: 0b101))
        #expect(holdings.mask(of: try chunk(2), at: 3) == BlockMask(bits: 0b11))
        #expect(holdings.count(of: 3) == 4)
        #expect(holdings.count(of: 9) == 8)
        #expect(holdings.firstOffered(from: 0, by: PeerSet(3)) == 0)
        #expect(holdings.firstOffered(from: 1, by: PeerSet(3)) == 2)
        #expect(holdings.firstOffered(from: 1, by: PeerSet(9)) == nil)
    }

    @Test("is less when a block turns out not to be there, and nothing when the peer is gone")
    func loses() throws {
        var holdings = Holdings(geometry: geometry)
        for peer in [0, 63] {
            for number in 0..<3 {
                holdings.set(try chunk(number), to: BlockMask(bits: 0xFF), at: peer)
            }
        }
        holdings.remove(try #require(geometry.block(at: 9)), at: 0)
        #expect(try holders(holdings, 9) == PeerSet(63))
        #expect(try holders(holdings, 10) == PeerSet(0).union(PeerSet(63)))
        holdings.leave(63)
        #expect(try holders(holdings, 9) == .empty)
        #expect(holdings.count(of: 63) == 0)
        #expect(holdings.count(of: 0) == 17)
    }

    @Test("is the same as a plain list of everything said, whatever was said")
    func model() throws {
        var holdings = Holdings(geometry: geometry)
        var masks: [Int: [Int: UInt8]] = [:]
        var state: UInt64 = 7
        for _ in 0..<2_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let peer = Int(state >> 58)
            let number = Int(state >> 40 & 0xFFFF) % 3
            let bits = [0, 0xFF, UInt8(truncatingIfNeeded: state >> 20)][
                Int(state >> 16 & 0xFF) % 3]
            holdings.set(try chunk(number), to: BlockMask(bits: bits), at: peer)
            masks[number, default: [:]][peer] = bits & geometry.fullMask(of: try chunk(number)).bits
        }
        for number in 0..<18 {
            let said = masks[number / 8] ?? [:]
            let expected = said.filter { $0.value & (1 << UInt8(number % 8)) != 0 }.keys
            #expect(
                try holders(holdings, number) == expected.reduce(into: .empty) { $0.insert($1) })
        }
        for peer in 0..<64 {
            let count = masks.values.reduce(0) { $0 + ($1[peer]?.nonzeroBitCount ?? 0) }
            #expect(holdings.count(of: peer) == count)
        }
    }
}

import PartyModel
import Testing

@testable import SwarmCore

@Suite("What is left of a film")
struct SupplyTests {
    private static let blockSize = Int64(ChunkGeometry.blockSize)
    /// Three whole chunks and a bit.
    private static let size = 3 * Int64(ChunkGeometry.chunkSize) + 1_000
    private let item = itemID(1)
    private let geometry = makeGeometry(SupplyTests.size)
    private let now = MonotonicInstant(nanoseconds: 0)

    /// A guest who has these blocks of its own, beside another who says it has those.
    private func guest(own: [UInt32], other: [UInt32]) -> Swarm {
        var swarm = Swarm()
        _ = swarm.on(.itemAdded(item, geometry, .nothing), now: now)
        _ = swarm.on(.turned(to: item, followers: []), now: now)
        _ = swarm.on(.peerJoined(peerID(2), isHost: false), now: now)
        for number in own {
            guard let block = geometry.block(at: number) else { continue }
            _ = swarm.on(.blockStored(BlockAddress(item: item, block: block)), now: now)
        }
        for chunk in 0..<UInt32(geometry.chunkCount) {
            var mask = BlockMask.none
            for number in other where number / 8 == chunk { mask.insert(slot: Int(number % 8)) }
            guard mask != .none else { continue }
            let have = Have(item: item, entries: [.init(chunk: chunk, blocks: mask)])
            _ = swarm.on(.have(have, from: peerID(2)), now: now)
        }
        return swarm
    }

    private var all: [UInt32] { Array(0..<UInt32(geometry.blockCount)) }

    @Test("is all of it, when each block is here or at somebody who is")
    func complete() {
        let even = all.filter { $0.isMultiple(of: 2) }
        let odd = all.filter { !$0.isMultiple(of: 2) }
        #expect(guest(own: even, other: odd).firstLostByte(of: item) == nil)
        #expect(guest(own: all, other: []).firstLostByte(of: item) == nil)
        #expect(guest(own: [], other: all).firstLostByte(of: item) == nil)
    }

    @Test("reaches to the first block that nobody has")
    func incomplete() {
        let own = all.filter { $0 < 5 }
        let other = all.filter { (4..<11).contains($0) }
        #expect(guest(own: own, other: other).firstLostByte(of: item) == 11 * Self.blockSize)
        let allButTheLast = Array(all.dropLast())
        #expect(
            guest(own: allButTheLast, other: []).firstLostByte(of: item) == 24 * Self.blockSize)
    }

    @Test("counts from where the player is")
    func behindThePlayer() {
        var swarm = guest(own: all.filter { $0 > 3 }, other: [])
        #expect(swarm.firstLostByte(of: item) == 0)
        let here = 10 * Self.blockSize
        _ = swarm.on(.playerReads(item, here..<(here + 1)), now: now)
        #expect(swarm.firstLostByte(of: item) == nil)
    }

    @Test("is at its end when the player has all that comes before it")
    func atItsEnd() throws {
        var swarm = guest(own: [0, 1, 2, 4], other: [3])
        #expect(swarm.firstLostByte(of: item) == 5 * Self.blockSize)
        for (block, isAtEnd) in [(0, false), (3, false), (4, true)] {
            let here = Int64(block) * Self.blockSize
            _ = swarm.on(.playerReads(item, here..<(here + 1)), now: now)
            #expect(swarm.isPlayer(at: 5 * Self.blockSize, of: item) == isAtEnd)
        }
    }

    @Test("is less when somebody goes who had it")
    func leaves() {
        var swarm = guest(own: all.filter { $0 < 5 }, other: all)
        #expect(swarm.firstLostByte(of: item) == nil)
        _ = swarm.on(.peerLeft(peerID(2)), now: now)
        #expect(swarm.firstLostByte(of: item) == 5 * Self.blockSize)
    }

    @Test("says nothing of a film that is not known")
    func unknown() {
        #expect(guest(own: [], other: []).firstLostByte(of: itemID(9)) == nil)
    }
}

import PartyModel
import Testing

@Suite("Leaves and roots")
struct HashTreeTests {
    /// A chunk of one full block of counting bytes and one of three bytes: the published vector.
    static let blocks: [[UInt8]] = [
        (0..<ChunkGeometry.blockSize).map { UInt8(truncatingIfNeeded: $0) }, [1, 2, 3],
    ]

    private func leaf(of block: [UInt8]) -> LeafHash {
        // Safety: the raw view of initialised bytes is those bytes.
        unsafe LeafHash.hash(of: block.span.bytes)
    }

    @Test("the published vector holds")
    func knownAnswer() throws {
        let geometry = Fixtures.geometry(Int64(ChunkGeometry.blockSize) + 3)
        let chunk = try #require(geometry.chunk(at: 0))
        let leaves = Self.blocks.map(leaf)
        #expect(
            leaves.map(\.raw.hexadecimal) == [
                "a398416c4e4ae61be9b5a35e61eb2c9503bf49e3c06d6cd726f329fd59aa2db9",
                "054edec1d0211f624fed0cbca9d4f9400b0e491c43742af2c5b0abebf0c990d8",
            ])
        let root = ChunkRoot.hash(of: leaves, chunk: chunk, length: geometry.length(of: chunk))
        #expect(
            root.raw.hexadecimal
                == "5f1c2f86b9d90ad8efe34bb1376a0afccae5f1b162dc1dfb97158cce5ae19422")
    }

    @Test("a chunk that is moved, cut or reordered has another root")
    func rootBindsPlaceAndLength() throws {
        let geometry = Fixtures.geometry(Int64(2 * ChunkGeometry.chunkSize))
        let first = try #require(geometry.chunk(at: 0))
        let second = try #require(geometry.chunk(at: 1))
        let leaves = Self.blocks.map(leaf)
        let roots = [
            ChunkRoot.hash(of: leaves, chunk: first, length: 70_000),
            ChunkRoot.hash(of: leaves, chunk: second, length: 70_000),
            ChunkRoot.hash(of: leaves, chunk: first, length: 70_001),
            ChunkRoot.hash(of: leaves.reversed(), chunk: first, length: 70_000),
            ChunkRoot.hash(of: [leaves[0]], chunk: first, length: 70_000),
        ]
        #expect(Set(roots).count == roots.count)
    }
}

extension Bytes32 {
    fileprivate var hexadecimal: String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}

// Vectors made with Python: hashlib for the hashes, `cryptography` for the signature.

import PartyModel
import Testing

@Suite("Hash tree")
struct HashTreeTests {
    /// Byte `i` of the film the vectors are about.
    static func byte(_ i: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: i * 7 + (i >> 8) + (i >> 16) * 13)
    }

    static let film = (0..<(512 * 1_024 + 65_536 + 1_000)).map(byte)
    static let firstRoot = "0be3c242239c3885efc5d32938add09162a61938383342297b4d998890179dee"
    static let secondRoot = "b22616681a297e27a0e22f56190d0fdcf2445b9102e5411f3874963b0bf2b1ef"

    @Test(
        "a leaf is the hash of a zero byte and the block",
        arguments: [
            (0, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
            (65_536, "4c200c2b0fc99fe28896ff9411be8073b016c724a110dd135b17a3521131e19b"),
        ])
    func leaf(length: Int, expected: String) {
        #expect(LeafHash.hash(of: Array(Self.film[..<length])).raw.bytes.hexadecimal == expected)
    }

    @Test(
        "a root covers the chunk's number, its length and its leaves",
        arguments: [(0, firstRoot), (1, secondRoot)])
    func root(number: Int, expected: String) throws {
        let root = try Self.root(of: number)
        #expect(root.raw.bytes.hexadecimal == expected)
    }

    @Test("a chunk that is moved, cut or reordered has another root")
    func rootBindsPlaceAndLength() throws {
        let geometry = try #require(ChunkGeometry(size: Int64(2 * ChunkGeometry.chunkSize)))
        let first = try #require(geometry.chunk(at: 0))
        let second = try #require(geometry.chunk(at: 1))
        let leaves = [LeafHash.hash(of: Array(Self.film[..<65_536])), LeafHash.hash(of: [1])]
        let roots = [
            ChunkRoot.hash(of: leaves, chunk: first, length: 70_000),
            ChunkRoot.hash(of: leaves, chunk: second, length: 70_000),
            ChunkRoot.hash(of: leaves, chunk: first, length: 70_001),
            ChunkRoot.hash(of: leaves.reversed(), chunk: first, length: 70_000),
            ChunkRoot.hash(of: [leaves[0]], chunk: first, length: 70_000),
        ]
        #expect(Set(roots).count == roots.count)
    }

    @Test("the host's signature over a list of roots is plain Ed25519 over its bytes")
    func signature() throws {
        let room = RoomKey(
            try Self.bytes32(
                "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"))
        let item = try #require(ItemID(hexadecimal: "000102030405060708090a0b0c0d0e0f"))
        let signature = try #require(
            [UInt8](
                hexadecimal: Array(
                    ("7c5381779dbfe56fe79436e49bcd79cfb9a25c1104d0d3010c70edb9c2cd3902027484b77cea"
                        + "0e61e4bdb86c76dc144772db79edd2a1ee3b09d5829f1870ec07").utf8)))
        let entries = try [0, 1].map {
            RootList.Entry(chunk: UInt32($0), root: try Self.root(of: $0))
        }
        let list = Signed(
            content: RootList(item: item, entries: entries),
            signature: try #require(Signature(signature)))
        #expect(list.isSigned(by: room))

        let other = Signed(
            content: RootList(item: item, entries: entries.reversed()), signature: list.signature)
        #expect(!other.isSigned(by: room))
    }

    static func root(of number: Int) throws -> ChunkRoot {
        let geometry = try #require(ChunkGeometry(size: Int64(film.count)))
        let chunk = try #require(geometry.chunk(at: number))
        let leaves = geometry.blocks(of: chunk).map { block in
            let range = geometry.byteRange(of: block)
            return LeafHash.hash(of: Array(film[Int(range.lowerBound)..<Int(range.upperBound)]))
        }
        return .hash(of: leaves, chunk: chunk, length: geometry.length(of: chunk))
    }

    static func bytes32(_ hexadecimal: String) throws -> Bytes32 {
        let bytes = try #require([UInt8](hexadecimal: Array(hexadecimal.utf8)))
        return try #require(Bytes32(bytes))
    }
}

extension LeafHash {
    fileprivate static func hash(of bytes: [UInt8]) -> LeafHash {
        // Safety: the raw view of initialised bytes is those bytes.
        hash(of: unsafe bytes.span.bytes)
    }
}

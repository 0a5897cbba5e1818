import Crypto
import Foundation
import NIOCore
import PartyModel
import Testing

@testable import FilmStore

/// A film whose every byte is known, and the room that shares it.
struct SampleFilm: Sendable {
    let bytes: [UInt8]
    let item: PlaylistItem
    let key: Curve25519.Signing.PrivateKey

    init(size: Int, name: String = "sample.mkv") throws {
        // Byte i is i * 7 + i / 256 + i / 65 536 * 13: no two blocks are the same. Row by row,
        // because a closure per byte takes seconds in a debug build.
        let rows = (0..<256).map { row in (0..<256).map { UInt8(truncatingIfNeeded: $0 * 7 + row) }
        }
        var bytes: [UInt8] = []
        for row in 0...(size / 256) { bytes += rows[(row + (row >> 8) * 13) % 256] }
        self.bytes = Array(bytes[..<size])
        item = PlaylistItem(
            id: try #require(ItemID(hexadecimal: "000102030405060708090a0b0c0d0e0f")), name: name,
            geometry: try #require(ChunkGeometry(size: Int64(size))))
        key = try Curve25519.Signing.PrivateKey(rawRepresentation: (0..<32).map { UInt8($0) })
    }

    var geometry: ChunkGeometry { item.geometry }

    var room: RoomKey {
        get throws { RoomKey(try #require(Bytes32(Array(key.publicKey.rawRepresentation)))) }
    }

    func block(_ number: Int) throws -> BlockIndex {
        try #require(geometry.block(at: number))
    }

    func chunk(_ number: Int) throws -> ChunkIndex {
        try #require(geometry.chunk(at: number))
    }

    func bytes(of block: BlockIndex) -> ByteBuffer {
        let range = geometry.byteRange(of: block)
        return ByteBuffer(bytes: bytes[Int(range.lowerBound)..<Int(range.upperBound)])
    }

    /// Leaves computed without the code under test.
    func leaves(of chunk: ChunkIndex) throws -> [LeafHash] {
        try geometry.blocks(of: chunk).map { block in
            let digest = SHA256.hash(data: [0] + bytes(of: block).readableBytesView)
            return LeafHash(try #require(Bytes32(Array(digest))))
        }
    }

    /// A root computed without the code under test.
    func root(of chunk: ChunkIndex) throws -> ChunkRoot {
        let length = UInt32(geometry.length(of: chunk)).bigEndianBytes
        let leaves = try leaves(of: chunk).flatMap(\.raw.bytes)
        let digest = SHA256.hash(
            data: [1] + UInt64(chunk.number).bigEndianBytes + length + leaves)
        return ChunkRoot(try #require(Bytes32(Array(digest))))
    }

    func signedRoots(of numbers: [Int]) throws -> Signed<RootList> {
        let entries = try numbers.map {
            RootList.Entry(chunk: UInt32($0), root: try root(of: chunk($0)))
        }
        return try Signed(signing: RootList(item: item.id, entries: entries), with: key)
    }

    var allRoots: Signed<RootList> {
        get throws { try signedRoots(of: Array(0..<geometry.chunkCount)) }
    }
}

extension GuestFilm {
    /// Stores the sample's own copy of a block.
    func store(_ block: BlockIndex, of sample: SampleFilm) throws -> StoreOutcome {
        try store(block, leaves: try sample.leaves(of: block.chunk), bytes: sample.bytes(of: block))
    }
}

/// A directory that goes with its owner.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        path = url.path()
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) throws -> RawFile { try RawFile("\(path)/\(name)", for: .creating) }

    /// Writes a file of these bytes and returns its path.
    func write(_ bytes: [UInt8], as name: String) throws -> String {
        try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }

    func names(in directory: String = "") throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(directory)"))
    }
}

/// The bytes of a file.
func contents(of path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path)))
}

// What a block's bytes are checked against. Two levels with separate domains, as in RFC 6962:
//
//     leaf = SHA-256(0x00 ‖ block bytes)
//     root = SHA-256(0x01 ‖ u64 chunk number ‖ u32 chunk length ‖ leaf 0 ‖ leaf 1 …)
//
// The chunk's number and length are inside the root, so a chunk cannot be moved or cut; the item is
// bound in the signed list of roots, so that hashes of one file serve many rooms.

internal import Crypto

/// The digest of one block.
public struct LeafHash: Hashable, CanonicalValue {
    /// The digest.
    public let raw: Bytes32

    /// The leaf with these bytes.
    public init(_ raw: Bytes32) { self.raw = raw }

    /// Appends the digest.
    public func write(to writer: inout ByteWriter) { raw.write(to: &writer) }

    /// The next digest.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        raw = try Bytes32(from: &reader)
    }

    /// The leaf of a block's bytes.
    public static func hash(of block: RawSpan) -> LeafHash {
        var hasher = SHA256()
        hasher.absorb([0x00])
        hasher.absorb(block)
        return LeafHash(hasher.digest)
    }
}

/// The digest of one chunk, made from the leaves of its blocks.
public struct ChunkRoot: Hashable, CanonicalValue {
    /// The digest.
    public let raw: Bytes32

    /// The root with these bytes.
    public init(_ raw: Bytes32) { self.raw = raw }

    /// Appends the digest.
    public func write(to writer: inout ByteWriter) { raw.write(to: &writer) }

    /// The next digest.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        raw = try Bytes32(from: &reader)
    }

    /// The root over a chunk's leaves, which are in the order of its blocks.
    public static func hash(
        of leaves: [LeafHash], chunk: ChunkIndex, length: Int
    ) -> ChunkRoot {
        var writer = ByteWriter()
        writer.write(UInt8(0x01))
        writer.write(UInt64(chunk.number))
        writer.write(UInt32(length))
        for leaf in leaves { leaf.write(to: &writer) }
        var hasher = SHA256()
        hasher.absorb(writer.bytes)
        return ChunkRoot(hasher.digest)
    }
}

extension SHA256 {
    fileprivate mutating func absorb(_ bytes: [UInt8]) {
        // Safety: the raw view of initialised bytes is those bytes.
        unsafe absorb(bytes.span.bytes)
    }

    fileprivate mutating func absorb(_ bytes: RawSpan) {
        // Safety: the hasher reads the span's memory during the call only.
        unsafe bytes.withUnsafeBytes { unsafe update(bufferPointer: $0) }
    }

    fileprivate var digest: Bytes32 {
        guard let digest = Bytes32(Array(finalize())) else {
            preconditionFailure("SHA-256 has thirty-two bytes")
        }
        return digest
    }
}

extension Bytes32 {
    /// SHA-256 of `bytes`.
    public static func sha256(of bytes: [UInt8]) -> Bytes32 {
        var hasher = SHA256()
        hasher.absorb(bytes)
        return hasher.digest
    }
}

/// Roots of some chunks of one item, in any order; what the host signs as it hashes.
public struct RootList: Hashable, SignedContent {
    /// One chunk and its root.
    public struct Entry: Hashable, CanonicalValue {
        /// The chunk's number, as written; check it against the item before using it.
        public let chunk: UInt32
        /// The chunk's root.
        public let root: ChunkRoot

        /// The root of a chunk.
        public init(chunk: UInt32, root: ChunkRoot) {
            self.chunk = chunk
            self.root = root
        }

        /// Appends number and root.
        public func write(to writer: inout ByteWriter) {
            writer.write(chunk)
            root.write(to: &writer)
        }

        /// The next number and root.
        public init(from reader: inout ByteReader) throws(WireViolation) {
            chunk = try reader.read(UInt32.self)
            root = try ChunkRoot(from: &reader)
        }
    }

    /// Keeps signatures over root lists apart from all others.
    public static let signatureContext = "peerwatch/1 roots"

    /// The item the chunks belong to.
    public let item: ItemID
    /// The roots: 1 to ``Limits/rootsPerList``.
    public let entries: [Entry]

    /// The roots `entries` of `item`.
    public init(item: ItemID, entries: [Entry]) {
        precondition(!entries.isEmpty && entries.count <= Limits.rootsPerList)
        self.item = item
        self.entries = entries
    }

    /// Appends item and roots.
    public func write(to writer: inout ByteWriter) {
        item.raw.write(to: &writer)
        writer.write(entries)
    }

    /// The next item and roots.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        item = ItemID(try Bytes16(from: &reader))
        entries = try reader.readArray(of: Entry.self, limit: Limits.rootsPerList)
        guard !entries.isEmpty else { throw .malformedValue(field: "roots") }
    }
}

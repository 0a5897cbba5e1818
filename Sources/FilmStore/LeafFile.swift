// How do the leaves of chunks survive the process? In a sparse file with one entry of fixed size
// per chunk. Invariant: an entry is believed only with its checksum, so a hole, a torn write or a
// file of something else is the same as no entry.

internal import NIOCore
internal import PartyModel

/// Leaves of one film's chunks on disk.
///
/// Thread-safe: entries are independent, and two writers of one entry write the same.
final class LeafFile: Sendable {
    /// Bytes of the checksum: by chance wrong leaves pass once in 2^64.
    private static let checksumSize = 8
    private static let leafSize = 32
    /// Bytes of an entry: eight leaves, those a short last chunk lacks as zeros, and the checksum.
    static let entrySize = ChunkGeometry.blocksPerChunk * leafSize + checksumSize

    private let file: RawFile
    /// What the leaves are of; part of every checksum.
    private let subject: [UInt8]

    init(file: RawFile, subject: [UInt8]) {
        self.file = file
        self.subject = subject
    }

    /// The leaves of a chunk of `count` blocks, if they are there.
    func leaves(of chunk: ChunkIndex, count: Int) throws(SystemError) -> [LeafHash]? {
        let entry = try file.read(at: Self.offset(of: chunk), count: Self.entrySize)
        let bytes = Array(entry.readableBytesView)
        let body = bytes.dropLast(Self.checksumSize)
        guard bytes.count == Self.entrySize,
            checksum(of: body, chunk: chunk).elementsEqual(bytes.suffix(Self.checksumSize))
        else { return nil }
        var reader = ByteReader(body)
        return try? (0..<count).map { _ in try LeafHash(from: &reader) }
    }

    /// Keeps the leaves of a chunk.
    func keep(_ leaves: [LeafHash], of chunk: ChunkIndex) throws(SystemError) {
        var writer = ByteWriter()
        for leaf in leaves { leaf.write(to: &writer) }
        let missing = ChunkGeometry.blocksPerChunk - leaves.count
        writer.write(raw: repeatElement(0, count: missing * Self.leafSize))
        writer.write(raw: checksum(of: writer.bytes[...], chunk: chunk))
        try file.write(writer.bytes, at: Self.offset(of: chunk))
    }

    private func checksum(of body: ArraySlice<UInt8>, chunk: ChunkIndex) -> some Sequence<UInt8> {
        var writer = ByteWriter()
        writer.write(raw: subject)
        writer.write(chunk.number)
        writer.write(raw: body)
        return Bytes32.sha256(of: writer.bytes).bytes.prefix(Self.checksumSize)
    }

    private static func offset(of chunk: ChunkIndex) -> Int64 {
        Int64(chunk.number) * Int64(entrySize)
    }
}

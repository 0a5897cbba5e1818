// What does the host remember of the chunks it has hashed? Every root, and the leaves of the chunks
// that were wanted last. Invariant: a root, once told, is never another.

internal import PartyModel

/// The leaves and the root of one chunk.
struct ChunkHashes: Hashable {
    let chunk: ChunkIndex
    let leaves: [LeafHash]
    let root: ChunkRoot

    init(chunk: ChunkIndex, leaves: [LeafHash], geometry: ChunkGeometry) {
        self.chunk = chunk
        self.leaves = leaves
        root = .hash(of: leaves, chunk: chunk, length: geometry.length(of: chunk))
    }
}

/// Hashes of one film in memory: a root per chunk, and leaves in a table where each chunk has one
/// place, which it shares with the chunks that are a whole table away.
struct HashMemory {
    /// Chunks whose leaves are kept: 512 MiB of film in about 300 KiB, more than lies between the
    /// first and the last viewer of a room.
    static let leafCapacity = 1_024

    private var roots: [ChunkRoot?]
    private var recent: [ChunkHashes?]

    init(geometry: ChunkGeometry) {
        roots = Array(repeating: nil, count: geometry.chunkCount)
        recent = Array(repeating: nil, count: min(Self.leafCapacity, geometry.chunkCount))
    }

    /// The root of the chunk, if it was hashed.
    func root(of chunk: ChunkIndex) -> ChunkRoot? {
        let number = Int(chunk.number)
        return roots.indices.contains(number) ? roots[number] : nil
    }

    /// Leaves and root of the chunk, if it was hashed lately.
    func hashes(of chunk: ChunkIndex) -> ChunkHashes? {
        guard let found = recent[place(of: chunk)], found.chunk == chunk else { return nil }
        return found
    }

    /// Keeps the hashes of a chunk; false when its root was another one before.
    mutating func keep(_ hashes: ChunkHashes) -> Bool {
        let number = Int(hashes.chunk.number)
        if let root = roots[number], root != hashes.root { return false }
        roots[number] = hashes.root
        recent[place(of: hashes.chunk)] = hashes
        return true
    }

    private func place(of chunk: ChunkIndex) -> Int { Int(chunk.number) % recent.count }
}

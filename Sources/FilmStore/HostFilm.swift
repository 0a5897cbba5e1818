// What does the host share? A file that stays where it is. Chunks are hashed when they are first
// wanted. Invariant: bytes and hashes come from the file as it was when it was opened; when it is
// no longer that file, reading ends with `filmChanged`.

internal import NIOConcurrencyHelpers
internal import NIOCore
public import PartyModel
internal import Synchronization

/// The original film.
///
/// Thread-safe; everything may block on the disk: call from a worker thread.
public final class HostFilm: Sendable {
    /// The item the film is in its room.
    public let item: ItemID
    /// The file's own name, without its directory.
    public let name: String
    /// How it is cut; carries its size.
    public let geometry: ChunkGeometry

    /// Locks around hashing, one for every so many chunks: several threads hash different chunks at
    /// once, and two that want the same one hash it once.
    private static let stripeCount = 16

    private let file: RawFile
    private let identity: FileIdentity
    private let cached: LeafFile?
    private let memory: Mutex<HashMemory>
    private let fresh = Mutex(FreshBlocks())
    private let stripes = (0..<stripeCount).map { _ in NIOLock() }

    /// Opens the file at `path` without reading it.
    ///
    /// Throws what is wrong with the file.
    public init(path: String, item: ItemID, hashes: HashCache?) throws(PartyError) {
        let (file, facts) = try Self.open(path)
        switch facts.kind {
        case .directory: throw .fileIsDirectory(path: path)
        case .other: throw .fileNotRegular(path: path)
        case .regular: break
        }
        let identity = facts.identity
        guard identity.size > 0 else { throw .fileEmpty(path: path) }
        guard let geometry = ChunkGeometry(size: identity.size) else {
            throw .fileTooLarge(path: path)
        }
        self.item = item
        self.geometry = geometry
        self.file = file
        self.identity = identity
        name = path.split(separator: "/").last.map(String.init) ?? path
        cached = hashes?.leafFile(of: identity)
        memory = Mutex(HashMemory(geometry: geometry))
    }

    private static func open(_ path: String) throws(PartyError) -> (RawFile, FileFacts) {
        do throws(SystemError) {
            let file = try RawFile(path, for: .reading)
            return (file, try file.facts())
        } catch {
            throw error.whileOpeningFilm(path)
        }
    }

    /// A block of this film with its proof.
    ///
    /// Throws `filmChanged` when the file is not the one opened.
    public func read(_ block: BlockIndex) throws(PartyError) -> StoredBlock {
        let hashes = try hashes(of: block.chunk)
        let bytes = try bytes(of: block)
        try check()
        return StoredBlock(block: block, bytes: bytes, leaves: hashes.leaves, root: hashes.root)
    }

    /// Sees whether the file is still the one opened; throws `filmChanged` when it is not.
    public func check() throws(PartyError) {
        guard (try? file.facts().identity) == identity else { throw .filmChanged(name: name) }
    }

    /// A block that was just read for its hash, with its proof; `nil` when it would have to be read.
    ///
    /// Never blocks, and gives each block once. Its bytes are those that were hashed, whatever became
    /// of the file since; ``check()`` tells.
    public func fresh(_ block: BlockIndex) -> StoredBlock? {
        guard let hashes = memory.withLock({ $0.hashes(of: block.chunk) }),
            let bytes = fresh.withLock({ $0.take(block) })
        else { return nil }
        return StoredBlock(block: block, bytes: bytes, leaves: hashes.leaves, root: hashes.root)
    }

    /// The root of a chunk of this film; reads and hashes it when it is wanted for the first time.
    ///
    /// What is read for a chunk that is about to be sent is kept until then.
    public func root(
        of chunk: ChunkIndex, toBeSent: Bool = false
    ) throws(PartyError) -> ChunkRoot {
        if let root = memory.withLock({ $0.root(of: chunk) }) { return root }
        return try hashes(of: chunk, keepingBytes: toBeSent).root
    }

    private func hashes(
        of chunk: ChunkIndex, keepingBytes: Bool = false
    ) throws(PartyError) -> ChunkHashes {
        guard geometry.chunk(at: chunk.number) != nil else {
            throw .fileUnreadable(path: file.path, reason: "it has no chunk \(chunk.number)")
        }
        if let known = memory.withLock({ $0.hashes(of: chunk) }) { return known }
        let stripe = stripes[Int(chunk.number) % Self.stripeCount]
        stripe.lock()
        defer { stripe.unlock() }
        if let known = memory.withLock({ $0.hashes(of: chunk) }) { return known }
        let hashes = ChunkHashes(
            chunk: chunk, leaves: try leaves(of: chunk, keepingBytes: keepingBytes),
            geometry: geometry)
        guard memory.withLock({ $0.keep(hashes) }) else { throw .filmChanged(name: name) }
        return hashes
    }

    /// The chunk's leaves from the cache, else from its bytes.
    private func leaves(
        of chunk: ChunkIndex, keepingBytes: Bool
    ) throws(PartyError) -> [LeafHash] {
        let blocks = geometry.blocks(of: chunk)
        if let leaves = try? cached?.leaves(of: chunk, count: blocks.count) { return leaves }
        var leaves: [LeafHash] = []
        for block in blocks {
            let bytes = try bytes(of: block)
            leaves.append(.hash(of: bytes.readableBytesSpan))
            if keepingBytes { fresh.withLock { $0.keep(bytes, of: block) } }
        }
        // Only leaves of the file whose identity is their key may reach the cache.
        try check()
        try? cached?.keep(leaves, of: chunk)
        return leaves
    }

    private func bytes(of block: BlockIndex) throws(PartyError) -> ByteBuffer {
        let bytes: ByteBuffer
        do {
            bytes = try file.read(
                at: geometry.byteRange(of: block).lowerBound, count: geometry.length(of: block))
        } catch {
            throw error.whileReading(file.path)
        }
        guard bytes.readableBytes == geometry.length(of: block) else {
            throw .filmChanged(name: name)
        }
        return bytes
    }
}

extension HostFilm: BlockSource {
    func has(_ block: BlockIndex) -> Bool { true }

    func read(
        at offset: Int64, into buffer: inout MutableRawSpan
    ) throws(PartyError) -> Int {
        let count: Int
        do {
            count = try file.read(at: offset, count: buffer.byteCount, into: &buffer)
        } catch {
            throw error.whileReading(file.path)
        }
        // The offset is inside the film as it was opened.
        guard count > 0 else { throw .filmChanged(name: name) }
        return count
    }

    func end(_ wait: BlockWait, when block: BlockIndex) { wait.end(.arrived) }

    func forget(_ wait: BlockWait) {}
}

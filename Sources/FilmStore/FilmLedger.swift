// Which blocks does a guest have, which does it think it has, and which wait for a root? A plain
// value without files. Invariant: a block is verified only after its bytes were checked against a
// leaf and the leaf against a signed root; once verified it stays so, and a root, once learnt,
// stays too.

internal import NIOCore
internal import PartyModel

/// A block somebody sent: nothing about it is known to be true but its size.
struct BlockCopy: Hashable {
    let block: BlockIndex
    let leaves: [LeafHash]
    let bytes: ByteBuffer

    /// The copy, if its parts are as long as the item's geometry says.
    init?(of block: BlockIndex, leaves: [LeafHash], bytes: ByteBuffer, in geometry: ChunkGeometry) {
        guard geometry.block(at: block.number) != nil,
            leaves.count == geometry.blocks(of: block.chunk).count,
            bytes.readableBytes == geometry.length(of: block)
        else { return nil }
        self.block = block
        self.leaves = leaves
        self.bytes = bytes
    }

    /// Whether the bytes are what the root stands for.
    func matches(_ root: ChunkRoot, in geometry: ChunkGeometry) -> Bool {
        let length = geometry.length(of: block.chunk)
        return ChunkRoot.hash(of: leaves, chunk: block.chunk, length: length) == root
            && LeafHash.hash(of: bytes.readableBytesSpan) == leaves[block.slot]
    }
}

/// What a guest knows of each block of one film.
struct FilmLedger {
    /// Blocks held back for want of a root: 4 MiB, what one peer may have in flight; roots travel
    /// before blocks, so that only a moment's worth ever waits.
    static let heldLimit = 64

    /// What is to be done with a block that came.
    enum Standing: Hashable {
        case alreadyThere
        case held
        case tooManyHeld
        /// To be checked against this root; the flag says whether it is the chunk's first block.
        case toCheck(ChunkRoot, isFirst: Bool)
    }

    /// A chunk whose root has just become known, and all that waited for it.
    struct Settlement {
        let chunk: ChunkIndex
        let root: ChunkRoot
        let candidates: BlockMask
        let held: [BlockCopy]
    }

    private struct Chunk {
        var root: ChunkRoot?
        var verified = BlockMask.none
        /// Blocks that the journal says are on the disk.
        var candidates = BlockMask.none
        /// Where the signed list with the root is in the journal; zero, where the journal has its
        /// header, for nowhere.
        var listPosition: Int64 = 0
    }

    let geometry: ChunkGeometry
    private var chunks: [Chunk]
    private var held: [BlockIndex: BlockCopy] = [:]
    /// Blocks that are verified.
    private(set) var verifiedCount = 0
    /// Bytes that are verified.
    private(set) var verifiedBytes: Int64 = 0

    init(geometry: ChunkGeometry) {
        self.geometry = geometry
        chunks = Array(repeating: Chunk(), count: geometry.chunkCount)
    }

    var isComplete: Bool { verifiedCount == geometry.blockCount }

    /// The verified blocks of every chunk, by number.
    var verifiedMasks: [BlockMask] { chunks.map(\.verified) }

    func verifiedMask(of chunk: ChunkIndex) -> BlockMask {
        has(chunk) ? chunks[Int(chunk.number)].verified : .none
    }

    func isVerified(_ block: BlockIndex) -> Bool {
        verifiedMask(of: block.chunk).contains(slot: block.slot)
    }

    /// The root of the chunk, if it is known.
    func root(of chunk: ChunkIndex) -> ChunkRoot? {
        has(chunk) ? chunks[Int(chunk.number)].root : nil
    }

    /// Where the signed list with the chunk's root is in the journal.
    func listPosition(of chunk: ChunkIndex) -> Int64? {
        guard has(chunk) else { return nil }
        let position = chunks[Int(chunk.number)].listPosition
        return position > 0 ? position : nil
    }

    /// Bytes from `offset` on, which is inside the film, that are verified without a gap: `limit`
    /// at most.
    func verifiedRun(from offset: Int64, limit: Int) -> Int {
        let limit = min(Int64(limit), geometry.size - offset)
        var end = offset
        while end - offset < limit, let block = geometry.block(containing: end),
            isVerified(block)
        {
            end = geometry.byteRange(of: block).upperBound
        }
        return Int(min(end - offset, limit))
    }

    /// Takes the journal's word that these blocks were written.
    ///
    /// Numbers the item has not are ignored.
    mutating func claim(_ numbers: [UInt32]) {
        for number in numbers {
            guard let block = geometry.block(at: number) else { continue }
            chunks[Int(block.chunk.number)].candidates.insert(slot: block.slot)
        }
    }

    /// Sorts a block that came, and keeps it if it has to wait for its root.
    mutating func receive(_ copy: BlockCopy) -> Standing {
        let chunk = chunks[Int(copy.block.chunk.number)]
        if chunk.verified.contains(slot: copy.block.slot) { return .alreadyThere }
        if let root = chunk.root { return .toCheck(root, isFirst: chunk.verified == .none) }
        guard held.count < Self.heldLimit, held[copy.block] == nil else { return .tooManyHeld }
        held[copy.block] = copy
        return .held
    }

    /// Takes the roots that are new out of a list that is signed, with what waited for them.
    ///
    /// Chunks the item has not are ignored, and so is a second root of one chunk.
    mutating func learn(_ list: RootList) -> [Settlement] {
        var settlements: [Settlement] = []
        for entry in list.entries {
            guard let chunk = geometry.chunk(at: entry.chunk),
                chunks[Int(chunk.number)].root == nil
            else { continue }
            chunks[Int(chunk.number)].root = entry.root
            let waiting = geometry.blocks(of: chunk).compactMap { held.removeValue(forKey: $0) }
            settlements.append(
                Settlement(
                    chunk: chunk, root: entry.root,
                    candidates: chunks[Int(chunk.number)].candidates, held: waiting))
            chunks[Int(chunk.number)].candidates = .none
        }
        return settlements
    }

    /// Remembers where in the journal the signed list with these chunks' roots is.
    mutating func remember(listPosition: Int64, of settlements: [Settlement]) {
        for settlement in settlements {
            chunks[Int(settlement.chunk.number)].listPosition = listPosition
        }
    }

    /// Counts a block as verified whose bytes were checked and are on the disk; false if it was.
    mutating func verify(_ block: BlockIndex) -> Bool {
        guard !isVerified(block) else { return false }
        chunks[Int(block.chunk.number)].verified.insert(slot: block.slot)
        verifiedCount += 1
        verifiedBytes += Int64(geometry.length(of: block))
        return true
    }

    private func has(_ chunk: ChunkIndex) -> Bool { chunk.number < chunks.count }
}

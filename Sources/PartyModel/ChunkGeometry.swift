// How a film is cut: chunks of 512 KiB, the unit of storage, bitfields and roots, each of up to
// eight blocks of 64 KiB, the unit of request, transfer, verification and blame.
//
// Invariant: a `ChunkIndex` or `BlockIndex` that came out of a geometry is inside that geometry's
// item. Numbers from the network become indices only through `chunk(at:)` and `block(at:)`.

/// The number of a chunk in its item, from zero.
public struct ChunkIndex: Hashable, Comparable, Sendable {
    /// The chunk's number.
    public let number: UInt32

    package init(unchecked number: UInt32) { self.number = number }

    /// Order in the film.
    public static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// The number of a block in its item, from zero, counted over all chunks.
public struct BlockIndex: Hashable, Comparable, Sendable {
    /// The block's number.
    public let number: UInt32

    package init(unchecked number: UInt32) { self.number = number }

    /// Order in the film.
    public static func < (left: Self, right: Self) -> Bool { left.number < right.number }

    /// The chunk the block lies in.
    public var chunk: ChunkIndex {
        ChunkIndex(unchecked: number / UInt32(ChunkGeometry.blocksPerChunk))
    }

    /// Which block of its chunk it is: 0 to 7.
    public var slot: Int { Int(number) % ChunkGeometry.blocksPerChunk }
}

/// One block of one item.
public struct BlockAddress: Hashable, Sendable {
    /// The item.
    public let item: ItemID
    /// The block in it.
    public let block: BlockIndex

    /// The block `block` of `item`.
    public init(item: ItemID, block: BlockIndex) {
        self.item = item
        self.block = block
    }
}

/// Where the chunks and blocks of an item of a given size lie.
public struct ChunkGeometry: Hashable, Sendable {
    /// Bytes in every chunk but the last.
    public static let chunkSize = 512 * 1024
    /// Bytes in every block but the last.
    public static let blockSize = 64 * 1024
    /// Blocks in every chunk but the last.
    public static let blocksPerChunk = chunkSize / blockSize

    /// Bytes in the item: 1 to ``Limits/itemSize``.
    public let size: Int64

    /// The geometry of an item of `size` bytes; `nil` when that is no size an item can have.
    public init?(size: Int64) {
        guard size > 0, size <= Limits.itemSize else { return nil }
        self.size = size
    }

    /// Chunks in the item, at least one.
    public var chunkCount: Int { Int((size - 1) / Int64(Self.chunkSize)) + 1 }

    /// Blocks in the item, at least one.
    public var blockCount: Int { Int((size - 1) / Int64(Self.blockSize)) + 1 }

    /// The chunk with this number, if the item has it.
    public func chunk(at number: some BinaryInteger) -> ChunkIndex? {
        guard number >= 0, number < chunkCount else { return nil }
        return ChunkIndex(unchecked: UInt32(number))
    }

    /// The block with this number, if the item has it.
    public func block(at number: some BinaryInteger) -> BlockIndex? {
        guard number >= 0, number < blockCount else { return nil }
        return BlockIndex(unchecked: UInt32(number))
    }

    /// The block that holds the byte at `offset`, if the item has it.
    public func block(containing offset: Int64) -> BlockIndex? {
        guard offset >= 0, offset < size else { return nil }
        return BlockIndex(unchecked: UInt32(offset / Int64(Self.blockSize)))
    }

    /// All blocks, in order.
    public var blocks: BlockRun { BlockRun(first: 0, count: UInt32(blockCount)) }

    /// The blocks of a chunk, in order.
    public func blocks(of chunk: ChunkIndex) -> BlockRun {
        let first = chunk.number * UInt32(Self.blocksPerChunk)
        let end = min(first + UInt32(Self.blocksPerChunk), UInt32(blockCount))
        return BlockRun(first: first, count: end - first)
    }

    /// The bytes of a chunk in the item.
    public func byteRange(of chunk: ChunkIndex) -> Range<Int64> {
        let start = Int64(chunk.number) * Int64(Self.chunkSize)
        return start..<min(start + Int64(Self.chunkSize), size)
    }

    /// The bytes of a block in the item.
    public func byteRange(of block: BlockIndex) -> Range<Int64> {
        let start = Int64(block.number) * Int64(Self.blockSize)
        return start..<min(start + Int64(Self.blockSize), size)
    }

    /// Bytes in a chunk.
    public func length(of chunk: ChunkIndex) -> Int {
        let range = byteRange(of: chunk)
        return Int(range.upperBound - range.lowerBound)
    }

    /// Bytes in a block.
    public func length(of block: BlockIndex) -> Int {
        let range = byteRange(of: block)
        return Int(range.upperBound - range.lowerBound)
    }

    /// The mask with one bit for every block the chunk has, slot 0 in the lowest bit.
    public func fullMask(of chunk: ChunkIndex) -> BlockMask {
        BlockMask(bits: UInt8(truncatingIfNeeded: (1 << blocks(of: chunk).count) - 1))
    }

    /// The blocks from `first` on, `count` of them, if the item has them all.
    public func run(from first: UInt32, count: UInt32) -> BlockRun? {
        guard count > 0, let end = Optional(UInt64(first) + UInt64(count)), end <= blockCount
        else { return nil }
        return BlockRun(first: first, count: count)
    }
}

/// Consecutive blocks of one item.
public struct BlockRun: Hashable, Sendable, RandomAccessCollection {
    let first: UInt32
    /// Blocks in the run.
    public let count: Int

    package init(first: UInt32, count: UInt32) {
        self.first = first
        self.count = Int(count)
    }

    /// Position of the first block.
    public var startIndex: Int { 0 }
    /// Position after the last block.
    public var endIndex: Int { count }
    /// The block at a position of the run.
    public subscript(position: Int) -> BlockIndex {
        precondition(position >= 0 && position < count)
        return BlockIndex(unchecked: first + UInt32(position))
    }
}

/// Which blocks of one chunk are meant: slot 0 in the lowest bit.
public struct BlockMask: Hashable, Sendable {
    /// One bit per slot.
    public var bits: UInt8

    /// The mask with these bits.
    public init(bits: UInt8) { self.bits = bits }

    /// No block.
    public static let none = BlockMask(bits: 0)

    /// Whether the block in this slot is meant; `slot` is 0 to 7.
    public func contains(slot: Int) -> Bool { bits & (1 << slot) != 0 }

    /// Adds the block in this slot; `slot` is 0 to 7.
    public mutating func insert(slot: Int) { bits |= 1 << slot }

    /// Takes out the block in this slot; `slot` is 0 to 7.
    public mutating func remove(slot: Int) { bits &= ~(1 << slot) }

    /// Whether all blocks of `other` are in this mask.
    public func isSuperset(of other: BlockMask) -> Bool { bits & other.bits == other.bits }

    /// Blocks in the mask.
    public var count: Int { bits.nonzeroBitCount }
}

// What this peer has of one item, and what it is doing about the rest.
//
// Invariant: every block is in exactly one `BlockState`, and only the methods here move it. The
// counts of missing and verified blocks always agree with the states.

import PartyModel

/// Where a block stands with this peer.
public enum BlockState: UInt8, Hashable, Sendable {
    /// Nobody was asked for it.
    case missing
    /// At least one peer was asked for it.
    case requested
    /// Its bytes are here and are being checked, or wait for their root.
    case arrived
    /// Checked and stored.
    case verified
}

/// The states of all blocks of one item.
struct BlockLedger {
    let geometry: ChunkGeometry
    private var states: [BlockState]
    private(set) var missingCount: Int
    private(set) var verifiedCount: Int

    /// No block before this one is missing: where a search from the front starts.
    private var firstMissing = 0

    /// How many equal parts people are shown an item in: a bar in a window is not much finer.
    static let partsShown = 240
    /// Verified blocks of each part, kept because a long film has a million blocks to count.
    private var verifiedInParts: [Int]

    init(geometry: ChunkGeometry, isComplete: Bool) {
        self.geometry = geometry
        let count = geometry.blockCount
        states = Array(repeating: isComplete ? .verified : .missing, count: count)
        missingCount = isComplete ? 0 : count
        verifiedCount = isComplete ? count : 0
        firstMissing = isComplete ? count : 0
        let parts = min(count, Self.partsShown)
        verifiedInParts = (0..<parts).map { part in
            isComplete ? Self.blocks(ofPart: part, of: parts, count: count).count : 0
        }
    }

    /// Block numbers of one of the parts that `count` blocks are shown in.
    private static func blocks(ofPart part: Int, of parts: Int, count: Int) -> Range<Int> {
        // The parts are those of `index * parts / count`, rounded down.
        let first = (part * count + parts - 1) / parts
        return first..<(((part + 1) * count + parts - 1) / parts)
    }

    /// How much of each of up to ``partsShown`` equal parts is verified, from 0 to 1.
    var verifiedShares: [Double] {
        let parts = verifiedInParts.count
        return verifiedInParts.enumerated().map { part, verified in
            let blocks = Self.blocks(ofPart: part, of: parts, count: states.count)
            return Double(verified) / Double(blocks.count)
        }
    }

    var isComplete: Bool { verifiedCount == states.count }

    subscript(block: BlockIndex) -> BlockState { states[Int(block.number)] }

    /// Moves a block; asking for what is there or unasking what arrived changes nothing.
    mutating func move(_ block: BlockIndex, to new: BlockState) {
        let index = Int(block.number)
        let old = states[index]
        guard old != new, old != .verified else { return }
        states[index] = new
        if old == .missing { missingCount -= 1 }
        if new == .missing {
            missingCount += 1
            firstMissing = min(firstMissing, index)
        }
        if new == .verified {
            verifiedCount += 1
            verifiedInParts[index * verifiedInParts.count / states.count] += 1
        }
    }

    /// The first missing block in `range` of block numbers that a peer offers and `isCandidate`
    /// accepts.
    ///
    /// Chunks of which nothing is offered are passed over 64 at a time: a guest lacks nearly all of
    /// a long film, and another guest has nearly the same of it.
    mutating func firstMissing(
        in range: Range<Int>, offeredBy availability: Availability,
        where isCandidate: (BlockIndex) -> Bool
    ) -> BlockIndex? {
        guard missingCount > 0 else { return nil }
        while firstMissing < states.count, states[firstMissing] != .missing { firstMissing += 1 }
        var index = max(range.lowerBound, firstMissing)
        let end = min(range.upperBound, states.count)
        while index < end {
            let chunk = availability.firstOffered(from: index / ChunkGeometry.blocksPerChunk)
            guard let chunk else { return nil }
            index = max(index, chunk * ChunkGeometry.blocksPerChunk)
            let endOfChunk = min((chunk + 1) * ChunkGeometry.blocksPerChunk, end)
            while index < endOfChunk {
                let block = BlockIndex(unchecked: UInt32(index))
                if states[index] == .missing, isCandidate(block) { return block }
                index += 1
            }
        }
        return nil
    }

    /// The verified blocks of a chunk.
    func verifiedMask(of chunk: ChunkIndex) -> BlockMask {
        var mask = BlockMask.none
        for block in geometry.blocks(of: chunk) where self[block] == .verified {
            mask.insert(slot: block.slot)
        }
        return mask
    }

    /// Bytes that are verified without a gap from `offset` on.
    func contiguousBytes(from offset: Int64) -> Int64 {
        guard let first = geometry.block(containing: offset) else { return 0 }
        var index = Int(first.number)
        while index < states.count, states[index] == .verified { index += 1 }
        let end = min(Int64(index) * Int64(ChunkGeometry.blockSize), geometry.size)
        return max(0, end - offset)
    }

    /// Bytes of all verified blocks.
    var verifiedBytes: Int64 {
        let lastIndex = states.count - 1
        let full = Int64(verifiedCount) * Int64(ChunkGeometry.blockSize)
        guard states[lastIndex] == .verified else { return full }
        let last = geometry.length(of: BlockIndex(unchecked: UInt32(lastIndex)))
        return full - Int64(ChunkGeometry.blockSize - last)
    }

    /// The whole item as pages of whole chunks.
    func bitfieldPages(of item: ItemID) -> [BitfieldPage] {
        stride(from: 0, to: geometry.chunkCount, by: Limits.chunksPerBitfieldPage).map { first in
            let end = min(first + Limits.chunksPerBitfieldPage, geometry.chunkCount)
            var bits = [UInt8](repeating: 0, count: (end - first + 7) / 8)
            for number in first..<end {
                guard let chunk = geometry.chunk(at: number),
                    verifiedMask(of: chunk) == geometry.fullMask(of: chunk)
                else { continue }
                bits[(number - first) / 8] |= 0x80 >> UInt8((number - first) % 8)
            }
            return BitfieldPage(item: item, firstChunk: UInt32(first), bits: bits)
        }
    }
}

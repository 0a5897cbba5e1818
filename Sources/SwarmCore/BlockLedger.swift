// What this peer has of one item, and what it is doing about the rest.
//
// Invariant: every block is in exactly one `BlockState`, and only the methods here move it. The bits
// of missing blocks and the count of verified ones always agree with the states.

import PartyModel

/// Where a block stands with this peer.
public enum BlockState: UInt8, Hashable, Sendable {
    /// Nobody was asked for it.
    case missing
    /// Nobody is asked for it yet: it is on its way all the same, or could not be kept a moment ago.
    case expected
    /// At least one peer was asked for it.
    case requested
    /// Its bytes are here and are being checked, or wait for their root.
    case arrived
    /// Checked and stored.
    case verified
}

/// The states of all blocks of one item, and who else has them.
struct BlockLedger {
    let geometry: ChunkGeometry
    var holdings: Holdings
    private var states: [BlockState]
    /// A bit per block: whether it is missing.
    ///
    /// What is missing is looked for far more often than it changes, and mostly not there.
    private var missing: [UInt64]
    private(set) var verifiedCount: Int

    /// How many equal parts people are shown an item in: a bar in a window is not much finer.
    static let partsShown = 240
    /// Verified blocks of each part, kept because a long film has a million blocks to count.
    private var verifiedInParts: [Int]

    init(geometry: ChunkGeometry, isComplete: Bool) {
        self.geometry = geometry
        holdings = Holdings(geometry: geometry)
        let count = geometry.blockCount
        states = Array(repeating: isComplete ? .verified : .missing, count: count)
        missing = Array(repeating: isComplete ? 0 : ~0, count: (count + 63) / 64)
        if !isComplete, count % 64 != 0 { missing[count / 64] = (1 << UInt64(count % 64)) - 1 }
        verifiedCount = isComplete ? count : 0
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

    /// Moves a block; what is verified stays so.
    mutating func move(_ block: BlockIndex, to new: BlockState) {
        let index = Int(block.number)
        let old = states[index]
        guard old != new, old != .verified else { return }
        states[index] = new
        if old == .missing || new == .missing { missing[index / 64] ^= 1 << UInt64(index % 64) }
        if new == .verified {
            verifiedCount += 1
            verifiedInParts[index * verifiedInParts.count / states.count] += 1
        }
    }

    /// The first missing block in `range` of block numbers that one of these peers may have and
    /// `isCandidate` accepts.
    func firstMissing(
        in range: Range<Int>, offeredBy peers: PeerSet, where isCandidate: (BlockIndex) -> Bool
    ) -> BlockIndex? {
        let end = min(range.upperBound, states.count)
        var index = range.lowerBound
        while let next = nextMissing(from: index, to: end) {
            let chunk = next / ChunkGeometry.blocksPerChunk
            guard let offered = holdings.firstOffered(from: chunk, by: peers) else { return nil }
            guard offered == chunk else {
                index = offered * ChunkGeometry.blocksPerChunk
                continue
            }
            let block = BlockIndex(unchecked: UInt32(next))
            if isCandidate(block) { return block }
            index = next + 1
        }
        return nil
    }

    private func nextMissing(from index: Int, to end: Int) -> Int? {
        guard index < end else { return nil }
        var word = index / 64
        var bits = missing[word] & (~0 << UInt64(index % 64))
        while bits == 0 {
            word += 1
            guard word * 64 < end else { return nil }
            bits = missing[word]
        }
        let found = word * 64 + bits.trailingZeroBitCount
        return found < end ? found : nil
    }

    /// The verified blocks of a chunk.
    func verifiedMask(of chunk: ChunkIndex) -> BlockMask {
        var mask = BlockMask.none
        for block in geometry.blocks(of: chunk) where self[block] == .verified {
            mask.insert(slot: block.slot)
        }
        return mask
    }

    /// Whether all blocks of a range of numbers are verified, as far as there are such blocks.
    func hasAll(of range: Range<Int>) -> Bool {
        range.clamped(to: states.indices).allSatisfy { states[$0] == .verified }
    }

    /// Bytes that are verified without a gap from `offset` on.
    func contiguousBytes(from offset: Int64) -> Int64 {
        guard let first = geometry.block(containing: offset) else { return 0 }
        guard !isComplete else { return geometry.size - offset }
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

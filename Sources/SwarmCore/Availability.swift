// What another peer says it has of one item.
//
// Invariant: a chunk is in `whole` or has a mask in `partial`, never both; no mask is empty or full.

import PartyModel

/// The blocks of one item that another peer has, by its own word.
struct Availability {
    let geometry: ChunkGeometry
    private var whole: [UInt64]
    private var partial: [UInt32: BlockMask] = [:]
    /// Chunks of which it has anything: the whole ones and the keys of `partial`.
    private var offered: [UInt64]
    private(set) var wholeCount = 0
    /// Blocks it has, for comparing peers: the last chunk counts as if it were full.
    private(set) var blockCount = 0

    init(geometry: ChunkGeometry) {
        self.geometry = geometry
        whole = Array(repeating: 0, count: (geometry.chunkCount + 63) / 64)
        offered = whole
    }

    func contains(_ block: BlockIndex) -> Bool {
        let chunk = block.chunk
        if hasWhole(chunk) { return true }
        return partial[chunk.number]?.contains(slot: block.slot) ?? false
    }

    var isComplete: Bool { wholeCount == geometry.chunkCount }

    private func hasWhole(_ chunk: ChunkIndex) -> Bool {
        whole[Int(chunk.number / 64)] & (1 << UInt64(chunk.number % 64)) != 0
    }

    /// The blocks of a chunk that it has.
    func mask(of chunk: ChunkIndex) -> BlockMask {
        hasWhole(chunk) ? geometry.fullMask(of: chunk) : partial[chunk.number] ?? .none
    }

    /// Replaces what is known of a chunk.
    mutating func set(_ chunk: ChunkIndex, to mask: BlockMask) {
        let full = geometry.fullMask(of: chunk)
        let mask = BlockMask(bits: mask.bits & full.bits)
        blockCount += mask.count - self.mask(of: chunk).count
        let isWhole = mask == full
        let bit: UInt64 = 1 << UInt64(chunk.number % 64)
        let word = Int(chunk.number / 64)
        if isWhole != (whole[word] & bit != 0) {
            whole[word] ^= bit
            wholeCount += isWhole ? 1 : -1
        }
        partial[chunk.number] = isWhole || mask == .none ? nil : mask
        if mask == .none { offered[word] &= ~bit } else { offered[word] |= bit }
    }

    /// The number of the first chunk from this one on of which it has anything.
    func firstOffered(from number: Int) -> Int? {
        var word = number / 64
        guard word < offered.count else { return nil }
        var bits = offered[word] & (~0 << UInt64(number % 64))
        while bits == 0 {
            word += 1
            guard word < offered.count else { return nil }
            bits = offered[word]
        }
        return word * 64 + bits.trailingZeroBitCount
    }

    /// Takes one block out: the peer does not have it after all.
    mutating func remove(_ block: BlockIndex) {
        let chunk = block.chunk
        var mask = mask(of: chunk)
        mask.remove(slot: block.slot)
        set(chunk, to: mask)
    }
}

extension BitfieldPage {
    /// The chunks the page claims, as far as the item has them.
    func chunks(in geometry: ChunkGeometry) -> [ChunkIndex] {
        var chunks: [ChunkIndex] = []
        for (offset, byte) in bits.enumerated() where byte != 0 {
            for bit in 0..<8 where byte & (0x80 >> UInt8(bit)) != 0 {
                let number = UInt64(firstChunk) + UInt64(offset * 8 + bit)
                if let chunk = geometry.chunk(at: number) { chunks.append(chunk) }
            }
        }
        return chunks
    }
}

// What another peer says it has of one item.
//
// Invariant: a chunk is in `whole` or has a mask in `partial`, never both; no mask is empty or full.

import PartyModel

/// The blocks of one item that another peer has, by its own word.
struct Availability {
    let geometry: ChunkGeometry
    private var whole: [UInt64]
    private var partial: [UInt32: BlockMask] = [:]
    private(set) var wholeCount = 0

    init(geometry: ChunkGeometry) {
        self.geometry = geometry
        whole = Array(repeating: 0, count: (geometry.chunkCount + 63) / 64)
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

    /// Replaces what is known of a chunk.
    mutating func set(_ chunk: ChunkIndex, to mask: BlockMask) {
        let full = geometry.fullMask(of: chunk)
        let isWhole = mask.isSuperset(of: full)
        let bit: UInt64 = 1 << UInt64(chunk.number % 64)
        let word = Int(chunk.number / 64)
        if isWhole != (whole[word] & bit != 0) {
            whole[word] ^= bit
            wholeCount += isWhole ? 1 : -1
        }
        partial[chunk.number] = isWhole || mask == .none ? nil : mask
    }

    /// Takes one block out: the peer does not have it after all.
    mutating func remove(_ block: BlockIndex) {
        let chunk = block.chunk
        var mask = hasWhole(chunk) ? geometry.fullMask(of: chunk) : partial[chunk.number] ?? .none
        mask.remove(slot: block.slot)
        set(chunk, to: mask)
    }

    /// Takes a page of whole chunks; masks of chunks it does not claim whole stay as they are.
    mutating func merge(_ page: BitfieldPage) {
        for (offset, byte) in page.bits.enumerated() where byte != 0 {
            for bit in 0..<8 where byte & (0x80 >> UInt8(bit)) != 0 {
                let number = UInt64(page.firstChunk) + UInt64(offset * 8 + bit)
                guard let chunk = geometry.chunk(at: number) else { continue }
                set(chunk, to: geometry.fullMask(of: chunk))
            }
        }
    }
}

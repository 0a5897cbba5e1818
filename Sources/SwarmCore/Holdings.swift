// What the others say they have of one item.
//
// It is asked both ways: who has this block (for each block that is sent or asked for), and what has
// this peer (for a chunk at a time). So it is kept by block, as sets of peers.
//
// Invariant: for each chunk and peer: the peer is in `whole`, or has a mask in `partial`, or has
// nothing of it; `offered` says whether one of the first two is so. No mask is empty or full.

import PartyModel

/// Who has which blocks of one item, by their own word.
struct Holdings {
    let geometry: ChunkGeometry
    /// By chunk: who has all of it.
    private var whole: [PeerSet]
    /// By chunk: who has any of it.
    private var offered: [PeerSet]
    /// Of the chunks of which somebody has a part: by block, who has that.
    private var partial: [UInt32: InlineArray<8, PeerSet>] = [:]
    /// By slot: blocks it has, for comparing peers; the last chunk counts as if it were full.
    private var counts = [Int](repeating: 0, count: Limits.members)

    init(geometry: ChunkGeometry) {
        self.geometry = geometry
        whole = Array(repeating: .empty, count: geometry.chunkCount)
        offered = whole
    }

    /// Who has the block.
    func holders(of block: BlockIndex) -> PeerSet {
        let chunk = Int(block.number / UInt32(ChunkGeometry.blocksPerChunk))
        let all = whole[chunk]
        guard all != offered[chunk], let parts = partial[UInt32(chunk)] else { return all }
        return all.union(parts[Int(block.number) % ChunkGeometry.blocksPerChunk])
    }

    /// Blocks the peer in a slot has.
    func count(of slot: Int) -> Int { counts[slot] }

    /// The blocks of a chunk that the peer in a slot has.
    func mask(of chunk: ChunkIndex, at slot: Int) -> BlockMask {
        let number = Int(chunk.number)
        guard offered[number].contains(slot) else { return .none }
        guard !whole[number].contains(slot) else { return geometry.fullMask(of: chunk) }
        var mask = BlockMask.none
        guard let parts = partial[chunk.number] else { return mask }
        for part in parts.indices where parts[part].contains(slot) { mask.insert(slot: part) }
        return mask
    }

    /// Replaces what is known of a chunk.
    mutating func set(_ chunk: ChunkIndex, to mask: BlockMask, at slot: Int) {
        let number = Int(chunk.number)
        let full = geometry.fullMask(of: chunk)
        let mask = BlockMask(bits: mask.bits & full.bits)
        let before = self.mask(of: chunk, at: slot)
        guard mask != before else { return }
        counts[slot] += mask.count - before.count
        if mask == full { whole[number].insert(slot) } else { whole[number].remove(slot) }
        if mask == .none { offered[number].remove(slot) } else { offered[number].insert(slot) }
        setParts(of: chunk.number, to: mask == full ? .none : mask, at: slot)
    }

    private mutating func setParts(of chunk: UInt32, to mask: BlockMask, at slot: Int) {
        var parts = partial[chunk] ?? InlineArray(repeating: .empty)
        for part in parts.indices {
            if mask.contains(slot: part) {
                parts[part].insert(slot)
            } else {
                parts[part].remove(slot)
            }
        }
        let isNobodys = whole[Int(chunk)] == offered[Int(chunk)]
        partial[chunk] = isNobodys ? nil : parts
    }

    /// Takes one block out: the peer does not have it after all.
    mutating func remove(_ block: BlockIndex, at slot: Int) {
        var mask = mask(of: block.chunk, at: slot)
        mask.remove(slot: block.slot)
        set(block.chunk, to: mask, at: slot)
    }

    /// The peer in a slot is gone.
    mutating func leave(_ slot: Int) {
        guard counts[slot] > 0 else { return }
        for number in offered.indices where offered[number].contains(slot) {
            guard let chunk = geometry.chunk(at: number) else { continue }
            set(chunk, to: .none, at: slot)
        }
    }

    /// The number of the first chunk from this one on of which one of these has anything.
    func firstOffered(from number: Int, by peers: PeerSet) -> Int? {
        var number = number
        while number < offered.count {
            if offered[number].bits & peers.bits != 0 { return number }
            number += 1
        }
        return nil
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

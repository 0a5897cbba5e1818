// Can a film still be seen to its end when whoever had all of it is gone?

public import PartyModel

extension Swarm {
    /// The first byte of an item, from where this peer's player reads on, that neither this peer nor
    /// anybody connected has; `nil` when the rest is all here, or the item is not known.
    ///
    /// What somebody has it has checked, so it has the roots as well.
    public func firstLostByte(of item: ItemID) -> Int64? {
        guard let ledger = items[item], !ledger.isComplete else { return nil }
        let others = peers.values.compactMap { $0.availability[item] }
        guard !others.contains(where: \.isComplete) else { return nil }
        let geometry = ledger.geometry
        let start = item == demand.item ? demand.places.first?.lowerBound ?? 0 : 0
        for number in (start / ChunkGeometry.blocksPerChunk)..<geometry.chunkCount {
            guard let chunk = geometry.chunk(at: number) else { return nil }
            var bits = ledger.verifiedMask(of: chunk).bits
            for other in others { bits |= other.mask(of: chunk).bits }
            let mask = BlockMask(bits: bits)
            let lost = geometry.blocks(of: chunk).first { block in
                Int(block.number) >= start && !mask.contains(slot: block.slot)
            }
            if let lost { return geometry.byteRange(of: lost).lowerBound }
        }
        return nil
    }
}

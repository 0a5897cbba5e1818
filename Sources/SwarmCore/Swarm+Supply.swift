// Can a film still be seen to its end when whoever had all of it is gone?

public import PartyModel

extension Swarm {
    /// The first byte of an item, from where this peer's player reads on, that neither this peer nor
    /// anybody connected has; `nil` when the rest is all here, or the item is not known.
    ///
    /// What somebody has it has checked, so it has the roots as well.
    public func firstLostByte(of item: ItemID) -> Int64? {
        guard let ledger = items[item], !ledger.isComplete else { return nil }
        let start = item == demand.item ? demand.place?.lowerBound ?? 0 : 0
        for number in start..<ledger.geometry.blockCount {
            guard let block = ledger.geometry.block(at: number) else { return nil }
            if ledger[block] != .verified, ledger.holdings.holders(of: block).isEmpty {
                return ledger.geometry.byteRange(of: block).lowerBound
            }
        }
        return nil
    }

    /// Whether this peer has everything between where its player reads and this byte of an item.
    public func isPlayer(at byte: Int64, of item: ItemID) -> Bool {
        guard item == demand.item, let place = demand.place else { return false }
        let here = Int64(place.lowerBound) * Int64(ChunkGeometry.blockSize)
        return here + contiguousBytes(of: item, from: here) >= byte
    }
}

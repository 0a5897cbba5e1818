// The frames about chunks and blocks: who has what, who wants what, and the header of a block.

public import PartyModel

extension BitfieldPage: CanonicalValue {
    /// Appends item, first chunk, and the bits with their count in bytes.
    public func write(to writer: inout ByteWriter) {
        item.raw.write(to: &writer)
        writer.write(firstChunk)
        writer.write(UInt16(bits.count))
        writer.write(raw: bits)
    }

    /// The next page.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        let item = ItemID(try Bytes16(from: &reader))
        let firstChunk = try reader.read(UInt32.self)
        guard firstChunk.isMultiple(of: 8) else { throw .malformedValue(field: "first chunk") }
        let count = Int(try reader.read(UInt16.self))
        let limit = Limits.chunksPerBitfieldPage / 8
        guard count <= limit else { throw .countAboveLimit(count, limit: limit) }
        self.init(item: item, firstChunk: firstChunk, bits: Array(try reader.read(count: count)))
    }
}

extension Have: CanonicalValue {
    /// Appends item and news.
    public func write(to writer: inout ByteWriter) {
        item.raw.write(to: &writer)
        writer.write(entries)
    }

    /// The next news.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        let item = ItemID(try Bytes16(from: &reader))
        let entries = try reader.readArray(of: Entry.self, limit: Limits.chunksPerHave)
        guard !entries.isEmpty else { throw .malformedValue(field: "have") }
        self.init(item: item, entries: entries)
    }
}

extension BlockRequest: CanonicalValue {
    /// Appends item, urgency and runs.
    public func write(to writer: inout ByteWriter) {
        item.raw.write(to: &writer)
        writer.write(isUrgent)
        writer.write(runs)
    }

    /// The next request, cancel or reject.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        let item = ItemID(try Bytes16(from: &reader))
        let isUrgent = try reader.readFlag()
        let runs = try reader.readArray(of: Run.self, limit: Limits.runsPerRequest)
        guard !runs.isEmpty else { throw .malformedValue(field: "runs") }
        self.init(item: item, runs: runs, isUrgent: isUrgent)
    }
}

extension BlockHeader: CanonicalValue {
    /// Appends item, block, relay flag and leaves.
    public func write(to writer: inout ByteWriter) {
        item.raw.write(to: &writer)
        writer.write(block)
        writer.write(relay)
        writer.write(leaves)
    }

    /// The next header; the block's bytes follow it.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        let item = ItemID(try Bytes16(from: &reader))
        let block = try reader.read(UInt32.self)
        let relay = try reader.readFlag()
        let leaves = try reader.readArray(of: LeafHash.self, limit: ChunkGeometry.blocksPerChunk)
        guard !leaves.isEmpty else { throw .malformedValue(field: "leaves") }
        self.init(item: item, block: block, relay: relay, leaves: leaves)
    }
}

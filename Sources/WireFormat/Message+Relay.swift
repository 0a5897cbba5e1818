// The frames about passing blocks on: the host's orders, and who reaches whom.

public import PartyModel

extension RelayOrder: CanonicalValue {
    /// Appends item, block and both lists.
    public func write(to writer: inout ByteWriter) {
        item.raw.write(to: &writer)
        writer.write(block)
        writer.write(first.map(\.raw))
        writer.write(others.map(\.raw))
    }

    /// The next order.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        self.init(
            item: ItemID(try Bytes16(from: &reader)), block: try reader.read(UInt32.self),
            first: try reader.readArray(of: Bytes16.self, limit: Limits.members).map(PeerID.init),
            others: try reader.readArray(of: Bytes16.self, limit: Limits.members).map(PeerID.init))
    }
}

extension Reach: CanonicalValue {
    /// Appends the guests.
    public func write(to writer: inout ByteWriter) { writer.write(peers.map(\.raw)) }

    /// The next guests.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        self.init(
            peers: try reader.readArray(of: Bytes16.self, limit: Limits.members).map(PeerID.init))
    }
}

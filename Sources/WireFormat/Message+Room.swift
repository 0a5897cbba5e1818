// The frames about who is here and how they are doing. Roster, playlist and timeline are signed, and
// have their one form in bytes where they are signed: in the model.

public import PartyModel

extension Introduction: CanonicalValue {
    /// Appends name, kind and addresses.
    public func write(to writer: inout ByteWriter) {
        writer.write(name, limit: Limits.nameBytes)
        writer.write(isHeadless)
        writer.write(addresses)
    }

    /// The next introduction.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        self.init(
            name: try reader.readText(limit: Limits.nameBytes),
            isHeadless: try reader.readFlag(), addresses: try reader.readAddresses())
    }
}

extension Welcome: CanonicalValue {
    /// Appends credential and prefetch ranges.
    public func write(to writer: inout ByteWriter) {
        credential.write(to: &writer)
        writer.write(prefetch)
    }

    /// The next welcome.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        self.init(
            credential: try Signed<Member>(from: &reader),
            prefetch: try reader.readArray(of: Prefetch.self, limit: Limits.prefetchRanges))
    }
}

extension PeerStatus: CanonicalValue {
    /// Appends item, position, buffer in nanoseconds, and whether the player is stalled.
    public func write(to writer: inout ByteWriter) {
        item.raw.write(to: &writer)
        position.write(to: &writer)
        writer.write(buffered.wholeNanoseconds)
        writer.write(isStalled)
    }

    /// The next status.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        let item = ItemID(try Bytes16(from: &reader))
        let position = try MediaPosition(from: &reader)
        let buffered = try reader.read(Int64.self)
        guard buffered >= 0 else { throw .malformedValue(field: "buffer") }
        self.init(
            item: item, position: position, buffered: .nanoseconds(buffered),
            isStalled: try reader.readFlag())
    }
}

extension Bye: CanonicalValue {
    /// Appends kind and reason.
    public func write(to writer: inout ByteWriter) {
        writer.write(kind.rawValue)
        writer.write(reason, limit: Limits.reasonBytes)
    }

    /// The next good-bye.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        guard let kind = Kind(rawValue: try reader.read(UInt8.self)) else {
            throw .malformedValue(field: "bye")
        }
        self.init(kind: kind, reason: try reader.readText(limit: Limits.reasonBytes))
    }
}

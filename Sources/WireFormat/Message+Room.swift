// The frames about who is here and how they are doing. Roster, playlist, rules, timeline and holds are signed, and
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
    /// Appends item, position, buffer in nanoseconds, whether the player is stalled, at the end, its
    /// user ready, when it runs dry, how long seeks take it, and how well it follows.
    public func write(to writer: inout ByteWriter) {
        item.raw.write(to: &writer)
        position.write(to: &writer)
        writer.write(buffered.wholeNanoseconds)
        writer.write(isStalled)
        writer.write(isAtEnd)
        writer.write(isReady)
        writer.write(span: runsDry)
        writer.write(span: landing)
        writer.write(sync)
    }

    /// The next status.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        let item = ItemID(try Bytes16(from: &reader))
        let position = try MediaPosition(from: &reader)
        self.init(
            item: item, position: position, buffered: try reader.readSpan(field: "buffer"),
            isStalled: try reader.readFlag(), isAtEnd: try reader.readFlag(),
            isReady: try reader.readFlag(), runsDry: try reader.readOptionalSpan(field: "runs dry"),
            landing: try reader.readOptionalSpan(field: "landing"),
            sync: try reader.readFlag() ? try SyncReport(from: &reader) : nil)
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

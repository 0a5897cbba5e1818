// The two frames before a connection is proven.

public import PartyModel

extension Hello: CanonicalValue {
    /// Appends version, purpose and nonce.
    public func write(to writer: inout ByteWriter) {
        writer.write(version)
        writer.write(purpose.rawValue)
        nonce.write(to: &writer)
    }

    /// The next first frame.
    ///
    /// These fields stay where they are in every version, and what a newer one appends is skipped:
    /// a peer is told which version it should have, not that it broke a rule.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        let version = try reader.read(UInt16.self)
        guard let purpose = ConnectionPurpose(rawValue: try reader.read(UInt8.self)) else {
            throw .malformedValue(field: "purpose")
        }
        self.init(version: version, purpose: purpose, nonce: try Bytes32(from: &reader))
        if version > Hello.current { _ = try reader.read(count: reader.remaining) }
    }
}

extension Proof: CanonicalValue {
    /// Appends code and credential.
    public func write(to writer: inout ByteWriter) {
        code.write(to: &writer)
        writer.write(credential)
    }

    /// The next second frame.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        self.init(
            code: try Bytes32(from: &reader),
            credential: try reader.readOptional(Signed<Member>.self))
    }
}

// The frame that says what its sender wants to be sent.

public import PartyModel

extension Appetite: CanonicalValue {
    /// Appends one byte.
    public func write(to writer: inout ByteWriter) { writer.write(takesUnasked) }

    /// The next appetite.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        self.init(takesUnasked: try reader.readFlag())
    }
}

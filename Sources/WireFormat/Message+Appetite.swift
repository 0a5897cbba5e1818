// The frame that says what its sender wants to be sent.

public import PartyModel

extension Appetite: CanonicalValue {
    /// Appends one byte.
    public func write(to writer: inout ByteWriter) { writer.write(rawValue) }

    /// The next appetite.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        guard let appetite = Appetite(rawValue: try reader.read(UInt8.self)) else {
            throw .malformedValue(field: "appetite")
        }
        self = appetite
    }
}

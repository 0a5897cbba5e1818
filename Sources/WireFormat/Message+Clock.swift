// The frames that compare clocks.

public import PartyModel

extension Ping: CanonicalValue {
    /// Appends the time.
    public func write(to writer: inout ByteWriter) { writer.write(sent.nanoseconds) }

    /// The next question.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        self.init(sent: MonotonicInstant(nanoseconds: try reader.read(Int64.self)))
    }
}

extension Pong: CanonicalValue {
    /// Appends the three times.
    public func write(to writer: inout ByteWriter) {
        for instant in [sent, arrived, answered] { writer.write(instant.nanoseconds) }
    }

    /// The next answer.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        self.init(
            sent: MonotonicInstant(nanoseconds: try reader.read(Int64.self)),
            arrived: MonotonicInstant(nanoseconds: try reader.read(Int64.self)),
            answered: MonotonicInstant(nanoseconds: try reader.read(Int64.self)))
    }
}

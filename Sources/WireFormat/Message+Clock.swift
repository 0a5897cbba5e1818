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
    /// Appends the three times, and the room's time if it is known.
    public func write(to writer: inout ByteWriter) {
        for instant in [sent, arrived, answered] { writer.write(instant.nanoseconds) }
        writer.write(roomOffset != nil)
        if let roomOffset { writer.write(roomOffset.wholeNanoseconds) }
    }

    /// The next answer.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        self.init(
            sent: MonotonicInstant(nanoseconds: try reader.read(Int64.self)),
            arrived: MonotonicInstant(nanoseconds: try reader.read(Int64.self)),
            answered: MonotonicInstant(nanoseconds: try reader.read(Int64.self)),
            roomOffset: try reader.readFlag() ? .nanoseconds(try reader.read(Int64.self)) : nil)
    }
}

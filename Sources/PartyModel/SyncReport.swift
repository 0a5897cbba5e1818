// How well a viewer's player follows the room, for the others to see.

/// One viewer's place against the room, and what is known of the clocks.
public struct SyncReport: Hashable, CanonicalValue {
    /// How far the player is behind the room, in time on the clock; `nil` while it does not move.
    public let error: Duration?
    /// How much faster than the room it runs to come to where the room is, in millionths.
    public let trim: Int32
    /// The room's clock less the viewer's; zero at whoever keeps it.
    public let offset: Duration
    /// How far the offset may be from the truth.
    public let clockError: Duration
    /// The shortest way to the room's clock and back; zero at whoever keeps it.
    public let roundTrip: Duration

    /// A report with these values.
    public init(
        error: Duration?, trim: Int32, offset: Duration, clockError: Duration, roundTrip: Duration
    ) {
        self.error = error
        self.trim = trim
        self.offset = offset
        self.clockError = clockError
        self.roundTrip = roundTrip
    }

    /// Appends all values.
    public func write(to writer: inout ByteWriter) {
        writer.write(error != nil)
        if let error { writer.write(error.wholeNanoseconds) }
        writer.write(UInt32(bitPattern: trim))
        writer.write(offset.wholeNanoseconds)
        writer.write(clockError.wholeNanoseconds)
        writer.write(roundTrip.wholeNanoseconds)
    }

    /// The next report.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        error = try reader.readFlag() ? .nanoseconds(try reader.read(Int64.self)) : nil
        trim = Int32(bitPattern: try reader.read(UInt32.self))
        offset = .nanoseconds(try reader.read(Int64.self))
        clockError = .nanoseconds(try reader.read(Int64.self))
        roundTrip = .nanoseconds(try reader.read(Int64.self))
    }
}

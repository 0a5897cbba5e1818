// How values become bytes, everywhere: on the wire, under a signature and in files. Integers are
// big-endian and of fixed width, sequences carry their count first. Reading never traps: whatever
// the bytes, it returns a value or throws a `WireViolation`.

/// A rule of the protocol that some bytes break; reason enough to drop whoever sent them.
public enum WireViolation: Error, Hashable, Sendable {
    /// The bytes end inside a value.
    case truncated
    /// Bytes are left over after the value.
    case trailingBytes(Int)
    /// A frame is longer than its type may be.
    case oversizedFrame(type: UInt8, length: Int)
    /// No frame has this type.
    case unknownType(UInt8)
    /// A frame of this type has no place on the connection, or not yet.
    case misplacedType(UInt8)
    /// A count of values or bytes is above its limit.
    case countAboveLimit(Int, limit: Int)
    /// A text is no UTF-8.
    case malformedText
    /// A value that the field cannot have.
    case malformedValue(field: String)
}

/// Appends values to bytes.
public struct ByteWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []

    /// An empty writer.
    public init() {}

    /// Appends an integer, most significant byte first.
    public mutating func write<Integer: FixedWidthInteger>(_ integer: Integer) {
        for shift in stride(from: Integer.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: integer >> shift))
        }
    }

    /// Appends bytes as they are.
    public mutating func write(raw newBytes: some Sequence<UInt8>) { bytes += newBytes }

    /// Appends one byte, 1 or 0.
    public mutating func write(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    /// Appends a text: two bytes of length, then UTF-8, cut at a character to at most
    /// `limit` bytes.
    public mutating func write(_ text: String, limit: Int) {
        let fitting = text.clipped(toUTF8Count: limit)
        write(UInt16(fitting.utf8.count))
        bytes += fitting.utf8
    }

    /// Appends a count in two bytes and then each value.
    public mutating func write<Value: CanonicalValue>(_ values: [Value]) {
        write(UInt16(values.count))
        for value in values { value.write(to: &self) }
    }

    /// Appends a 1 and the value, or a 0.
    public mutating func write<Value: CanonicalValue>(_ value: Value?) {
        write(value != nil)
        value?.write(to: &self)
    }
}

/// Takes values from the front of bytes.
public struct ByteReader: Sendable {
    private var rest: ArraySlice<UInt8>

    /// A reader over these bytes.
    public init(_ bytes: some Sequence<UInt8>) { rest = ArraySlice(bytes) }

    /// Bytes not read yet.
    public var remaining: Int { rest.count }

    /// The next integer, most significant byte first.
    public mutating func read<Integer: FixedWidthInteger>(
        _ type: Integer.Type
    ) throws(WireViolation) -> Integer {
        var value: Integer = 0
        for byte in try read(count: Integer.bitWidth / 8) {
            value = value << 8 | Integer(truncatingIfNeeded: byte)
        }
        return value
    }

    /// The next `count` bytes.
    public mutating func read(count: Int) throws(WireViolation) -> ArraySlice<UInt8> {
        guard count >= 0, count <= rest.count else { throw .truncated }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// The next byte as a flag.
    public mutating func readFlag() throws(WireViolation) -> Bool {
        switch try read(UInt8.self) {
        case 0: false
        case 1: true
        case _: throw .malformedValue(field: "flag")
        }
    }

    /// The next text, at most `limit` bytes of UTF-8.
    public mutating func readText(limit: Int) throws(WireViolation) -> String {
        let count = Int(try read(UInt16.self))
        guard count <= limit else { throw .countAboveLimit(count, limit: limit) }
        guard let text = String(validating: try read(count: count), as: UTF8.self) else {
            throw .malformedText
        }
        return text
    }

    /// The next values, at most `limit` of them.
    public mutating func readArray<Value: CanonicalValue>(
        of type: Value.Type, limit: Int
    ) throws(WireViolation) -> [Value] {
        let count = Int(try read(UInt16.self))
        guard count <= limit else { throw .countAboveLimit(count, limit: limit) }
        var values: [Value] = []
        for _ in 0..<count { values.append(try Value(from: &self)) }
        return values
    }

    /// The next value, or `nil` where its absence is written.
    public mutating func readOptional<Value: CanonicalValue>(
        _ type: Value.Type
    ) throws(WireViolation) -> Value? {
        try readFlag() ? try Value(from: &self) : nil
    }

    /// Nothing; throws when bytes are left.
    public func finish() throws(WireViolation) {
        guard rest.isEmpty else { throw .trailingBytes(rest.count) }
    }
}

/// A value with exactly one form in bytes.
public protocol CanonicalValue: Sendable {
    /// Appends the value's bytes.
    func write(to writer: inout ByteWriter)
    /// Takes the value from the front of the reader's bytes.
    init(from reader: inout ByteReader) throws(WireViolation)
}

extension CanonicalValue {
    /// The value's bytes.
    public var canonicalBytes: [UInt8] {
        var writer = ByteWriter()
        write(to: &writer)
        return writer.bytes
    }

    /// The value that these bytes, and all of them, stand for.
    public init(canonicalBytes bytes: some Sequence<UInt8>) throws(WireViolation) {
        var reader = ByteReader(bytes)
        self = try Self(from: &reader)
        try reader.finish()
    }
}

extension String {
    /// The longest prefix of whole characters that fits into `limit` bytes of UTF-8.
    public func clipped(toUTF8Count limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var clipped = ""
        var count = 0
        for character in self {
            count += character.utf8.count
            guard count <= limit else { break }
            clipped.append(character)
        }
        return clipped
    }
}

extension Bytes16: CanonicalValue {
    /// Appends the sixteen bytes.
    public func write(to writer: inout ByteWriter) {
        writer.write(high)
        writer.write(low)
    }

    /// The next sixteen bytes.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        self.init(high: try reader.read(UInt64.self), low: try reader.read(UInt64.self))
    }
}

extension Bytes32: CanonicalValue {
    /// Appends the thirty-two bytes.
    public func write(to writer: inout ByteWriter) {
        for word in [first, second, third, fourth] { writer.write(word) }
    }

    /// The next thirty-two bytes.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        first = try reader.read(UInt64.self)
        second = try reader.read(UInt64.self)
        third = try reader.read(UInt64.self)
        fourth = try reader.read(UInt64.self)
    }
}

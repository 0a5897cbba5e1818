// Who and what is meant: one distinct type per kind of identifier, so that a peer is never passed
// where an item is wanted. All are fixed-size values without heap storage; their bytes are the ones
// that travel.

/// Sixteen bytes, ordered as an unsigned big-endian number.
public struct Bytes16: Hashable, Comparable, Sendable {
    let high: UInt64
    let low: UInt64

    /// The value of exactly sixteen bytes; `nil` for any other count.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        high = bytes.prefix(8).bigEndianValue
        low = bytes.dropFirst(8).bigEndianValue
    }

    /// The sixteen bytes, most significant first.
    public var bytes: [UInt8] { high.bigEndianBytes + low.bigEndianBytes }

    /// Numeric order.
    public static func < (left: Bytes16, right: Bytes16) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

/// Thirty-two bytes: a digest, a public key or a nonce.
public struct Bytes32: Hashable, Sendable {
    let first: UInt64
    let second: UInt64
    let third: UInt64
    let fourth: UInt64

    /// The value of exactly thirty-two bytes; `nil` for any other count.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        first = bytes.prefix(8).bigEndianValue
        second = bytes.dropFirst(8).prefix(8).bigEndianValue
        third = bytes.dropFirst(16).prefix(8).bigEndianValue
        fourth = bytes.dropFirst(24).bigEndianValue
    }

    /// The thirty-two bytes, in order.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        for word in [first, second, third, fourth] { bytes += word.bigEndianBytes }
        return bytes
    }
}

extension Collection<UInt8> {
    fileprivate var bigEndianValue: UInt64 { reduce(0) { $0 << 8 | UInt64($1) } }
}

extension FixedWidthInteger {
    /// The bytes of the number, most significant first.
    package var bigEndianBytes: [UInt8] {
        (0..<(Self.bitWidth / 8)).map {
            UInt8(truncatingIfNeeded: self >> (Self.bitWidth - 8 - 8 * $0))
        }
    }
}

extension Sequence<UInt8> {
    /// Lower-case hexadecimal, two digits per byte.
    package var hexadecimal: String {
        let digits = Array("0123456789abcdef")
        return String(flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}

/// One process in a room: the first sixteen bytes of the SHA-256 of its certificate.
public struct PeerID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The identifier's bytes.
    public let raw: Bytes16

    /// The peer with these bytes.
    public init(_ raw: Bytes16) { self.raw = raw }

    /// Numeric order of the bytes; decides which of two crossing connections stays.
    public static func < (left: PeerID, right: PeerID) -> Bool { left.raw < right.raw }

    /// Thirty-two hexadecimal digits.
    public var description: String { raw.bytes.hexadecimal }
}

/// One film, subtitle or font of a room: sixteen random bytes made by the host.
public struct ItemID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The identifier's bytes.
    public let raw: Bytes16

    /// The item with these bytes.
    public init(_ raw: Bytes16) { self.raw = raw }

    /// The item named by thirty-two hexadecimal digits, as in `peerwatch://` addresses.
    public init?(hexadecimal text: some StringProtocol) {
        let digits = Array(text.utf8)
        guard digits.count == 32, let bytes = [UInt8](hexadecimal: digits),
            let raw = Bytes16(bytes)
        else { return nil }
        self.raw = raw
    }

    /// Numeric order of the bytes; only there to make iteration deterministic.
    public static func < (left: ItemID, right: ItemID) -> Bool { left.raw < right.raw }

    /// Thirty-two hexadecimal digits.
    public var description: String { raw.bytes.hexadecimal }
}

extension [UInt8] {
    /// The bytes written as pairs of hexadecimal digits; `nil` where one is none.
    package init?(hexadecimal digits: [UInt8]) {
        guard digits.count.isMultiple(of: 2) else { return nil }
        self = []
        for pair in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.value(ofDigit: digits[pair]),
                let low = Self.value(ofDigit: digits[pair + 1])
            else { return nil }
            append(high << 4 | low)
        }
    }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// SHA-256 of a peer's certificate in DER form.
public struct CertificateFingerprint: Hashable, Sendable {
    /// The digest.
    public let raw: Bytes32

    /// The fingerprint with these bytes.
    public init(_ raw: Bytes32) { self.raw = raw }

    /// The peer that holds the certificate.
    public var peer: PeerID { PeerID(raw.leadingHalf) }
}

extension Bytes32 {
    /// The first sixteen bytes.
    var leadingHalf: Bytes16 { Bytes16(high: first, low: second) }
}

extension Bytes16 {
    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// The room's name and the key that signs what must be trusted whoever passes it on: an Ed25519
/// public key.
public struct RoomKey: Hashable, Sendable, CustomStringConvertible {
    /// The public key's bytes.
    public let raw: Bytes32

    /// The room with this public key.
    public init(_ raw: Bytes32) { self.raw = raw }

    /// Sixty-four hexadecimal digits.
    public var description: String { raw.bytes.hexadecimal }
}

/// What proves membership of a room: sixteen random bytes, never sent.
///
/// It has no description, so that it cannot end up in a log.
public struct RoomSecret: Hashable, Sendable {
    /// The secret's bytes.
    public let raw: Bytes16

    /// The secret with these bytes.
    public init(_ raw: Bytes16) { self.raw = raw }
}

/// A member's P-256 public key in compressed form; checks what the member signs.
public struct MemberKey: Hashable, CanonicalValue {
    /// Thirty-three bytes: the sign byte and the x coordinate.
    public let bytes: [UInt8]

    /// Bytes in a compressed P-256 point.
    public static let byteCount = 33

    /// The key with these bytes; `nil` unless there are thirty-three.
    ///
    /// Whether they are a point of the curve shows when a signature is checked.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Appends the bytes.
    public func write(to writer: inout ByteWriter) { writer.write(raw: bytes) }

    /// The next thirty-three bytes.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        bytes = Array(try reader.read(count: Self.byteCount))
    }
}

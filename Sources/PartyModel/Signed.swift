// What can be passed on by anyone and checked by everyone: content with a signature over its one
// form in bytes, behind a context that keeps the kinds of content apart.

public import Crypto

/// Content that is signed.
///
/// The context is different for every kind.
public protocol SignedContent: CanonicalValue {
    /// Names the kind of content and the protocol's version.
    static var signatureContext: String { get }
}

extension SignedContent {
    /// What the signature covers: the context, a zero byte, the content.
    public var signedBytes: [UInt8] {
        Array(Self.signatureContext.utf8) + [0] + canonicalBytes
    }
}

/// A signature of sixty-four bytes: Ed25519, or P-256 as r ‖ s.
public struct Signature: Hashable, CanonicalValue {
    /// Bytes in a signature of either kind.
    public static let byteCount = 64

    /// The signature's bytes.
    public let bytes: [UInt8]

    /// The signature with these bytes; `nil` unless there are sixty-four.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Appends the bytes.
    public func write(to writer: inout ByteWriter) { writer.write(raw: bytes) }

    /// The next sixty-four bytes.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        bytes = Array(try reader.read(count: Self.byteCount))
    }
}

/// Content and a signature that claims to cover it.
///
/// Nothing is checked until it is asked for.
public struct Signed<Content: SignedContent>: CanonicalValue {
    /// What is claimed.
    public let content: Content
    /// The signature over ``SignedContent/signedBytes``.
    public let signature: Signature

    /// Content with the signature it came with.
    public init(content: Content, signature: Signature) {
        self.content = content
        self.signature = signature
    }

    /// Signs with the room's key; throws what the cryptography throws.
    public init(
        signing content: Content, with key: Curve25519.Signing.PrivateKey
    ) throws {
        let bytes = Array(try key.signature(for: content.signedBytes))
        guard let signature = Signature(bytes) else {
            preconditionFailure("an Ed25519 signature has sixty-four bytes")
        }
        self.init(content: content, signature: signature)
    }

    /// Signs with a member's key; throws what the cryptography throws.
    public init(signing content: Content, with key: P256.Signing.PrivateKey) throws {
        let bytes = Array(try key.signature(for: content.signedBytes).rawRepresentation)
        guard let signature = Signature(bytes) else {
            preconditionFailure("a P-256 signature has sixty-four bytes")
        }
        self.init(content: content, signature: signature)
    }

    /// Whether the room's key made the signature.
    public func isSigned(by room: RoomKey) -> Bool {
        guard
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: room.raw.bytes)
        else { return false }
        return key.isValidSignature(signature.bytes, for: content.signedBytes)
    }

    /// Whether this member's key made the signature.
    public func isSigned(by member: MemberKey) -> Bool {
        guard
            let key = try? P256.Signing.PublicKey(compressedRepresentation: member.bytes),
            let parsed = try? P256.Signing.ECDSASignature(rawRepresentation: signature.bytes)
        else { return false }
        return key.isValidSignature(parsed, for: content.signedBytes)
    }

    /// Appends content and signature.
    public func write(to writer: inout ByteWriter) {
        content.write(to: &writer)
        signature.write(to: &writer)
    }

    /// The next content and signature.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        content = try Content(from: &reader)
        signature = try Signature(from: &reader)
    }
}

extension Signed: Equatable where Content: Equatable {}
extension Signed: Hashable where Content: Hashable {}

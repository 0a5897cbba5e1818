// The two private keys a process may hold: the room's, if it hosts, and its own.

public import Crypto

/// Signs what must be trusted no matter who passes it on.
///
/// Only the host has it.
public struct RoomSigningKey: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    /// The room this key speaks for.
    public let room: RoomKey

    /// A room key from the cryptography's own.
    public init(_ key: Curve25519.Signing.PrivateKey) {
        guard let raw = Bytes32(Array(key.publicKey.rawRepresentation)) else {
            preconditionFailure("an Ed25519 public key has thirty-two bytes")
        }
        self.key = key
        room = RoomKey(raw)
    }

    /// Content with the room's signature.
    public func sign<Content>(_ content: Content) -> Signed<Content> {
        do {
            return try Signed(signing: content, with: key)
        } catch {
            preconditionFailure("Ed25519 signs everything: \(error)")
        }
    }
}

/// Signs what this member wants and says.
public struct MemberSigningKey: Sendable {
    private let key: P256.Signing.PrivateKey

    /// A member's key from the cryptography's own.
    public init(_ key: P256.Signing.PrivateKey) { self.key = key }

    /// Content with the member's signature.
    public func sign<Content>(_ content: Content) -> Signed<Content> {
        do {
            return try Signed(signing: content, with: key)
        } catch {
            preconditionFailure("P-256 signs everything: \(error)")
        }
    }
}

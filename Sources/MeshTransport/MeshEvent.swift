// What the mesh tells the running party, and of whom.

public import NIOCore
public import PartyModel

/// A peer at the other end of a proven connection.
public struct RemotePeer: Hashable, Sendable {
    /// The digest of its certificate.
    public let fingerprint: CertificateFingerprint
    /// Checks what it signs.
    public let key: MemberKey
    /// Whether the room key signed its certificate.
    public let isHost: Bool
    /// The entry it showed when it dialled, checked against the room key and its certificate.
    public let credential: Signed<Member>?
    /// Where the connection comes from or goes to, as this machine sees it.
    public let address: PeerAddress

    /// Its peer identifier.
    public var peer: PeerID { fingerprint.peer }
}

/// What happens in the mesh.
///
/// A peer's events come in this order: connected, then bulkReady, messages and blocks in any order
/// that keeps each connection's own, then disconnected, exactly once.
public enum MeshEvent: Sendable {
    /// A peer is proven, and its control connection is up. `dialled`: this side made it.
    case connected(RemotePeer, dialled: Bool)
    /// The connection for blocks is up as well. Blocks sent before went over the first.
    case bulkReady(PeerID)
    /// A peer said something; never a bye, which comes with ``disconnected(_:reason:bye:)``.
    case message(Message, from: PeerID)
    /// A peer sent a block; nothing of it is checked but its size.
    case block(BlockHeader, ByteBuffer, from: PeerID)
    /// The kernel has taken the last byte of the oldest block not reported yet; `bytes` counts
    /// the block alone.
    case blockSent(to: PeerID, bytes: Int)
    /// Both connections to a peer are no more. `bye`: what it said before.
    case disconnected(PeerID, reason: ConnectionEnd, bye: Bye?)
    /// Somebody came who did not prove to be a member; for the log.
    case refusedStranger(reason: String, address: PeerAddress)
}

/// No address of a peer led to it.
public struct PeerUnreachable: Error, Hashable, Sendable {
    /// What was tried; empty when none of the addresses may be dialled.
    public let attempts: [PartyError.DialFailure]
}

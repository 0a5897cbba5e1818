// Why a connection is no more, in terms a program can act on and in words for people.

public import PartyModel
public import WireFormat

/// Why a connection ended.
public enum ConnectionEnd: Error, Hashable, Sendable {
    /// This side closed it.
    case closedHere
    /// The other side closed it.
    case closedThere
    /// The network gave up; why, without a full stop.
    case lost(String)
    /// No TLS session of our kind came to be: the other side is something else.
    case notPeerWatch
    /// The two did not accept each other.
    case refused(HandshakeFailure)
    /// The other side broke a rule of the protocol.
    case brokeRule(WireViolation)
    /// The other side took too long over the handshake.
    case tooSlow
    /// The other side does not take what it is sent.
    case notReading
    /// Another connection to the same peer took its place.
    case replaced
}

extension ConnectionEnd: CustomStringConvertible {
    /// A few words without a full stop.
    public var description: String {
        switch self {
        case .closedHere: "closed here"
        case .closedThere: "closed by the other side"
        case .lost(let reason): reason
        case .notPeerWatch: "something other than PeerWatch answers"
        case .refused(let failure): failure.description
        case .brokeRule(let violation): "broke the protocol (\(violation))"
        case .tooSlow: "the handshake took too long"
        case .notReading: "does not read what it is sent"
        case .replaced: "replaced by another connection"
        }
    }
}

extension HandshakeFailure {
    /// A few words without a full stop.
    var description: String {
        switch self {
        case .versionMismatch(let theirs): "speaks protocol version \(theirs)"
        case .hostIsSomeoneElse: "is not the host of this room"
        case .unexpectedPeer: "is another peer than expected"
        case .proofInvalid: "does not know the room's secret"
        case .proofRefused: "does not accept the token"
        case .notAMember: "is not a member of the room"
        case .outOfOrder: "broke the order of the handshake"
        case .hungUp: "closed the connection"
        }
    }
}

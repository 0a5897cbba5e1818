// All that the room can be told, and all that it can tell its shell.

public import PartyModel

/// What happened, for the room to decide on.
public enum RoomEvent: Sendable {
    /// A control connection is up and proven.
    case connected(PeerID, isHost: Bool)
    /// A peer said who it is.
    case introduced(Introduction, by: Newcomer)
    /// The host, or who keeps the room, took us in.
    case welcomed(Welcome, from: PeerID)
    /// Who is here, by anyone's word with the room's signature.
    case roster(Signed<Roster>)
    /// Who is here while the host is away, by anyone's word with the keeper's signature.
    case keptRoster(KeptRoster)
    /// What we watch, by anyone's word with the room's signature.
    case playlist(Signed<Playlist>)
    /// What somebody wants to play, by anyone's word with the author's signature.
    case timeline(Signed<Intent>, from: PeerID)
    /// Who cannot play on, by anyone's word with that peer's signature.
    case hold(Signed<Hold>, from: PeerID)
    /// Who may do what, by anyone's word with the room's signature.
    case rules(Signed<RoomRules>)
    /// How a viewer is doing, by its own word.
    case status(PeerStatus, from: PeerID)
    /// How long a word to a peer and back takes.
    case roundTripMeasured(PeerID, Duration)
    /// How our player is doing.
    case looked(PlayerCondition)
    /// Our user is ready for the start, or not.
    case readied(Bool)
    /// What somebody says, by anyone's word with the author's signature.
    case chat(Signed<Chat>, from: PeerID)
    /// Our user says something.
    case said(Remark)
    /// A peer said that it leaves for good; `disconnected` follows.
    case left(PeerID)
    /// A control connection is gone.
    case disconnected(PeerID)
    /// Dialling a member came to nothing.
    case dialFailed(PeerID)
    /// Our user or player wants a change; the time is the room's.
    case wished(Wish, at: RoomInstant)
    /// The host's film can start; the time is the room's.
    case started(at: MediaPosition, RoomInstant)
    /// What the host's player read before its first frame.
    case prefetchKnown([Welcome.Prefetch])
    /// Time passed; see ``RoomDirective/wake(at:)``.
    case tick
}

/// A proven peer that introduces itself.
public struct Newcomer: Hashable, Sendable {
    /// The digest of its certificate in this session.
    public let fingerprint: CertificateFingerprint
    /// The public key of that certificate.
    public let key: MemberKey
    /// Its address as seen from here, with the port it listens on, when that is known.
    public let observed: PeerAddress?

    /// A peer with these properties.
    public init(fingerprint: CertificateFingerprint, key: MemberKey, observed: PeerAddress?) {
        self.fingerprint = fingerprint
        self.key = key
        self.observed = observed
    }
}

/// What the shell is to do.
///
/// Directives are carried out in order.
public enum RoomDirective: Hashable, Sendable {
    /// Send a message to one peer.
    case send(Message, to: PeerID)
    /// Say good-bye and end the connection.
    case refuse(PeerID, Bye)
    /// Show this entry of ours to those we dial.
    case carryCredential(Signed<Member>)
    /// Connect to a member; answer with `connected` or `dialFailed`.
    case dial(Member)
    /// Connect to the host again; answer with `connected` or `dialFailed`.
    case dialHost(PeerID)
    /// A member is new here.
    case memberJoined(Member)
    /// A member is gone.
    case memberLeft(Member)
    /// A member's connection is lost, or there again.
    case memberReachable(Member, Bool)
    /// This peer keeps the room from now on: its clock is the room's, and it takes in newcomers.
    case keeper(PeerID)
    /// The playlist is another one now.
    case adopt(Playlist)
    /// Fetch these first.
    case prefetch([Welcome.Prefetch])
    /// The player follows this from now on.
    case follow(Course)
    /// Our user may not do that: the player goes back to this, and the user is told.
    case undo(Course)
    /// Our user's play counted as being ready: the player goes back to this.
    case countAsReady(Course)
    /// Look at the player now, and answer with `looked`.
    case lookAtPlayer
    /// Show what somebody says, be it our user.
    case heard(Chat)
    /// Our user says more than others would hear: it was not sent.
    case unheard(Remark)
    /// Send a `tick` at this time; the newest one counts.
    case wake(at: MonotonicInstant)
}

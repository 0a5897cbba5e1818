// Whose word counts for what: who is here, what is watched, what the host allows.
//
// Invariant: nothing in here depends on time, so that everybody who knows the same rules, members and
// keeper judges a word the same way, whenever it comes.

public import PartyModel

/// What a wish or a hold is checked against.
public struct Authority: Sendable {
    /// Everybody the room's key signed.
    let members: [Member]
    /// What may be played.
    let playlist: Playlist?
    /// Who may do what; `nil` until the host has said so.
    let rules: RoomRules?
    /// Who keeps the room's clock.
    let keeper: PeerID?

    /// Whether the film has not begun, and only the keeper starts it.
    let isLobby: Bool

    /// The word of these people under these rules.
    public init(
        members: [Member], playlist: Playlist?, rules: RoomRules?, keeper: PeerID?, isLobby: Bool
    ) {
        self.members = members
        self.playlist = playlist
        self.rules = rules
        self.keeper = keeper
        self.isLobby = isLobby
    }

    func member(_ peer: PeerID) -> Member? { members.first { $0.peer == peer } }

    /// Whether this peer may change what plays.
    func mayControl(_ peer: PeerID) -> Bool {
        guard let rules else { return false }
        return rules.control == .everyone || peer == keeper
    }

    func allows(_ intent: Intent) -> Bool {
        guard intent.author != keeper else { return true }
        // Only the keeper goes on by itself.
        return mayControl(intent.author) && !intent.isAutomatic && (intent.isPaused || !isLobby)
    }

    func allows(_ hold: Hold, of author: Member) -> Bool {
        rules?.waits == .everyone && !author.isHeadless
    }
}

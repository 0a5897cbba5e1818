// Who passes a block on to whom, where it is not simply its first receiver to everybody: the host's
// orders to guests, and what the host has to know for them.

/// The host's word to a guest: when it has this block, it is to pass it on to these.
public struct RelayOrder: Hashable, Sendable {
    /// The item.
    public let item: ItemID
    /// The block's number, as written; check it against the item before using it.
    public let block: UInt32
    /// Those who pass it on further, and so come first; at most ``Limits/members``.
    public let first: [PeerID]
    /// All others it is to go to; at most ``Limits/members``.
    public let others: [PeerID]

    /// The order to pass a block on.
    ///
    /// - Precondition: neither list is longer than ``Limits/members``.
    public init(item: ItemID, block: UInt32, first: [PeerID], others: [PeerID]) {
        precondition(first.count <= Limits.members && others.count <= Limits.members)
        self.item = item
        self.block = block
        self.first = first
        self.others = others
    }
}

/// Which guests the sender is connected to, all of them.
public struct Reach: Hashable, Sendable {
    /// The guests; at most ``Limits/members``.
    public let peers: [PeerID]

    /// Connected to these.
    ///
    /// - Precondition: there are at most ``Limits/members``.
    public init(peers: [PeerID]) {
        precondition(peers.count <= Limits.members)
        self.peers = peers
    }
}

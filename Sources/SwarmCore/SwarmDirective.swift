// All that the swarm can be told, and all that it can tell its shell.

public import PartyModel

/// What happened, for the swarm to decide on.
public enum SwarmEvent: Sendable {
    /// An item is known.
    case itemAdded(ItemID, ChunkGeometry, SwarmHolding)
    /// This item plays now, and these follow. `isWatched`: a player is about to open it here, and what it
    /// reads first must not wait behind anything else; `firstReads`: what that is, as far as it is
    /// known.
    case turned(
        to: ItemID, followers: [ItemID], isWatched: Bool = false, firstReads: [Range<Int64>] = [])
    /// The player reads these bytes of an item.
    case playerReads(ItemID, Range<Int64>)
    /// The player shows the item: from here on it wants all of it.
    case playerOpened(ItemID)
    /// The player jumps; its next read is somewhere else.
    case playerSought(ItemID)

    /// A peer can be asked and served.
    case peerJoined(PeerID, isHost: Bool)
    /// A peer is gone.
    case peerLeft(PeerID)
    /// What may be sent to all peers together that are not on this LAN, in bytes per second; `nil`
    /// for as much as goes.
    case paced(bytesPerSecond: Double?)
    /// Whether a peer is on this LAN, where no line has to be shared.
    case located(PeerID, isLocal: Bool)
    /// The round trip to a peer was measured.
    case roundTripMeasured(PeerID, Duration)

    /// A peer said what it has.
    case bitfield(BitfieldPage, from: PeerID)
    /// A peer said what it has now.
    case have(Have, from: PeerID)
    /// A peer asked for blocks.
    case request(BlockRequest, from: PeerID)
    /// A peer is about to ask for these bytes of an item: its player opens it.
    case anticipated(by: PeerID, ItemID, [Range<Int64>])
    /// A peer said whether it wants blocks that it did not ask for.
    case appetite(Appetite, of: PeerID)
    /// A peer took requests back.
    case cancel(BlockRequest, from: PeerID)
    /// A peer will not send what it was asked for.
    case reject(BlockRequest, from: PeerID)

    /// The host wants a block passed on.
    case ordered(RelayOrder, by: PeerID)
    /// A guest said which guests it is connected to.
    case reaches(Reach, by: PeerID)

    /// A block's bytes came in; `relay`: to be passed on.
    case blockArrived(ItemID, block: UInt32, byteCount: Int, relay: Bool, from: PeerID)
    /// A block was checked and stored.
    case blockStored(BlockAddress)
    /// A block did not match its hash; the peer sent it.
    case blockMismatched(BlockAddress, from: PeerID)
    /// A block could not be kept though nothing is wrong with it (no space to hold it).
    case blockDropped(BlockAddress, from: PeerID)
    /// A block left for a peer.
    case blockSent(BlockAddress, to: PeerID)
    /// A block could not be read, and will not be sent.
    case blockUnreadable(BlockAddress, to: PeerID)

    /// Downloading pauses or goes on (a full disk).
    case downloadPaused(Bool)
    /// Time passed; see ``SwarmDirective/wake(at:)``.
    case tick
}

/// What of an item is here from the start.
public enum SwarmHolding: Hashable, Sendable {
    /// All of it: this peer hosts it.
    case everything
    /// Nothing yet; blocks of an earlier run turn up as `blockStored`.
    case nothing
}

/// What the shell is to do.
///
/// Directives are carried out in order.
public enum SwarmDirective: Hashable, Sendable {
    /// Send a message on the control connection.
    case send(Message, to: PeerID)
    /// Read a block and send it, to be passed on or not; answer with `blockSent` or
    /// `blockUnreadable`.
    case upload(BlockAddress, to: PeerID, relay: Bool)
    /// Check and store the block that just arrived; answer with `blockStored`, `blockMismatched`
    /// or `blockDropped`.
    case store(BlockAddress, from: PeerID)
    /// Forget the block that just arrived: it is here already.
    case discard(BlockAddress)
    /// End the connection: the peer broke a rule.
    case drop(PeerID, Bye)
    /// An item is whole now.
    case completed(ItemID)
    /// Send a `tick` at this time; the newest one counts.
    case wake(at: MonotonicInstant)
}

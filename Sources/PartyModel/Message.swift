// What peers say to each other once connected. The cores read and write these; WireFormat turns them
// into frames. A block's bytes are not here: they never pass through a core.

/// What a connection is for.
public enum ConnectionPurpose: UInt8, Hashable, Sendable {
    /// Everything but blocks.
    case control = 1
    /// Blocks, and nothing else.
    case bulk = 2
}

/// The first frame of either side: what a stranger may know.
public struct Hello: Hashable, Sendable {
    /// The protocol's version; see ``current``.
    public let version: UInt16
    /// What the dialler wants the connection for; the listener repeats it.
    public let purpose: ConnectionPurpose
    /// Thirty-two fresh random bytes.
    public let nonce: Bytes32

    /// The version this program speaks.
    public static let current: UInt16 = 1

    /// A first frame with these properties.
    public init(
        version: UInt16 = Hello.current, purpose: ConnectionPurpose, nonce: Bytes32
    ) {
        self.version = version
        self.purpose = purpose
        self.nonce = nonce
    }
}

/// The second frame of either side: that the sender knows the room's secret in this very session.
public struct Proof: Hashable, Sendable {
    /// HMAC-SHA-256 under a key derived from secret, room and role.
    public let code: Bytes32
    /// From a guest to anybody but the host: its own entry, signed by the room, or by who kept it.
    ///
    /// It may be newer than the listener's roster, and is all that a newcomer knows of who answers it
    /// while the host is away.
    public let credential: Signed<Member>?

    /// A proof with these properties.
    public init(code: Bytes32, credential: Signed<Member>?) {
        self.code = code
        self.credential = credential
    }
}

/// What a guest says of itself to the host, on the control connection, right behind its proof; and
/// to whoever keeps the room while the host is away.
public struct Introduction: Hashable, Sendable {
    /// How it wants to be called.
    public let name: String
    /// Whether nobody watches there.
    public let isHeadless: Bool
    /// Where it listens; at most ``Limits/addressesPerMember`` in ``Limits/addressBytesPerMember``.
    public let addresses: [PeerAddress]

    /// An introduction with these properties.
    public init(name: String, isHeadless: Bool, addresses: [PeerAddress]) {
        self.name = name.clipped(toUTF8Count: Limits.nameBytes)
        self.isHeadless = isHeadless
        self.addresses = addresses.fittingOneMember
    }
}

/// The answer of the host, or of who keeps the room, to a new member's introduction.
public struct Welcome: Hashable, Sendable {
    /// The member's own entry, to show to others.
    public let credential: Signed<Member>
    /// What of the current film a player reads before its first frame, most needed first.
    public let prefetch: [Prefetch]

    /// Bytes of an item that a player reads before its first frame.
    public struct Prefetch: Hashable, CanonicalValue {
        /// The item.
        public let item: ItemID
        /// The first byte.
        public let offset: Int64
        /// How many bytes.
        public let length: Int64

        /// The bytes.
        public var range: Range<Int64> { offset..<offset + length }

        /// The range of `length` bytes from `offset`.
        ///
        /// - Precondition: the range is not empty and could lie in an item.
        public init(item: ItemID, offset: Int64, length: Int64) {
            precondition(offset >= 0 && offset <= Limits.itemSize)
            precondition(length > 0 && length <= Limits.itemSize)
            self.item = item
            self.offset = offset
            self.length = length
        }

        /// Appends item and range.
        public func write(to writer: inout ByteWriter) {
            item.raw.write(to: &writer)
            writer.write(offset)
            writer.write(length)
        }

        /// The next item and range.
        public init(from reader: inout ByteReader) throws(WireViolation) {
            item = ItemID(try Bytes16(from: &reader))
            offset = try reader.read(Int64.self)
            length = try reader.read(Int64.self)
            guard offset >= 0, length > 0, offset <= Limits.itemSize, length <= Limits.itemSize
            else { throw .malformedValue(field: "prefetch range") }
        }
    }

    /// A welcome with these properties.
    public init(credential: Signed<Member>, prefetch: [Prefetch]) {
        self.credential = credential
        self.prefetch = Array(prefetch.prefix(Limits.prefetchRanges))
    }
}

/// Which whole chunks of an item the sender has, from one chunk on.
public struct BitfieldPage: Hashable, Sendable {
    /// The item.
    public let item: ItemID
    /// The chunk of the first bit; a multiple of eight.
    public let firstChunk: UInt32
    /// One bit per chunk, most significant first; at most ``Limits/chunksPerBitfieldPage`` bits.
    public let bits: [UInt8]

    /// A page with these bits.
    ///
    /// - Precondition: `firstChunk` is a multiple of eight and the bits fit one page.
    public init(item: ItemID, firstChunk: UInt32, bits: [UInt8]) {
        precondition(firstChunk.isMultiple(of: 8))
        precondition(bits.count <= Limits.chunksPerBitfieldPage / 8)
        self.item = item
        self.firstChunk = firstChunk
        self.bits = bits
    }
}

/// News of what the sender has: for each chunk, all its blocks that are there.
public struct Have: Hashable, Sendable {
    /// One chunk and its blocks.
    public struct Entry: Hashable, CanonicalValue {
        /// The chunk's number, as written; check it against the item before using it.
        public let chunk: UInt32
        /// The blocks of the chunk that the sender has.
        public let blocks: BlockMask

        /// The blocks of one chunk.
        public init(chunk: UInt32, blocks: BlockMask) {
            self.chunk = chunk
            self.blocks = blocks
        }

        /// Appends number and mask.
        public func write(to writer: inout ByteWriter) {
            writer.write(chunk)
            writer.write(blocks.bits)
        }

        /// The next number and mask.
        public init(from reader: inout ByteReader) throws(WireViolation) {
            chunk = try reader.read(UInt32.self)
            blocks = BlockMask(bits: try reader.read(UInt8.self))
        }
    }

    /// The item.
    public let item: ItemID
    /// The news: 1 to ``Limits/chunksPerHave``.
    public let entries: [Entry]

    /// News of an item.
    ///
    /// - Precondition: there are 1 to ``Limits/chunksPerHave`` entries.
    public init(item: ItemID, entries: [Entry]) {
        precondition(!entries.isEmpty && entries.count <= Limits.chunksPerHave)
        self.item = item
        self.entries = entries
    }
}

/// Runs of blocks of one item that are asked for, no longer wanted, or refused.
public struct BlockRequest: Hashable, Sendable {
    /// Consecutive blocks.
    public struct Run: Hashable, CanonicalValue {
        /// The first block's number, as written; check it against the item before using it.
        public let first: UInt32
        /// How many blocks, at least one.
        public let count: UInt16

        /// The run of `count` blocks from `first`.
        ///
        /// - Precondition: there is at least one.
        public init(first: UInt32, count: UInt16) {
            precondition(count > 0)
            self.first = first
            self.count = count
        }

        /// Appends first and count.
        public func write(to writer: inout ByteWriter) {
            writer.write(first)
            writer.write(count)
        }

        /// The next first and count.
        public init(from reader: inout ByteReader) throws(WireViolation) {
            first = try reader.read(UInt32.self)
            count = try reader.read(UInt16.self)
            guard count > 0 else { throw .malformedValue(field: "run length") }
        }
    }

    /// The item.
    public let item: ItemID
    /// The blocks: 1 to ``Limits/runsPerRequest`` runs.
    public let runs: [Run]
    /// Whether a player waits for them: they go before all that are not urgent.
    ///
    /// Meaningless in a cancel or reject.
    public let isUrgent: Bool

    /// The blocks `runs` of `item`.
    ///
    /// - Precondition: there are 1 to ``Limits/runsPerRequest`` runs.
    public init(item: ItemID, runs: [Run], isUrgent: Bool = false) {
        precondition(!runs.isEmpty && runs.count <= Limits.runsPerRequest)
        self.item = item
        self.runs = runs
        self.isUrgent = isUrgent
    }
}

/// What a block frame says of the bytes that follow.
public struct BlockHeader: Hashable, Sendable {
    /// Which block.
    public let item: ItemID
    /// The block's number, as written; check it against the item before using it.
    public let block: UInt32
    /// Whether the receiver is to pass it on to the others.
    public let relay: Bool
    /// The leaves of the block's whole chunk, so that each block is checked alone.
    public let leaves: [LeafHash]

    /// A header with these properties.
    ///
    /// - Precondition: there are 1 to ``ChunkGeometry/blocksPerChunk`` leaves.
    public init(item: ItemID, block: UInt32, relay: Bool, leaves: [LeafHash]) {
        precondition(!leaves.isEmpty && leaves.count <= ChunkGeometry.blocksPerChunk)
        self.item = item
        self.block = block
        self.relay = relay
        self.leaves = leaves
    }
}

/// How a viewer is doing.
public struct PeerStatus: Hashable, Sendable {
    /// What its player has open.
    public let item: ItemID
    /// Where its player is.
    public let position: MediaPosition
    /// How much it could play without receiving anything more; never negative.
    public let buffered: Duration
    /// Whether its player stands still because nothing is left to play.
    public let isStalled: Bool
    /// Whether it stands at the end of the item.
    public let isAtEnd: Bool
    /// Whether its user said to be ready for the start.
    public let isReady: Bool
    /// When nothing will be left to play, if all goes on as lately; `nil` when that is not near;
    /// never negative.
    public let runsDry: Duration?
    /// How long seeks have taken its player lately, until it could move on; `nil` before the first;
    /// never negative.
    public let landing: Duration?
    /// How well its player follows; `nil` before it knows the room's clock.
    public let sync: SyncReport?

    /// A status with these properties.
    public init(
        item: ItemID, position: MediaPosition, buffered: Duration, isStalled: Bool,
        isAtEnd: Bool = false, isReady: Bool = false, runsDry: Duration? = nil,
        landing: Duration? = nil, sync: SyncReport? = nil
    ) {
        self.item = item
        self.position = position
        self.buffered = max(.zero, buffered)
        self.isStalled = isStalled
        self.isAtEnd = isAtEnd
        self.isReady = isReady
        self.runsDry = runsDry.map { max(.zero, $0) }
        self.landing = landing.map { max(.zero, $0) }
        self.sync = sync
    }
}

/// A question for the other's clock.
public struct Ping: Hashable, Sendable {
    /// When it was sent, on the sender's monotonic clock.
    public let sent: MonotonicInstant

    /// A question sent at this time.
    public init(sent: MonotonicInstant) { self.sent = sent }
}

/// The answer: with the time it arrives, four timestamps.
public struct Pong: Hashable, Sendable {
    /// The question's own time.
    public let sent: MonotonicInstant
    /// When the question arrived, on the answerer's monotonic clock.
    public let arrived: MonotonicInstant
    /// When the answer left, on the answerer's monotonic clock.
    public let answered: MonotonicInstant
    /// The room's time less the answerer's monotonic clock, as far as it knows.
    ///
    /// Whoever keeps the room's clock sets it; everybody else learnt it.
    public let roomOffset: Duration?

    /// An answer with these times.
    public init(
        sent: MonotonicInstant, arrived: MonotonicInstant, answered: MonotonicInstant,
        roomOffset: Duration? = nil
    ) {
        self.sent = sent
        self.arrived = arrived
        self.answered = answered
        self.roomOffset = roomOffset
    }
}

/// Why a connection ends, said before it does.
public struct Bye: Hashable, Sendable {
    /// The kinds of reason a program can act on.
    public enum Kind: UInt8, Hashable, Sendable {
        /// The sender leaves the room.
        case leaving = 1
        /// The room has as many members as it takes.
        case roomFull = 2
        /// The host's film changed or cannot be read any more: the room ends.
        case filmLost = 3
        /// The receiver broke a rule.
        case violation = 4
        /// Another connection to the same peer stays.
        case duplicate = 5
    }

    /// The kind.
    public let kind: Kind
    /// A sentence for people; may be empty.
    public let reason: String

    /// A reason of this kind.
    public init(kind: Kind, reason: String = "") {
        self.kind = kind
        self.reason = reason.clipped(toUTF8Count: Limits.reasonBytes)
    }
}

/// Everything said on a control connection after the handshake.
public enum Message: Hashable, Sendable {
    /// Who I am (to who keeps the room).
    case introduction(Introduction)
    /// You are a member now (from who keeps the room).
    case welcome(Welcome)
    /// Who is here (signed by the room).
    case roster(Signed<Roster>)
    /// Who is here while the host is away (signed by who keeps the room).
    case keptRoster(KeptRoster)
    /// What we watch (signed by the room).
    case playlist(Signed<Playlist>)
    /// What the chunks hash to (signed by the room).
    case roots(Signed<RootList>)
    /// Whole chunks I have of an item, a page of them; adds to what I said before.
    case bitfield(BitfieldPage)
    /// What I have of these chunks now; replaces what I said of them before.
    case have(Have)
    /// Send me these; each block is answered once, by itself or by a reject.
    case request(BlockRequest)
    /// I do not need these any more; those not sent yet come back as a reject.
    case cancel(BlockRequest)
    /// You will not get these from me; or, where I had not asked for them, I did not keep them.
    case reject(BlockRequest)
    /// Pass this block on to these when you have it (from the host to guests).
    case relay(RelayOrder)
    /// These guests I am connected to (from guests to the host).
    case reach(Reach)
    /// Whether I want blocks that I did not ask for.
    case appetite(Appetite)
    /// What somebody wants to play (signed by its author).
    case timeline(Signed<Intent>)
    /// Who cannot play on (signed by that very peer).
    case hold(Signed<Hold>)
    /// Who may do what here (signed by the room).
    case rules(Signed<RoomRules>)
    /// How I am doing.
    case status(PeerStatus)
    /// What somebody says (signed by its author).
    case chat(Signed<Chat>)
    /// What time is it?
    case ping(Ping)
    /// This late.
    case pong(Pong)
    /// Good-bye.
    case bye(Bye)
}

// What people want to see: the room's timeline is the newest intent anybody had.

/// A wish for what plays: which item, where, since when, how fast or not at all.
///
/// A register in which the last writer wins: by revision; of two with the same one a user's wish
/// before what the keeper of the clock does by itself; then by author. Playing, the position at room
/// time t is `anchor + speed · (t − since)`, and never before the anchor.
public struct Intent: Hashable, SignedContent {
    /// Keeps signatures over intents apart from all others.
    public static let signatureContext = "peerwatch/1 timeline"

    /// Grows by one with every wish.
    public let revision: UInt64
    /// Whose wish it is.
    public let author: PeerID
    /// What plays.
    public let item: ItemID
    /// The position at ``since``.
    public let anchor: MediaPosition
    /// When the position is the anchor.
    public let since: RoomInstant
    /// How fast it runs when not paused.
    public let speed: PlaybackSpeed
    /// Whether it stands still at the anchor.
    public let isPaused: Bool
    /// Whether nobody wished it: the keeper of the clock goes on after a wait, at the end of a film,
    /// or when all are ready.
    public let isAutomatic: Bool
    /// Whom the room does not wait for; at most ``Limits/members``, in order.
    public let excused: [PeerID]

    /// A wish with these properties.
    public init(
        revision: UInt64, author: PeerID, item: ItemID, anchor: MediaPosition, since: RoomInstant,
        speed: PlaybackSpeed, isPaused: Bool, isAutomatic: Bool = false,
        excused: Set<PeerID> = []
    ) {
        self.revision = revision
        self.author = author
        self.item = item
        self.anchor = anchor
        self.since = since
        self.speed = speed
        self.isPaused = isPaused
        self.isAutomatic = isAutomatic
        self.excused = Array(excused.sorted().prefix(Limits.members))
    }

    /// Where the film is at room time `now`.
    public func position(at now: RoomInstant) -> MediaPosition {
        guard !isPaused, now > since else { return anchor }
        return MediaPosition(seconds: anchor.seconds + (now - since).inSeconds * speed.factor)
    }

    /// Whether this wish replaces `other`.
    public func supersedes(_ other: Intent) -> Bool {
        guard revision == other.revision else { return revision > other.revision }
        guard isAutomatic == other.isAutomatic else { return other.isAutomatic }
        guard author == other.author else { return author > other.author }
        // Two different wishes with one number: only a liar's, and still one of them has to count.
        return other.canonicalBytes.lexicographicallyPrecedes(canonicalBytes)
    }

    /// Appends all properties.
    public func write(to writer: inout ByteWriter) {
        writer.write(revision)
        author.raw.write(to: &writer)
        item.raw.write(to: &writer)
        anchor.write(to: &writer)
        writer.write(since.nanoseconds)
        writer.write(speed.millionths)
        writer.write(isPaused)
        writer.write(isAutomatic)
        writer.write(excused.map(\.raw))
    }

    /// The next wish.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        revision = try reader.read(UInt64.self)
        author = PeerID(try Bytes16(from: &reader))
        item = ItemID(try Bytes16(from: &reader))
        anchor = try MediaPosition(from: &reader)
        since = RoomInstant(nanoseconds: try reader.read(Int64.self))
        let millionths = try reader.read(UInt32.self)
        guard PlaybackSpeed.allowed.contains(millionths) else {
            throw .malformedValue(field: "speed")
        }
        speed = PlaybackSpeed(millionths: millionths)
        isPaused = try reader.readFlag()
        isAutomatic = try reader.readFlag()
        excused = try reader.readArray(of: Bytes16.self, limit: Limits.members).map(PeerID.init)
        guard zip(excused, excused.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw .malformedValue(field: "excused")
        }
    }
}

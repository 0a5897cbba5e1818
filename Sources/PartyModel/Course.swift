// What plays, once everything that has a say in it is merged: the one thing a player follows.

/// Where the film is at any room time, until the next course.
///
/// Moving, the position at room time t is `anchor + speed · (t − since)`, and never before the anchor:
/// a course whose ``since`` lies ahead stands at its anchor and starts for everybody at that instant.
public struct Course: Hashable, Sendable {
    /// Of the wish behind it.
    public let revision: UInt64
    /// Whose wish that is.
    public let author: PeerID
    /// What plays.
    public let item: ItemID
    /// The position at ``since``.
    public let anchor: MediaPosition
    /// When the position is the anchor; may lie ahead.
    public let since: RoomInstant
    /// How fast it runs when it moves.
    public let speed: PlaybackSpeed
    /// Whether it stands at the anchor, because somebody paused it or is being waited for.
    public let isStanding: Bool

    /// A course with these properties.
    public init(
        revision: UInt64, author: PeerID, item: ItemID, anchor: MediaPosition, since: RoomInstant,
        speed: PlaybackSpeed, isStanding: Bool
    ) {
        self.revision = revision
        self.author = author
        self.item = item
        self.anchor = anchor
        self.since = since
        self.speed = speed
        self.isStanding = isStanding
    }

    /// The course of a wish that nothing stands in the way of.
    public init(_ intent: Intent) {
        self.init(
            revision: intent.revision, author: intent.author, item: intent.item,
            anchor: intent.anchor, since: intent.since, speed: intent.speed,
            isStanding: intent.isPaused)
    }

    /// Where the film is at room time `now`.
    public func position(at now: RoomInstant) -> MediaPosition {
        guard !isStanding, now > since else { return anchor }
        return MediaPosition(seconds: anchor.seconds + (now - since).inSeconds * speed.factor)
    }
}

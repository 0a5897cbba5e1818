// How this peer's player is doing, as far as the others are concerned by it.

public import PartyModel

/// One look at our player.
public struct PlayerCondition: Hashable, Sendable {
    /// What the player is at.
    public enum Activity: Hashable, Sendable {
        /// It opens the film.
        case opening
        /// It looks for the frame of a seek.
        case seeking
        /// It has nothing left to play.
        case stalled
        /// It plays, or could.
        case able
        /// It stands at the end of the film.
        case ended
    }

    /// What it has open, or opens.
    public let item: ItemID
    /// What it is at.
    public let activity: Activity
    /// Where it is.
    public let position: MediaPosition
    /// How much it could play without receiving anything more.
    public let buffered: Duration
    /// Whether that reaches to the end of the film.
    public let hasRest: Bool
    /// How long seeks have taken it lately; `nil` before the first.
    public let landing: Duration?
    /// When it will be where the seek under way goes; `nil` when nobody can tell.
    public let lands: RoomInstant?

    /// A look with these findings.
    public init(
        item: ItemID, activity: Activity, position: MediaPosition, buffered: Duration,
        hasRest: Bool, landing: Duration? = nil, lands: RoomInstant? = nil
    ) {
        self.item = item
        self.activity = activity
        self.position = position
        self.buffered = buffered
        self.hasRest = hasRest
        self.landing = landing
        self.lands = lands
    }

    /// Enough to go on with: less, and the next stall is near.
    static let enough = Duration.seconds(2)

    /// Whether the room could go on with this player.
    var canPlayOn: Bool {
        switch activity {
        case .opening, .seeking: false
        case .ended: true
        case .stalled, .able: hasRest || buffered >= Self.enough
        }
    }

    /// Whether nothing moves here although the room does.
    var isDry: Bool {
        switch activity {
        case .opening, .seeking, .stalled: true
        case .able, .ended: false
        }
    }

    /// Whether this player is where the room is, and can stay there.
    func isInStep(with course: Course, at now: RoomInstant) -> Bool {
        guard item == course.item, canPlayOn else { return false }
        return activity == .ended || isBeside(course, at: now)
    }

    /// Whether this player moves where the room does, for as long as it can.
    func plays(beside course: Course, at now: RoomInstant) -> Bool {
        item == course.item && activity == .able && isBeside(course, at: now)
    }

    private func isBeside(_ course: Course, at now: RoomInstant) -> Bool {
        let distance = abs(position.nanoseconds - course.position(at: now).nanoseconds)
        return .nanoseconds(distance) <= Self.inStep
    }

    /// What counts as being where the room is: what a player may be off before it is moved.
    static let inStep = Duration.seconds(1)
}

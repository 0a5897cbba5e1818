// How this peer's player follows the room, and what its user wants of the room.
//
// The room's course says where the film is at any moment. Whatever moves a player by more than a
// trim of its speed goes one way: it is stopped, put on a frame, and released at the instant the room
// comes by that frame (a ``Rendezvous``). So do a play, a seek, a late joiner, and a player that is
// too far off. All starts are therefore alike, and what a start costs is learnt.
//
// Invariants: a change the follower commanded is never reported as the user's. A player is never
// set going while it is sought, and never shows another frame than the room's while the room stands.

public import PartyModel

/// The follower: events in, directives out.
public struct Follower: Sendable {
    /// Further off than this a player is put right by a seek, whatever else it does.
    public static let tolerance = Duration.milliseconds(1_500)
    /// Further off than this it is put right by a seek while everybody expects things to move: at
    /// first, and where the speed may not be touched.
    public static let freshTolerance = Duration.milliseconds(150)
    /// How long that is after a start that followed a join, a wait or a stall.
    public static let freshTime = Duration.seconds(5)
    /// So often in a row what was put right too late is put right again: where film always comes too
    /// late, each time costs a standstill for nothing.
    static let lateRepairsAllowed = 3
    /// With each beyond that the time between two seeks doubles, up to a minute.
    static let doublings = 5
    /// Whoever came too late aims further ahead than would have done, by as much again and this at the
    /// most: so that the room waits for it from then on, it has 2 s of film when it starts, also over a
    /// line that carries two thirds of it.
    static let lateReserve = Duration.seconds(3)
    /// For so long after the last stall, or what came too late, that is kept in mind.
    static let lateMemory = Duration.seconds(30)
    /// Nobody stands longer than this to be in step afterwards; a room waits no longer either.
    static let longestLead = Duration.seconds(15)
    /// Between two seeks to put right the same thing.
    public static let seekInterval = Duration.seconds(2)
    /// Between two seeks where the speed may not be touched.
    public static let seekIntervalUntrimmed = Duration.seconds(10)
    /// A paused player is one that shows another frame: half of one at 120 Hz.
    static let frameTolerance = Duration.milliseconds(4)
    /// mpv's exact seek takes a frame that is earlier than asked for by up to this.
    static let seekSlack = Duration.milliseconds(5)
    /// A seek of the user's that goes less far is told when it has landed: stepping back by a frame
    /// does not say before where to.
    static let shortSeek = Duration.milliseconds(500)
    /// How long a frame is where the film does not say.
    static let usualFrame = Duration.milliseconds(42)
    /// Film over a shorter round trip than this is on the same LAN, and comes as fast as from a disk: it
    /// is opened just where it is to be.
    public static let nearby = Duration.milliseconds(3)
    /// A newcomer opens the film so far ahead, to be there in time when the room comes by: opening took
    /// 50 to 90 ms from the disk, and takes some round trips from afar, for the head, the index and the
    /// place, of which each is known only when the one before is there.
    private static let openingLead = Duration.milliseconds(500)
    private static let openingRoundTrips = 6
    /// How far ahead of the room a newcomer opens the film that gets it over that round trip.
    public static func openingLead(over roundTrip: Duration) -> Duration {
        openingLead + roundTrip * openingRoundTrips
    }
    /// The same to go somewhere else in an open film.
    static let meetingRoundTrips = 2
    /// Where nobody else follows, the room is put where the player is when they differ by more.
    static let leadTolerance = Duration.milliseconds(40)
    /// A start that is so near is not moved any more.
    static let firmStart = Duration.milliseconds(20)
    /// A course that began longer ago is no start any more.
    static let startAge = Duration.seconds(1)

    /// Stand at a position, and go on from there when the room's time has come.
    struct Rendezvous: Hashable, Sendable {
        let position: MediaPosition
        let at: RoomInstant
        /// Whether it puts right a start that went wrong; such a start is not put right again.
        var isRepair = false
    }

    /// What the player is made to do.
    enum Phase: Hashable, Sendable {
        /// Nothing is open.
        case closed
        /// The film opens, at a position the room is expected to come by.
        case opening(Rendezvous?)
        /// It stands where the room does.
        case standing
        /// It stands until the room comes by.
        case held(Rendezvous)
        /// It moves with the room.
        case running
    }

    /// What plays in the room.
    public internal(set) var course: Course?
    /// What the player has open; `nil` while it opens.
    public internal(set) var openItem: ItemID?
    /// How far the player is behind the room, in time on the clock, as last measured; `nil` while
    /// it does not move.
    public internal(set) var error: Duration?

    /// How long it takes at the least until film that is asked for comes: the round trip to who has it;
    /// zero where it is here.
    public var supplyRoundTrip = Duration.zero

    /// Whose player this is.
    let me: PeerID
    /// Whether the room goes by this player, and not the other way round: so it is when a film starts
    /// at once, for then nobody else is there.
    var leads = false
    /// What plays when its time has come, where it goes on from where the course is then.
    var upcoming: Course?
    var duration: MediaPosition?
    var requestedItem: ItemID?
    var phase = Phase.closed
    var pause = ExpectedChanges(current: true)
    var speed = ExpectedChanges(current: PlaybackSpeed.normal)
    var keepsPitch: Bool?
    var controller = DriftController()
    var latency = StartLatency()
    var landingTime = LandingTime()
    var scrub = SeekCoalescer()
    var jumps = JumpMemory()

    var isSeeking = false
    var seekBeganAt: MonotonicInstant?
    var ownSeeks = OwnSeeks()
    /// Whether the seek under way is the user's and the room does not know of it.
    var isUserSeek = false
    var isAtEnd = false
    var isStalled = false
    var last: Reading?
    /// The player at rest, as it is seen and heard since it came to rest; `nil` while it is not.
    var rest: Reading?
    /// Whether it came to rest by a seek.
    var isFresh = false
    /// When it was last touched: what was read before is old.
    var disturbedAt: MonotonicInstant?
    /// What it was put on, so that nothing is asked for twice.
    var alignedTo: MediaPosition?
    var pendingStart: MonotonicInstant?
    /// When that start should be, which may be past.
    var startDue: MonotonicInstant?
    /// When the user paused it or set it going last, as far as that can be told.
    var pressedAt: MonotonicInstant?
    var launch: StartLatency.Launch?
    var freshUntil: MonotonicInstant?
    /// How often in a row something was put right too late.
    var lateRepairs = 0
    /// When the player was sent to where it is to meet the room.
    var soughtAt: RoomInstant?
    /// How far ahead to aim after the last time that it was too late, and until when that counts.
    var lateLead: (lead: Duration, until: MonotonicInstant)?
    var lastSeek: MonotonicInstant?
    var alarm: MonotonicInstant?

    /// The follower of this peer's player, which has nothing open.
    public init(of me: PeerID) { self.me = me }

    /// How much faster than the room the player runs, to come to where it is: 0.005 is half a
    /// percent.
    public var trim: Double { controller.trim }

    /// How long seeks have taken lately, from being asked for until the film could move there;
    /// `nil` before the first.
    public var landing: Duration? {
        landingTime.usual.map { $0 + max(.zero, latency.expected(.fresh)) }
    }

    /// When the player will be where the seek under way goes; `nil` when there is none, or nothing
    /// is known of seeks.
    public var lands: MonotonicInstant? {
        guard isSeeking, let seekBeganAt, let landing else { return nil }
        return seekBeganAt + landing
    }

    /// Takes an event and returns what is to be done about it.
    ///
    /// - Parameters:
    ///   - event: what happened.
    ///   - now: when, on this machine's clock.
    ///   - roomNow: when, on the room's clock.
    public mutating func on(
        _ event: FollowerEvent, now: MonotonicInstant, roomNow: RoomInstant
    ) -> [FollowerDirective] {
        var turn = Turn(time: now, roomTime: roomNow)
        switch event {
        case .course(let new): follow(new, &turn)
        case .opened(let item, let reading): opened(item, reading, &turn)
        case .replaced: reopen(&turn)
        case .paused(let paused, let reading): heardPause(paused, reading, &turn)
        case .speed(let new): heardSpeed(new, &turn)
        case .seekBegan(let target): seekBegan(target, &turn)
        case .seekEnded(let reading, let waited): seekEnded(reading, waited: waited, &turn)
        case .atEnd(let atEnd): heardEnd(atEnd, &turn)
        case .duration(let duration): self.duration = duration
        case .measured(let reading): measured(reading, &turn)
        case .started(let at): started(at, &turn)
        case .answered: settle(&turn)
        case .frameStep(let count): step(by: count, &turn)
        case .nextItem: if let course { wish(.next(after: course.item), &turn) }
        case .previousItem: if let course { wish(.previous(before: course.item), &turn) }
        case .undoSeek: undo(&turn)
        case .tick: tick(&turn)
        }
        setAlarm(&turn)
        return turn.directives
    }

    /// One event's turn: when it is, and what is to be done.
    struct Turn {
        let time: MonotonicInstant
        let roomTime: RoomInstant
        var directives: [FollowerDirective] = []

        /// The room's time at an instant of ours near now.
        func room(at instant: MonotonicInstant) -> RoomInstant { roomTime + (instant - time) }

        /// Our time at an instant of the room's near now.
        func local(at instant: RoomInstant) -> MonotonicInstant { time + (instant - roomTime) }
    }

    /// How fast the player runs for the room, without any trim.
    var roomSpeed: PlaybackSpeed { course?.speed ?? .normal }

    /// Where the player is by now, as far as can be told.
    func estimate(_ turn: Turn) -> MediaPosition {
        if let rest { return rest.frame ?? rest.heard ?? .start }
        guard let last, let position = last.moving else { return course?.anchor ?? .start }
        guard case .running = phase, !isStalled, !isSeeking, !isAtEnd else { return position }
        let since = max(last.takenAt, disturbedAt ?? last.takenAt)
        let moved = (turn.time - since).inSeconds * speed.current.factor
        return MediaPosition(seconds: position.seconds + moved)
    }
}

// How this peer's player follows the room, and what its user wants of the room.
//
// The room's course says where the film is at any moment; the follower turns that into the fewest
// commands, and turns what the player does by itself into wishes of its user. It corrects by a seek
// and only beyond a tolerance.
//
// Invariant: a change the follower commanded is never reported as the user's.

public import PartyModel

/// What happened to the player, for the follower to decide on.
public enum FollowerEvent: Hashable, Sendable {
    /// This plays from now on; the room's time is given with every event.
    case course(Course)
    /// The player has opened an item and shows it, from here.
    case opened(ItemID, at: MediaPosition)
    /// The player reports its pause state.
    case paused(Bool)
    /// The player reports its speed.
    case speed(PlaybackSpeed)
    /// A seek begins, ours or not.
    case seekBegan
    /// Playback runs again after a seek, from here.
    case seekEnded(at: MediaPosition)
    /// The end of the film is reached or left.
    case atEnd(Bool)
    /// Where the player is: what is heard, or while it is paused the frame it shows.
    case measured(MediaPosition, isPaused: Bool, isStalled: Bool)
}

/// What the shell is to do.
public enum FollowerDirective: Hashable, Sendable {
    /// Open an item.
    case open(ItemID, at: MediaPosition, paused: Bool)
    /// Pause or play.
    case setPaused(Bool)
    /// Jump to exactly this position.
    case seek(MediaPosition)
    /// Run at this speed.
    case setSpeed(PlaybackSpeed)
    /// The user wants this of the room.
    case wish(Wish)
}

/// The follower: events in, directives out.
public struct Follower: Sendable {
    /// Beyond this a playing player is moved by a seek.
    ///
    /// Smaller differences would be heard more than seen.
    public static let tolerance = Duration.milliseconds(300)
    /// A paused player is moved when it shows another frame: less than half of one at 60 Hz.
    public static let pausedTolerance = Duration.milliseconds(8)
    /// Time for a seek to settle before the next one.
    public static let seekInterval = Duration.seconds(2)
    /// A seek of ours that never began (past the end, say) is no longer expected.
    static let seekPatience = Duration.seconds(2)

    /// What plays in the room.
    public private(set) var course: Course?
    /// What the player has open; `nil` while it opens.
    public private(set) var openItem: ItemID?
    private var requestedItem: ItemID?
    private var pause = ExpectedChanges(current: true)
    private var speed = ExpectedChanges(current: PlaybackSpeed.normal)
    private var expectedSeeks: [MonotonicInstant] = []
    private var isUserSeeking = false
    private var isSeeking = false
    private var isAtEnd = false
    private var lastSeek: MonotonicInstant?
    private var alignedRevision: UInt64?
    private var position = MediaPosition.start
    private var measuredAt: MonotonicInstant?
    private var isStalled = false
    /// Room minus player, as last measured; `nil` before.
    public private(set) var error: Duration?

    /// A follower whose player has nothing open.
    public init() {}

    /// Takes an event and returns what is to be done about it.
    ///
    /// - Parameters:
    ///   - event: what happened.
    ///   - now: when, on this machine's clock.
    ///   - roomNow: when, on the room's clock.
    public mutating func on(
        _ event: FollowerEvent, now: MonotonicInstant, roomNow: RoomInstant
    ) -> [FollowerDirective] {
        var directives: [FollowerDirective] = []
        switch event {
        case .course(let new):
            course = new
            apply(new, now: now, roomNow: roomNow, into: &directives)
        case .opened(let item, let position):
            open(item, at: position, now: now, roomNow: roomNow, into: &directives)
        case .paused(let paused):
            guard pause.report(paused, now: now), openItem != nil else { break }
            // Until the report the player was in the other state.
            let here = estimate(at: now, isPlaying: paused)
            note(here, now: now)
            directives.append(.wish(paused ? .pause(at: here) : .play(from: here)))
        case .speed(let new):
            guard speed.report(new, now: now), openItem != nil else { break }
            let here = estimate(at: now, isPlaying: !pause.current)
            directives.append(.wish(.speed(new, at: here)))
        case .seekBegan:
            isSeeking = true
            isAtEnd = false
            guard openItem != nil else { break }
            expectedSeeks.removeAll { now - $0 > Self.seekPatience }
            if expectedSeeks.isEmpty { isUserSeeking = true } else { expectedSeeks.removeFirst() }
        case .seekEnded(let position):
            isSeeking = false
            note(position, now: now)
            lastSeek = now
            guard isUserSeeking else { break }
            isUserSeeking = false
            directives.append(.wish(.seek(to: position)))
        case .atEnd(let atEnd):
            guard atEnd != isAtEnd else { break }
            isAtEnd = atEnd
        case .measured(let position, let isPaused, let isStalled):
            guard openItem == course?.item, !isSeeking else { break }
            self.isStalled = isStalled
            note(position, now: now)
            correct(isPaused: isPaused, now: now, roomNow: roomNow, into: &directives)
        }
        return directives
    }

    /// Brings the player to a new course.
    private mutating func apply(
        _ course: Course, now: MonotonicInstant, roomNow: RoomInstant,
        into directives: inout [FollowerDirective]
    ) {
        let target = course.position(at: roomNow)
        let wasPlaying = !pause.current
        guard course.item == requestedItem else {
            requestedItem = course.item
            openItem = nil
            isAtEnd = false
            expectedSeeks = []
            isUserSeeking = false
            pause.force(course.isStanding, now: now)
            directives.append(.open(course.item, at: target, paused: course.isStanding))
            return
        }
        guard openItem == course.item else { return }
        if speed.command(course.speed, now: now) { directives.append(.setSpeed(course.speed)) }
        if pause.command(course.isStanding, now: now) {
            directives.append(.setPaused(course.isStanding))
        }
        let tolerance = course.isStanding ? Self.pausedTolerance : Self.tolerance
        note(estimate(at: now, isPlaying: wasPlaying), now: now)
        if distance(to: target) > tolerance { seek(to: target, now: now, into: &directives) }
    }

    /// The item asked for is there: what changed meanwhile is made up for.
    private mutating func open(
        _ item: ItemID, at position: MediaPosition, now: MonotonicInstant, roomNow: RoomInstant,
        into directives: inout [FollowerDirective]
    ) {
        guard item == requestedItem, openItem == nil else { return }
        openItem = item
        isSeeking = false
        guard let course, course.item == item else { return }
        note(position, now: now)
        apply(course, now: now, roomNow: roomNow, into: &directives)
    }

    /// Brings a player that was just measured back to where the room is.
    private mutating func correct(
        isPaused: Bool, now: MonotonicInstant, roomNow: RoomInstant,
        into directives: inout [FollowerDirective]
    ) {
        guard let course else { return }
        let target = course.position(at: roomNow)
        error = .nanoseconds(target.nanoseconds - position.nanoseconds)
        if course.isStanding {
            guard isPaused, pause.current else { return }
            align(to: course, now: now, into: &directives)
        } else {
            let isSettled = lastSeek.map { now - $0 > Self.seekInterval } ?? true
            guard !pause.current, !isStalled, !isAtEnd, isSettled,
                distance(to: target) > Self.tolerance
            else { return }
            seek(to: target, now: now, into: &directives)
        }
    }

    /// Shows the frame everybody is to see, once the player has come to rest: the frame it rests on
    /// is seldom the one that its sound, until then all there is to go by, had led to expect.
    ///
    /// Once for each course: what lies between two frames cannot be met any better.
    private mutating func align(
        to course: Course, now: MonotonicInstant, into directives: inout [FollowerDirective]
    ) {
        expectedSeeks.removeAll { now - $0 > Self.seekPatience }
        guard expectedSeeks.isEmpty, alignedRevision != course.revision else { return }
        alignedRevision = course.revision
        guard distance(to: course.anchor) > Self.pausedTolerance else { return }
        seek(to: course.anchor, now: now, into: &directives)
    }

    private mutating func seek(
        to target: MediaPosition, now: MonotonicInstant, into directives: inout [FollowerDirective]
    ) {
        expectedSeeks.append(now)
        lastSeek = now
        note(target, now: now)
        directives.append(.seek(target))
    }

    private mutating func note(_ position: MediaPosition, now: MonotonicInstant) {
        self.position = position
        measuredAt = now
    }

    /// Where the player is by now, from where it was last seen.
    private func estimate(at now: MonotonicInstant, isPlaying: Bool) -> MediaPosition {
        guard isPlaying, !isStalled, !isSeeking, !isAtEnd, let measuredAt else { return position }
        let moved = (now - measuredAt).inSeconds * speed.current.factor
        return MediaPosition(seconds: position.seconds + moved)
    }

    private func distance(to target: MediaPosition) -> Duration {
        .nanoseconds(abs(target.nanoseconds - position.nanoseconds))
    }
}

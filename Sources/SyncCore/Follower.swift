// How this peer's player follows the room, and what its user wants of the room.
//
// The room's intent says where the film is at any moment; the follower turns that into the fewest
// commands, and turns what the player does by itself into wishes of its user. It corrects by a seek
// and only beyond a tolerance.
//
// Invariant: a change the follower commanded is never reported as the user's.

public import PartyModel

/// What happened to the player, for the follower to decide on.
public enum FollowerEvent: Hashable, Sendable {
    /// The room wants this; the room's time is given with every event.
    case intent(Intent)
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

    /// What the room wants.
    public private(set) var intent: Intent?
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
        case .intent(let new):
            intent = new
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
            if atEnd, let openItem, !(intent?.isPaused ?? true) {
                directives.append(.wish(.next(after: openItem)))
            }
        case .measured(let position, let isPaused, let isStalled):
            guard openItem == intent?.item, !isSeeking else { break }
            self.isStalled = isStalled
            note(position, now: now)
            correct(isPaused: isPaused, now: now, roomNow: roomNow, into: &directives)
        }
        return directives
    }

    /// Brings the player to a new intent.
    private mutating func apply(
        _ intent: Intent, now: MonotonicInstant, roomNow: RoomInstant,
        into directives: inout [FollowerDirective]
    ) {
        let target = intent.position(at: roomNow)
        let wasPlaying = !pause.current
        guard intent.item == requestedItem else {
            requestedItem = intent.item
            openItem = nil
            isAtEnd = false
            expectedSeeks = []
            isUserSeeking = false
            pause.force(intent.isPaused, now: now)
            directives.append(.open(intent.item, at: target, paused: intent.isPaused))
            return
        }
        guard openItem == intent.item else { return }
        if speed.command(intent.speed, now: now) { directives.append(.setSpeed(intent.speed)) }
        if pause.command(intent.isPaused, now: now) {
            directives.append(.setPaused(intent.isPaused))
        }
        let tolerance = intent.isPaused ? Self.pausedTolerance : Self.tolerance
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
        guard let intent, intent.item == item else { return }
        note(position, now: now)
        apply(intent, now: now, roomNow: roomNow, into: &directives)
    }

    /// Brings a player that was just measured back to where the room is.
    private mutating func correct(
        isPaused: Bool, now: MonotonicInstant, roomNow: RoomInstant,
        into directives: inout [FollowerDirective]
    ) {
        guard let intent else { return }
        let target = intent.position(at: roomNow)
        error = .nanoseconds(target.nanoseconds - position.nanoseconds)
        if intent.isPaused {
            guard isPaused, pause.current else { return }
            align(to: intent, now: now, into: &directives)
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
    /// Once for each intent: what lies between two frames cannot be met any better.
    private mutating func align(
        to intent: Intent, now: MonotonicInstant, into directives: inout [FollowerDirective]
    ) {
        expectedSeeks.removeAll { now - $0 > Self.seekPatience }
        guard expectedSeeks.isEmpty, alignedRevision != intent.revision else { return }
        alignedRevision = intent.revision
        guard distance(to: intent.anchor) > Self.pausedTolerance else { return }
        seek(to: intent.anchor, now: now, into: &directives)
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

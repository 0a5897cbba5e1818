// When this peer makes the room wait, and when no more.
//
// A viewer who was in step and has nothing left to play says so, once that has lasted; one who cannot
// play when the room is about to start says so beforehand. While the room stands for somebody,
// whoever could not play on either says so too, so that it starts once and for all. A viewer who has
// just come, or whom the room gave up waiting for, never stops it.
//
// Invariant: a word about a revision keeps its `since`, so that the frame everybody stands at stays.

import PartyModel

/// This peer's own entry among the holds.
struct OwnHold: Sendable {
    /// So long may a player be dry before the others are bothered: most gaps are shorter.
    static let grace = Duration.milliseconds(500)
    /// The same for a player that looks for a frame while the others play: it puts itself right, and
    /// only one that lacks film takes so long.
    static let seekingGrace = Duration.seconds(2)
    /// Between two words that say the same: several of them before one runs out.
    static let renewal = Duration.seconds(1)
    /// How long a word counts: whoever is silent for so long is not waited for.
    static let lifetime = Duration.seconds(3)
    /// Whoever lands so late is not waited for: a trimmed speed makes up for it in two seconds.
    static let lateLanding = Duration.milliseconds(40)
    /// A start that is further back than this was missed, and is no start any more.
    static let startPatience = Duration.seconds(1)
    /// Whoever has played beside the room for so long is in step, however little is buffered: over a
    /// line that barely carries the film there is never more.
    static let keptUp = Duration.seconds(3)

    private let author: PeerID
    private var sequence: UInt64 = 0
    /// What was said last.
    private var said: Hold?
    private var saidAt: RoomInstant?
    private var drySince: RoomInstant?
    /// Since when the player has been moving beside the room.
    private var besideSince: RoomInstant?
    /// The revision whose start was looked at.
    private var startSeen: UInt64 = 0
    /// Whether the room is to wait for this peer at all.
    private(set) var isInStep = false

    init(author: PeerID) { self.author = author }

    /// The connection to the room was lost: who comes back is a late joiner.
    mutating func lostTouch() {
        isInStep = false
        besideSince = nil
    }

    /// The word to be said now, if any.
    ///
    /// - Parameters:
    ///   - condition: how the player is doing.
    ///   - timeline: what plays.
    ///   - foresight: how the buffer has been growing.
    ///   - now: the room's time.
    ///   - notice: how long a word takes to the others.
    mutating func look(
        at condition: PlayerCondition, _ timeline: Timeline, foresight: Foresight,
        now: RoomInstant, notice: Duration
    ) -> Hold? {
        guard let intent = timeline.current?.content, let course = timeline.course else {
            return nil
        }
        noteWhetherInStep(condition, course, now)
        guard isInStep, !intent.isPaused, !intent.excused.contains(author) else {
            drySince = nil
            return nil
        }
        let isOurs = condition.item == intent.item
        let canPlayOn = isOurs && condition.canPlayOn
        if let said, said.revision == intent.revision {
            return goOn(said, condition, canPlayOn, foresight: foresight, now: now)
        }
        guard !course.isStanding else {
            // Since when it stands already, so that nobody moves for it.
            return canPlayOn
                ? nil
                : begin(
                    condition, of: intent, foresight, since: timeline.stop ?? now, now: now)
        }
        if let word = lookAtStart(condition, canPlayOn, intent, foresight, now, notice) {
            return word
        }
        guard now >= intent.since, !isOurs || condition.isDry else {
            drySince = nil
            return nil
        }
        let since = drySince ?? now
        drySince = since
        let grace = condition.activity == .stalled ? Self.grace : Self.seekingGrace
        guard now - since >= grace else { return nil }
        return begin(condition, of: intent, foresight, since: now, now: now)
    }

    private mutating func noteWhetherInStep(
        _ condition: PlayerCondition, _ course: Course, _ now: RoomInstant
    ) {
        if condition.isInStep(with: course, at: now) { isInStep = true }
        guard !course.isStanding, now >= course.since, condition.plays(beside: course, at: now)
        else {
            besideSince = nil
            return
        }
        let since = besideSince ?? now
        besideSince = since
        if now - since >= Self.keptUp { isInStep = true }
    }

    /// Looks once at whether this player can start with the others, just in time to tell them.
    private mutating func lookAtStart(
        _ condition: PlayerCondition, _ canPlayOn: Bool, _ intent: Intent, _ foresight: Foresight,
        _ now: RoomInstant, _ notice: Duration
    ) -> Hold? {
        guard startSeen != intent.revision, now + notice >= intent.since else { return nil }
        // Who is about to be there starts with the others, or so little later that the speed makes
        // up for it; should the film's bytes be missing after all, that shows in another look.
        if let lands = condition.lands, lands <= intent.since + Self.lateLanding { return nil }
        startSeen = intent.revision
        guard !canPlayOn, now - intent.since <= Self.startPatience else { return nil }
        return begin(condition, of: intent, foresight, since: intent.since, now: now)
    }

    /// What holds already: released, renewed, or begun anew.
    private mutating func goOn(
        _ last: Hold, _ condition: PlayerCondition, _ canPlayOn: Bool, foresight: Foresight,
        now: RoomInstant
    ) -> Hold? {
        let isHolding = last.reason != nil
        if isHolding == !canPlayOn {
            guard isHolding, let saidAt, now - saidAt >= Self.renewal else { return nil }
        }
        return say(
            revision: last.revision, since: last.since, canPlayOn ? nil : condition.reason,
            condition, foresight, now)
    }

    private mutating func begin(
        _ condition: PlayerCondition, of intent: Intent, _ foresight: Foresight,
        since: RoomInstant, now: RoomInstant
    ) -> Hold {
        drySince = nil
        return say(
            revision: intent.revision, since: since, condition.reason, condition, foresight, now)
    }

    private mutating func say(
        revision: UInt64, since: RoomInstant, _ reason: Hold.Reason?, _ condition: PlayerCondition,
        _ foresight: Foresight, _ now: RoomInstant
    ) -> Hold {
        sequence += 1
        let hold = Hold(
            author: author, sequence: sequence, revision: revision, since: since, reason: reason,
            buffered: condition.buffered,
            needed: reason.flatMap { _ in
                foresight.time(toGain: PlayerCondition.enough - condition.buffered)
            },
            until: now + Self.lifetime)
        said = hold
        saidAt = now
        return hold
    }
}

extension PlayerCondition {
    fileprivate var reason: Hold.Reason {
        switch activity {
        case .opening: .opening
        case .seeking, .stalled, .able, .ended: .buffering
        }
    }
}

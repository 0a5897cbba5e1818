// What plays: what others want and lack, what our user wants, what our player lacks.
//
// A word that comes late, because its author was cut off when it was said, is not taken: nobody is to
// be thrown back to where somebody was a minute ago. Time must not decide what a peer believes, or two
// might believe different things for ever; so the keeper of the clock alone judges. It goes over what it
// refuses with a newer word; whoever is connected to it takes late words from nobody else. Late is also
// what somebody said while they were away, however lately that was: who comes back goes to where the
// room is.

public import PartyModel

extension Room {
    // MARK: What others say

    mutating func merge(
        _ signed: Signed<Intent>, from peer: PeerID, roomNow: RoomInstant?,
        into directives: inout [RoomDirective]
    ) {
        guard !takeBack(signed, from: peer, into: &directives) else { return }
        let intent = signed.content
        let isOld = roomNow.map { $0 - intent.since > Limits.timelineTolerance } ?? false
        let isLate = isOld || wasAway(intent.author, at: intent.since)
        guard isTaken(isLate: isLate || timeline.current == nil, from: peer) else { return }
        var merged = timeline
        switch merged.merge(signed, by: authority) {
        case .accepted:
            if isLate, keeper == me {
                overruling.refuse(intent.revision)
                return
            }
            adopt(merged, into: &directives)
            tellMembers(.timeline(signed), except: peer, into: &directives)
        case .notAllowed:
            // Others may have allowed it, of somebody who kept the clock then.
            if keeper == me { overruling.refuse(intent.revision) }
        case .stale, .unknownAuthor, .unknownItem:
            break
        case .forged, .tooFarAhead:
            directives.append(
                .refuse(peer, Bye(kind: .violation, reason: "it passed on a false wish")))
        }
    }

    mutating func merge(
        _ signed: Signed<Hold>, from peer: PeerID, roomNow: RoomInstant?,
        into directives: inout [RoomDirective]
    ) {
        let hold = signed.content
        let known = timeline.holds[hold.author]?.content
        let isNews = known?.revision != hold.revision || known?.since != hold.since
        let isOff = roomNow.map { throwsOff(hold, at: $0) } ?? false
        let isUntimely = isNews && (isOff || wasAway(hold.author, at: hold.since))
        guard isTaken(isLate: isUntimely, from: peer) else { return }
        var merged = timeline
        switch merged.merge(signed, by: authority) {
        case .accepted:
            if isUntimely, keeper == me {
                overruling.refuse(hold.revision)
                return
            }
            adopt(merged, into: &directives)
            tellMembers(.hold(signed), except: peer, into: &directives)
        case .stale, .unknownAuthor, .unknownItem, .notAllowed:
            break
        case .forged, .tooFarAhead:
            directives.append(
                .refuse(peer, Bye(kind: .violation, reason: "it passed on a false hold")))
        }
    }

    /// Whether a word is to be looked at; see the top of this file.
    private func isTaken(isLate: Bool, from peer: PeerID) -> Bool {
        guard isLate, let keeper, keeper != me, connected.contains(keeper) else { return true }
        return peer == keeper
    }

    /// Whether somebody who has come back was still away at this time.
    private func wasAway(_ author: PeerID, at since: RoomInstant) -> Bool {
        returned[author].map { since < $0 } ?? false
    }

    /// Whether a hold would throw the room back or ahead.
    private func throwsOff(_ hold: Hold, at now: RoomInstant) -> Bool {
        let latest = max(now, intent?.since ?? now) + Limits.holdAhead
        return now - hold.since > Limits.timelineTolerance || hold.since > latest
    }

    /// Takes over what came of a word, and follows it if it changes what plays.
    private mutating func adopt(_ merged: Timeline, into directives: inout [RoomDirective]) {
        let before = timeline.course
        timeline = merged
        guard let course = timeline.course, course != before else { return }
        directives.append(.follow(course))
    }

    // MARK: What our user wants

    mutating func act(
        on wish: Wish, at roomNow: RoomInstant, into directives: inout [RoomDirective]
    ) {
        guard let course else { return }
        if case .play = wish, isLobby, keeper != me {
            isReady = true
            directives.append(.countAsReady(course))
            return
        }
        guard authority.mayControl(me) else {
            directives.append(.undo(course))
            return
        }
        guard let intent = intent(for: wish, at: roomNow) else { return }
        announce(intent, into: &directives)
    }

    /// What a wish makes of the current intent; `nil` when it changes nothing.
    private func intent(for wish: Wish, at now: RoomInstant) -> Intent? {
        guard let base = intent, let course else { return nil }
        let isWaiting = timeline.stop != nil
        let soon = now + lead
        switch wish {
        case .pause(let position):
            return base.next(by: me, at: position, since: now, isPaused: true)
        case .play(let position):
            // Before a start and while it waits the film stands without being paused: then the key
            // that sets it going was meant to pause it.
            return isWaiting || (!base.isPaused && now < base.since)
                ? base.next(by: me, at: course.anchor, since: now, isPaused: true)
                : base.next(by: me, at: position, since: soon, isPaused: false)
        case .seek(let position):
            return base.next(
                by: me, at: position, since: base.isPaused ? now : now + leadOfSeek)
        case .speed(let speed, let position):
            return base.next(by: me, at: position, since: isWaiting ? soon : now, speed: speed)
        case .skipWait:
            guard let wait = wait(at: now) else { return nil }
            return base.next(
                by: me, at: course.anchor, since: soon,
                excusing: Set(wait.stragglers.map(\.author)))
        case .next(let ended):
            return ended == base.item ? following(base, at: now, isAutomatic: false) : nil
        case .previous(let left):
            guard left == base.item else { return nil }
            return items?.film(before: left).flatMap { turn(base, to: $0, at: now) }
        }
    }

    /// The film after the one that plays, from its start; `nil` after the last one.
    func following(_ base: Intent, at now: RoomInstant, isAutomatic: Bool) -> Intent? {
        items?.film(after: base.item).flatMap {
            turn(base, to: $0, at: now, isAutomatic: isAutomatic)
        }
    }

    /// Another film, from its start.
    private func turn(
        _ base: Intent, to film: PlaylistItem, at now: RoomInstant, isAutomatic: Bool = false
    ) -> Intent? {
        // A player needs the longest lead to open a film.
        let since = now + (lead > .zero ? Self.longestLead : .zero)
        return base.next(
            by: me, item: film.id, at: .start, since: since, isPaused: false,
            isAutomatic: isAutomatic, waitingAgainFor: Set(base.excused))
    }

    /// How long a start lies ahead, so that everybody has heard of it.
    var lead: Duration { lead(atLeast: Self.shortestLead) }

    /// The same for a seek: everybody is there by then, as far as they have told how long theirs take,
    /// so that nobody is waited for who is only slow.
    private var leadOfSeek: Duration {
        guard lead > .zero else { return .zero }
        let excused = intent?.excused ?? []
        let landings = viewers.compactMap { peer -> Duration? in
            guard !excused.contains(peer) else { return nil }
            guard peer != me else { return condition.map { $0.landing ?? Self.usualLanding } }
            let told = reports[peer]?.status.landing ?? Self.usualLanding
            return told + (roundTrips[peer] ?? .zero) / 2
        }
        let slowest = landings.max().map { $0 + Self.landingReserve } ?? .zero
        return min(max(lead, slowest), Self.longestLead)
    }

    /// The same where all stand on the frame already, and have nothing to get ready.
    var leadFromStand: Duration { lead(atLeast: Self.shortestLeadFromStand) }

    private func lead(atLeast shortest: Duration) -> Duration {
        let others = viewers.filter { $0 != me }
        guard !others.isEmpty else { return .zero }
        let worst = others.compactMap { roundTrips[$0] }.max() ?? .zero
        return min(max(worst * 3 / 2, shortest), Self.longestLead)
    }

    /// A quarter of a second is no delay to whoever pressed, and enough for a player to get ready.
    static let shortestLead = Duration.milliseconds(250)
    /// What a seek is taken to need before a player has made one: an exact one in high definition took
    /// 50 to 530 ms.
    static let usualLanding = Duration.milliseconds(300)
    /// Seeks of the same player differ by so much on a machine with nothing else to do.
    static let landingReserve = Duration.milliseconds(20)
    /// What a player needs to be set going at an instant.
    static let shortestLeadFromStand = Duration.milliseconds(150)
    /// Whoever is further away than two thirds of a second comes in late.
    public static let longestLead = Duration.seconds(1)

    /// Makes an intent of ours everybody's.
    mutating func announce(_ intent: Intent, into directives: inout [RoomDirective]) {
        let signed = signer.sign(intent)
        var merged = timeline
        guard merged.merge(signed, by: authority) == .accepted else { return }
        adopt(merged, into: &directives)
        tellMembers(.timeline(signed), into: &directives)
    }

    // MARK: What our player lacks

    mutating func look(
        at condition: PlayerCondition, now: MonotonicInstant, roomNow: RoomInstant?,
        into directives: inout [RoomDirective]
    ) {
        self.condition = condition
        foresight.note(condition, now: now)
        guard let roomNow, rules?.waits == .everyone,
            let hold = ownHold.look(
                at: condition, timeline, foresight: foresight, now: roomNow, notice: notice)
        else { return }
        let signed = signer.sign(hold)
        var merged = timeline
        guard merged.merge(signed, by: authority) == .accepted else { return }
        adopt(merged, into: &directives)
        tellMembers(.hold(signed), into: &directives)
    }

    /// How long before a start it shows who cannot: a word's way, and a moment to look.
    private var notice: Duration {
        (viewers.compactMap { roundTrips[$0] }.max() ?? .zero) / 2 + .milliseconds(20)
    }

    /// Whether it is time to see if our player can start with the others.
    func isStartDue(at now: RoomInstant) -> Bool {
        guard let course, !course.isStanding, condition != nil else { return false }
        return now < course.since && now >= course.since - notice
    }

    /// When to look again, whatever happens until then.
    func nextLook(after now: RoomInstant) -> RoomInstant? {
        var times = keeper == me ? keeperTimes : []
        if let course, condition != nil { times.append(course.since - notice) }
        return times.filter { $0 > now }.min()
    }
}

extension Room {
    /// The members who watch and are there, as far as this peer sees.
    var viewers: [PeerID] {
        members.filter { !$0.isHeadless && ($0.peer == me || connected.contains($0.peer)) }
            .map(\.peer)
    }

    /// For whom the room stands still; `nil` when it does for nobody.
    public func wait(at now: RoomInstant) -> Wait? {
        // The keeper does not wait for who is gone; others see only some of those who are there.
        timeline.wait(
            at: now,
            among: members.filter {
                keeper != me || $0.peer == me || connected.contains($0.peer)
            })
    }

    /// The viewers who said to be ready for the start.
    public var ready: Set<PeerID> {
        var ready = Set(reports.filter { $0.value.status.isReady }.keys)
        if isReady { ready.insert(me) }
        return ready.intersection(viewers)
    }

    /// Whether our user may change what plays.
    public var mayControl: Bool { authority.mayControl(me) }

    /// When our player will have nothing left, if all goes on as lately; `nil` when that is not near.
    public var runsDry: Duration? { foresight.runsDry }

    /// How long until the film starts for all; `nil` when it stands or has started.
    public func startsIn(at now: RoomInstant) -> Duration? {
        guard let course, !course.isStanding, course.since > now else { return nil }
        return course.since - now
    }
}

extension Intent {
    /// The intent after this one: what is not given stays.
    func next(
        by author: PeerID, over revision: UInt64? = nil, item: ItemID? = nil,
        at anchor: MediaPosition, since: RoomInstant, speed: PlaybackSpeed? = nil,
        isPaused: Bool? = nil, isAutomatic: Bool = false, excusing peers: Set<PeerID> = [],
        waitingAgainFor returning: Set<PeerID> = []
    ) -> Intent? {
        // The last revision there is ends all control; it takes a hostile newcomer's host to get there.
        let (next, overflow) = (revision ?? self.revision).addingReportingOverflow(1)
        guard !overflow else { return nil }
        return Intent(
            revision: next, author: author, item: item ?? self.item, anchor: anchor, since: since,
            speed: speed ?? self.speed, isPaused: isPaused ?? self.isPaused,
            isAutomatic: isAutomatic,
            excused: Set(excused).union(peers).subtracting(returning))
    }
}

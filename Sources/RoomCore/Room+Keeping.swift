// What only the keeper of the clock does: it goes on after a wait, at the end of a film, from the
// lobby, and over what came late. Nobody wished these: a wish with the same revision wins.

import PartyModel

extension Room {
    /// Goes on where it is time to.
    mutating func keep(at now: RoomInstant, into directives: inout [RoomDirective]) {
        guard keeper == me, let intent else { return }
        let isFar = intent.since - now > Limits.timelineTolerance
        if let refused = overruling.take(at: now), refused >= intent.revision {
            goOn(over: refused, at: now, into: &directives)
        } else if isFar || isOrphan(intent) {
            goOn(at: now, into: &directives)
        } else if let wait = wait(at: now) {
            end(wait, at: now, into: &directives)
        } else if isLobby {
            keepLobby(intent, at: now, into: &directives)
        } else {
            watchExcused(intent, at: now, into: &directives)
            watchEnd(of: intent, at: now, into: &directives)
        }
    }

    /// Times at which there is something to do even if nothing happens.
    var keeperTimes: [RoomInstant] {
        guard let intent else { return [] }
        let times = [intent.since, overruling.next].compactMap(\.self)
        guard let stop = timeline.stop else { return times }
        return times + [stop + Wait.limit] + timeline.stopping.map(\.until)
    }

    /// The same motion from where it stands, over everything up to a revision.
    mutating func goOn(
        over revision: UInt64? = nil, excusing peers: Set<PeerID> = [], at now: RoomInstant,
        into directives: inout [RoomDirective]
    ) {
        guard let intent, let course else { return }
        // What moves goes on moving as it did; what stood, or starts too far ahead, starts soon.
        let starts = timeline.stop != nil || intent.since - now > Limits.timelineTolerance
        let next = intent.next(
            by: me, over: revision, at: course.anchor,
            since: starts ? now + leadFromStand : course.since,
            isAutomatic: true, excusing: peers)
        guard let next else { return }
        announce(next, into: &directives)
    }

    private mutating func end(
        _ wait: Wait, at now: RoomInstant, into directives: inout [RoomDirective]
    ) {
        guard wait.stragglers.isEmpty || now >= wait.end else { return }
        let stragglers = Set(wait.stragglers.map(\.author))
        catchUp.excused(stragglers)
        goOn(excusing: stragglers, at: now, into: &directives)
    }

    /// Waits again for those who have kept up long enough.
    private mutating func watchExcused(
        _ intent: Intent, at now: RoomInstant, into directives: inout [RoomDirective]
    ) {
        guard !intent.excused.isEmpty, let course else { return }
        var returning: Set<PeerID> = []
        for peer in intent.excused {
            catchUp.note(peer, isInStep: isInStep(peer, with: course, at: now), at: now)
            if catchUp.hasCaughtUp(peer, at: now) { returning.insert(peer) }
        }
        guard !returning.isEmpty,
            let next = intent.next(
                by: me, at: intent.anchor, since: intent.since, isAutomatic: true,
                waitingAgainFor: returning)
        else { return }
        announce(next, into: &directives)
    }

    private func isInStep(_ peer: PeerID, with course: Course, at now: RoomInstant) -> Bool {
        if peer == me { return condition?.isInStep(with: course, at: now) ?? false }
        guard let report = reports[peer] else { return false }
        return report.status.isInStep(with: course, at: report.at)
            && report.status.buffered >= PlayerCondition.enough
    }

    // MARK: The end of a film

    private mutating func watchEnd(
        of intent: Intent, at now: RoomInstant, into directives: inout [RoomDirective]
    ) {
        guard !intent.isPaused, let course, let next = following(intent, at: now, isAutomatic: true)
        else { return }
        let places = viewers.filter { !intent.excused.contains($0) }
            .map { place(of: $0, in: course, at: now) }
        guard filmEnd.isOver(intent.item, places: places, now: now) else { return }
        announce(next, into: &directives)
    }

    private func place(of peer: PeerID, in course: Course, at now: RoomInstant) -> FilmEnd.Place {
        if peer == me {
            guard let condition, condition.item == course.item else { return .behind }
            if condition.activity == .ended { return .atEnd }
            return condition.isInStep(with: course, at: now) ? .inStep : .behind
        }
        guard let report = reports[peer], report.status.item == course.item else {
            return .behind
        }
        if report.status.isAtEnd { return .atEnd }
        return report.status.isInStep(with: course, at: report.at) ? .inStep : .behind
    }

    // MARK: The lobby

    private mutating func keepLobby(
        _ intent: Intent, at now: RoomInstant, into directives: inout [RoomDirective]
    ) {
        let step = lobby.look(
            at: intent, ready: ready, viewers: Set(viewers),
            hasGuests: viewers.contains { $0 != me }, now: now)
        switch step {
        case .wait: break
        case .start:
            play(intent, since: now + Lobby.countdown, into: &directives)
        case .callOff:
            let next = intent.next(
                by: me, at: intent.anchor, since: now, isPaused: true, isAutomatic: true)
            if let next { announce(next, into: &directives) }
        case .end: endLobby(into: &directives)
        }
    }

    private mutating func play(
        _ intent: Intent, since: RoomInstant, into directives: inout [RoomDirective]
    ) {
        let next = intent.next(
            by: me, at: intent.anchor, since: since, isPaused: false, isAutomatic: true)
        if let next { announce(next, into: &directives) }
    }
}

extension PeerStatus {
    /// Whether the player that says this is where the room is.
    func isInStep(with course: Course, at now: RoomInstant) -> Bool {
        guard item == course.item, !isStalled else { return false }
        let distance = abs(position.nanoseconds - course.position(at: now).nanoseconds)
        return isAtEnd || .nanoseconds(distance) <= PlayerCondition.inStep
    }
}

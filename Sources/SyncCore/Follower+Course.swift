// Bringing the player to where the room is: standing, held, released, trimmed.

import PartyModel

extension Follower {
    // MARK: What plays

    /// The room gives a new course.
    mutating func follow(_ new: Course, _ turn: inout Turn) {
        if let old = course {
            jumps.note(new, after: old, now: turn.time, roomNow: turn.roomTime)
        }
        if continues(new, turn) {
            upcoming = new
            return
        }
        upcoming = nil
        leads = isLed(new, turn)
        course = new
        guard new.item == requestedItem else { return open(new, &turn) }
        settle(&turn)
    }

    /// Whether the film runs on into a course that is still to come: only its speed changes, say.
    private func continues(_ new: Course, _ turn: Turn) -> Bool {
        guard let course, phase == .running, new.item == course.item, !new.isStanding,
            !course.isStanding, new.since > turn.roomTime
        else { return false }
        return distance(course.position(at: new.since), new.anchor) <= Self.freshTolerance
    }

    private func isLed(_ new: Course, _ turn: Turn) -> Bool {
        let age = turn.roomTime - new.since
        return new.author == me && !new.isStanding && age >= .zero && age < Self.startAge
            && new.speed == course?.speed ?? new.speed
    }

    /// Opens what plays, at a place where the room will be by the time it is open.
    private mutating func open(_ course: Course, _ turn: inout Turn) {
        cancelStart(&turn)
        requestedItem = course.item
        openItem = nil
        isAtEnd = false
        isSeeking = false
        isStalled = false
        ownSeeks.forget()
        isUserSeek = false
        scrub.drop()
        rest = nil
        last = nil
        launch = nil
        error = nil
        duration = nil
        lateRepairs = 0
        lateLead = nil
        soughtAt = turn.roomTime
        let lead =
            leads
            ? course.since - turn.roomTime
            : Self.openingLead(over: supplyRoundTrip)
        let meeting = rendezvous(on: course, in: lead, turn)
        let position = meeting?.position ?? course.anchor
        phase = .opening(meeting)
        // Film that has to come from afar shows a picture as soon as a key frame is there; what lies
        // between that and the place takes seconds over a thin line.
        let isExact = leads || meeting == nil || supplyRoundTrip < Self.nearby
        alignedTo = isExact ? position : nil
        pause.force(true, now: turn.time)
        turn.directives.append(.open(course.item, at: position, exactly: isExact))
    }

    /// The player shows something else: back to the room's film.
    mutating func reopen(_ turn: inout Turn) {
        guard let course else { return }
        open(course, &turn)
    }

    /// The film is there: what changed meanwhile is made up for.
    mutating func opened(_ item: ItemID, _ reading: Reading?, _ turn: inout Turn) {
        guard item == requestedItem, openItem == nil, case .opening(let meeting) = phase else {
            return
        }
        openItem = item
        isSeeking = false
        isFresh = true
        noteRest(reading)
        guard let course, course.item == item else { return }
        phase = .standing
        guard let meeting, isOn(course, meeting) else { return settle(&turn) }
        guard canMake(meeting, turn) else {
            if let soughtAt { noteLateness(since: soughtAt, turn) }
            return settle(&turn)
        }
        setSpeed(&turn)
        hold(meeting, &turn)
    }

    /// Whether the player can be there in time; what it stands on already it need not look for.
    private func canMake(_ meeting: Rendezvous, _ turn: Turn) -> Bool {
        alignedTo == meeting.position || meeting.at - turn.roomTime >= landingTime.lead
    }

    /// Where the room comes by a while from now; `nil` when it stands.
    private func rendezvous(on course: Course, in lead: Duration, _ turn: Turn) -> Rendezvous? {
        guard !course.isStanding else { return nil }
        let at = max(turn.roomTime + lead, course.since)
        return Rendezvous(position: withinFilm(course.position(at: at)), at: at)
    }

    private func withinFilm(_ position: MediaPosition) -> MediaPosition {
        duration.map { min(position, $0) } ?? position
    }

    private func isOn(_ course: Course, _ meeting: Rendezvous) -> Bool {
        !course.isStanding && meeting.at >= course.since
            && distance(course.position(at: meeting.at), meeting.position) < Self.frameTolerance
    }

    // MARK: The player to the course

    /// Brings the player to the room's course, whatever it does now.
    mutating func settle(_ turn: inout Turn) {
        guard let course, openItem == course.item else { return }
        setSpeed(&turn)
        if course.isStanding {
            stand(at: withinFilm(course.anchor), &turn)
        } else if course.since > turn.roomTime {
            let start = Rendezvous(position: withinFilm(course.anchor), at: course.since)
            if phase != .held(start) { soughtAt = turn.roomTime }
            hold(start, &turn)
        } else {
            move(with: course, &turn)
        }
    }

    private mutating func stand(at anchor: MediaPosition, _ turn: inout Turn) {
        cancelStart(&turn)
        rest(as: .standing, at: anchor, &turn)
    }

    private mutating func hold(_ meeting: Rendezvous, _ turn: inout Turn) {
        guard phase != .held(meeting) || !pause.current else { return proceed(&turn) }
        cancelStart(&turn)
        rest(as: .held(meeting), at: meeting.position, &turn)
    }

    /// The room is already moving.
    private mutating func move(with course: Course, _ turn: inout Turn) {
        switch phase {
        case .held(let meeting) where isOn(course, meeting) && pause.current:
            proceed(&turn)
        case .running where leads, .standing where leads, .held where leads:
            lead(course, &turn)
        case .running where !pause.current && !isSeeking:
            // What stands still by itself is moved only by what is plainly a jump.
            let moves = !isStalled && !isAtEnd
            let room = withinFilm(course.position(at: turn.roomTime))
            let behind = distance(room, estimate(turn))
            if behind > (moves ? Self.freshTolerance : Self.tolerance), maySeek(turn) {
                meet(&turn)
            }
        case .running, .held, .standing, .opening, .closed:
            let room = course.position(at: turn.roomTime)
            guard pause.current, rest != nil, distance(room, estimate(turn)) <= Self.freshTolerance
            else { return meet(&turn) }
            // It rests so near that it may as well start from there, at once.
            alignedTo = room
            hold(Rendezvous(position: room, at: turn.roomTime), &turn)
        }
    }

    /// The room goes by this player: it starts where it is put, and is not held.
    private mutating func lead(_ course: Course, _ turn: inout Turn) {
        guard !pause.current else {
            return hold(
                Rendezvous(position: withinFilm(course.anchor), at: course.since), &turn)
        }
        let isAway = distance(course.anchor, estimate(turn)) > Self.freshTolerance
        if phase != .running { run(&turn) }
        if isAway, !isSeeking { seek(to: withinFilm(course.anchor), &turn) }
    }

    /// Goes to where the room will be in a moment, and waits for it there.
    private mutating func meet(isRepair: Bool = false, _ turn: inout Turn) {
        let usual = landingTime.lead + supplyRoundTrip * Self.meetingRoundTrips
        let lead = max(usual, leadAfterLateness(turn))
        guard let course, var meeting = rendezvous(on: course, in: lead, turn) else { return }
        meeting.isRepair = isRepair
        soughtAt = turn.roomTime
        hold(meeting, &turn)
    }

    /// How far ahead to aim where film came too late just now.
    private func leadAfterLateness(_ turn: Turn) -> Duration {
        guard let (lead, until) = lateLead, turn.time < until else { return .zero }
        return min(lead, Self.longestLead)
    }

    // MARK: At rest

    /// Brings the player to rest.
    private mutating func rest(as phase: Phase, at target: MediaPosition, _ turn: inout Turn) {
        error = nil
        launch = nil
        let isRunning = self.phase == .running && !isSeeking
        let here = estimate(turn)
        self.phase = phase
        if pause.command(true, now: turn.time) {
            disturb(at: turn.time)
            turn.directives.append(.setPaused(true))
        }
        // What certainly shows another frame need not come to rest before it is moved.
        let frame = last?.frameDuration ?? Self.usualFrame
        if isRunning, rest == nil, distance(here, target) > frame * 2 { seek(to: target, &turn) }
        proceed(&turn)
    }

    /// What was read before says nothing of the rest the player comes to.
    mutating func disturb(at now: MonotonicInstant) {
        rest = nil
        isFresh = false
        alignedTo = nil
        disturbedAt = now
    }

    mutating func noteRest(_ reading: Reading?) {
        guard let reading, !reading.isSeeking else { return }
        last = reading
        guard reading.isPaused, pause.current, !isSeeking, !ownSeeks.isPending,
            disturbedAt.map({ reading.takenAt >= $0 }) ?? true
        else { return }
        rest = reading
    }

    /// Goes on with what the player rests for: the right frame, then the start.
    mutating func proceed(_ turn: inout Turn) {
        guard let course, rest != nil, !scrub.isBusy(now: turn.time) else { return }
        switch phase {
        case .standing:
            align(to: withinFilm(course.anchor), &turn)
        case .held(let meeting):
            if align(to: meeting.position, &turn) { release(meeting, &turn) }
        case .closed, .opening, .running:
            break
        }
    }

    /// Whether the frame that shows is the one a seek to `target` would show; seeks there if not.
    ///
    /// Once for each target: what lies between two frames cannot be met any better.
    @discardableResult
    private mutating func align(to target: MediaPosition, _ turn: inout Turn) -> Bool {
        guard let rest else { return false }
        guard alignedTo != target, let frame = rest.frame else { return true }
        let ahead = Duration.nanoseconds(frame.nanoseconds - target.nanoseconds)
        let next = (rest.frameDuration ?? Self.frameTolerance + Self.seekSlack) - Self.seekSlack
        if ahead >= .zero - Self.seekSlack, ahead < next {
            alignedTo = target
            return true
        }
        seek(to: target, &turn)
        return false
    }

    /// Asks for the start, so early that the film moves when the room comes by.
    private mutating func release(_ meeting: Rendezvous, _ turn: inout Turn) {
        guard let course, let from = rest?.resting(isFresh: isFresh) else { return }
        let kind: StartLatency.Kind = isFresh ? .fresh : .resumed
        let ahead = (from.seconds - meeting.position.seconds) / course.speed.factor
        let due =
            turn.local(at: meeting.at) - latency.expected(kind) + Duration(boundedSeconds: ahead)
        let isLate = turn.time - due > Self.freshTolerance
        if isLate, let soughtAt {
            noteLateness(since: soughtAt, turn)
        }
        // Whoever came too late the first time tries once more while it stands: that looks better
        // than to start in the wrong place and jump.
        if isLate, mayRetry(meeting, turn) {
            if meeting.isRepair { lateRepairs += 1 }
            return meet(isRepair: true, &turn)
        }
        startDue = due
        let at = max(due, turn.time)
        // What is about to happen may have happened: it is not asked for twice.
        if let pendingStart,
            pendingStart - turn.time <= Self.firmStart
                || distance(pendingStart, at) <= .milliseconds(1)
        {
            return
        }
        pendingStart = at
        turn.directives.append(.start(at: at))
    }

    /// Film came too late: the next meeting is to be as far ahead as would have done, and more.
    private mutating func noteLateness(since soughtAt: RoomInstant, _ turn: Turn) {
        let took = turn.roomTime - soughtAt
        lateLead = (took + min(took, Self.lateReserve), until: turn.time + Self.lateMemory)
    }

    private func mayRetry(_ meeting: Rendezvous, _ turn: Turn) -> Bool {
        guard !leads else { return false }
        return lateRepairs < Self.lateRepairsAllowed && (!meeting.isRepair || maySeek(turn))
    }

    mutating func cancelStart(_ turn: inout Turn) {
        guard pendingStart != nil else { return }
        pendingStart = nil
        turn.directives.append(.cancelStart)
    }

    /// The player was just set going.
    mutating func started(_ at: MonotonicInstant, _ turn: inout Turn) {
        // The user's key has gone over it: it has no echo, and must not take one for its own.
        if let pressedAt, at < pressedAt {
            pendingStart = nil
            return settle(&turn)
        }
        _ = pause.command(false, now: turn.time)
        let from = rest?.resting(isFresh: isFresh)
        let isWanted = pendingStart != nil
        pendingStart = nil
        guard isWanted, case .held(let meeting) = phase, let from else { return settle(&turn) }
        let kind: StartLatency.Kind = isFresh ? .fresh : .resumed
        run(&turn)
        let isLate = startDue.map { at - $0 > Self.freshTolerance } ?? false
        lateRepairs = isLate ? lateRepairs + 1 : 0
        // What came too late itself, as after a wait for film, is put right in its turn.
        if !meeting.isRepair || (isLate && lateRepairs <= Self.lateRepairsAllowed) {
            freshUntil = turn.time + Self.freshTime
        }
        launch = StartLatency.Launch(kind: kind, at: at, from: from)
    }

    private mutating func run(_ turn: inout Turn) {
        phase = .running
        disturb(at: turn.time)
        controller.begin(now: turn.time)
        setSpeed(&turn)
    }

    // MARK: Moving

    /// Looks where the player is.
    mutating func measured(_ reading: Reading, _ turn: inout Turn) {
        guard let course, openItem == course.item else { return }
        ownSeeks.expire(now: turn.time)
        guard !isSeeking, !reading.isSeeking else { return }
        last = reading
        heardStall(reading.isStalled, &turn)
        guard pause.current else { return steer(by: reading, &turn) }
        noteRest(reading)
        proceed(&turn)
    }

    private mutating func heardStall(_ stalled: Bool, _ turn: inout Turn) {
        guard stalled != isStalled else { return }
        isStalled = stalled
        launch = nil
        error = nil
        if leadAfterLateness(turn) > .zero { lateLead?.until = turn.time + Self.lateMemory }
        guard !stalled, phase == .running else { return }
        freshUntil = turn.time + Self.freshTime
        controller.begin(now: turn.time)
    }

    private mutating func steer(by reading: Reading, _ turn: inout Turn) {
        guard phase == .running, !reading.isPaused, !isStalled, !isAtEnd, let course,
            let position = reading.moving
        else { return }
        if let launch, reading.takenAt - launch.at >= DriftController.settling {
            latency.learn(
                launch, is: position, at: reading.takenAt, speed: speed.current.factor)
            self.launch = nil
        }
        let room = course.position(at: turn.room(at: reading.takenAt))
        let behind = (room.seconds - position.seconds) / course.speed.factor
        error = Duration(boundedSeconds: behind)
        let mayTrim = !reading.passesAudioThrough && !leads
        controller.look(
            error: behind, hasSound: reading.heard != nil, mayTrim: mayTrim, at: turn.time)
        guard let settled = controller.error else { return }
        if leads {
            leads = false
            controller.begin(now: turn.time)
            if abs(settled) > Self.leadTolerance.inSeconds { wish(.seek(to: position), &turn) }
            return
        }
        if abs(settled) > limit(mayTrim: mayTrim, turn).inSeconds, maySeek(turn, mayTrim: mayTrim) {
            meet(isRepair: isFresh(turn), &turn)
        } else {
            setSpeed(&turn)
        }
    }

    private func isFresh(_ turn: Turn) -> Bool { freshUntil.map { turn.time < $0 } ?? false }

    private func limit(mayTrim: Bool, _ turn: Turn) -> Duration {
        isFresh(turn) || !mayTrim ? Self.freshTolerance : Self.tolerance
    }

    private func maySeek(_ turn: Turn, mayTrim: Bool = true) -> Bool {
        guard let lastSeek else { return true }
        let isRare = !mayTrim && !isFresh(turn)
        let interval = isRare ? Self.seekIntervalUntrimmed : Self.seekInterval
        // What did not help is tried less and less often.
        let doublings = min(max(lateRepairs - Self.lateRepairsAllowed, 0), Self.doublings)
        return turn.time - lastSeek >= interval * (1 << doublings)
    }

    // MARK: Commands

    mutating func seek(to target: MediaPosition, _ turn: inout Turn) {
        ownSeeks.ask(for: target, now: turn.time)
        alignedTo = target
        lastSeek = turn.time
        rest = nil
        turn.directives.append(.seek(target))
    }

    /// The room's speed with the trim, and whether voices keep their pitch.
    ///
    /// At the film's own pace they do not have to, and without the filter for it a trim is
    /// inaudible; with it, each step to or from exactly 1 clicks.
    mutating func setSpeed(_ turn: inout Turn) {
        let keeps = roomSpeed != .normal
        if keepsPitch != keeps {
            keepsPitch = keeps
            turn.directives.append(.setPitchCorrection(keeps))
        }
        let wanted = PlaybackSpeed(factor: roomSpeed.factor * (1 + controller.trim))
        if speed.command(wanted, now: turn.time) { turn.directives.append(.setSpeed(wanted)) }
    }

    func distance(_ one: MediaPosition, _ other: MediaPosition) -> Duration {
        .nanoseconds(abs(one.nanoseconds - other.nanoseconds))
    }

    private func distance(_ one: MonotonicInstant, _ other: MonotonicInstant) -> Duration {
        one > other ? one - other : other - one
    }
}

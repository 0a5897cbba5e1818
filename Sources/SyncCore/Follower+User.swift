// What the user does with the player, by whichever way, and what becomes of it.
//
// Every change that was not commanded here is the user's and becomes a wish. Where the room does not
// grant it, the player goes back to the room's course.

import PartyModel

extension Follower {
    // MARK: Pause

    /// The player was paused or set going.
    mutating func heardPause(_ paused: Bool, _ reading: Reading?, _ turn: inout Turn) {
        let before = pause.current
        guard pause.report(paused, now: turn.time), openItem != nil else {
            if paused { noteRest(reading) }
            // A command of ours went over what the user did, and the room knows of that by now.
            return pause.current == before ? proceed(&turn) : settle(&turn)
        }
        pressedAt = reading?.takenAt ?? turn.time
        if paused {
            stopped(reading, &turn)
        } else {
            setGoing(&turn)
        }
    }

    private mutating func stopped(_ reading: Reading?, _ turn: inout Turn) {
        let here = estimate(turn)
        disturb(at: reading?.takenAt ?? turn.time)
        rest = reading
        wish(.pause(at: rest?.frame ?? here), &turn)
    }

    private mutating func setGoing(_ turn: inout Turn) {
        disturb(at: turn.time)
        guard let course, course.isStanding || course.since > turn.roomTime else {
            // The room moves and our player is about to join it.
            return settle(&turn)
        }
        wish(.play(from: course.anchor), &turn)
    }

    // MARK: Speed

    /// The player's speed changed.
    mutating func heardSpeed(_ new: PlaybackSpeed, _ turn: inout Turn) {
        let here = estimate(turn)
        guard speed.report(new, now: turn.time), openItem != nil else { return }
        let wanted = SpeedReading.wanted(from: new, trim: controller.trim)
        guard wanted != roomSpeed else { return setSpeed(&turn) }
        wish(.speed(wanted, at: here), &turn)
    }

    // MARK: Position

    /// A seek begins.
    mutating func seekBegan(_ target: MediaPosition?, _ turn: inout Turn) {
        let here = estimate(turn)
        isSeeking = true
        isAtEnd = false
        rest = nil
        launch = nil
        error = nil
        let isOurs = ownSeeks.began(target, now: turn.time)
        // What we asked for began when we did.
        seekBeganAt = isOurs ? lastSeek ?? turn.time : turn.time
        guard openItem != nil, !isOurs else { return }
        alignedTo = nil
        isUserSeek = true
        guard let target, distance(target, here) >= Self.shortSeek else { return }
        isUserSeek = false
        if let told = scrub.seek(to: target, now: turn.time) { wish(.seek(to: told), &turn) }
    }

    /// A seek has landed.
    mutating func seekEnded(_ reading: Reading?, waited: Bool, _ turn: inout Turn) {
        isSeeking = false
        let isOurs = ownSeeks.landed()
        if let seekBeganAt, !waited { landingTime.took(turn.time - seekBeganAt) }
        seekBeganAt = nil
        guard openItem != nil else { return }
        isFresh = reading?.isPaused ?? false
        noteRest(reading)
        if phase == .running { controller.begin(now: turn.time) }
        let here = reading?.frame ?? estimate(turn)
        if isUserSeek || (leads && isAway(here, turn)) {
            isUserSeek = false
            scrub.drop()
            wish(.seek(to: here), &turn)
        } else if isOurs {
            proceed(&turn)
        } else {
            settle(&turn)
        }
    }

    /// Whether a player that leads is not where the room believes it to be.
    private func isAway(_ here: MediaPosition, _ turn: Turn) -> Bool {
        guard let course, !course.isStanding else { return false }
        return distance(course.position(at: turn.roomTime), here) > Self.leadTolerance
    }

    /// A frame further or back: stops a film that moves.
    mutating func step(by count: Int, _ turn: inout Turn) {
        guard let course, openItem == course.item else { return }
        guard course.isStanding else { return wish(.pause(at: estimate(turn)), &turn) }
        let frame = last?.frameDuration ?? Self.usualFrame
        let from = scrub.waiting ?? rest?.frame ?? course.anchor
        let target = MediaPosition(seconds: from.seconds + Double(count) * frame.inSeconds)
        if let told = scrub.seek(to: target, now: turn.time) { wish(.seek(to: told), &turn) }
    }

    /// Back to where the room was before the last jump.
    mutating func undo(_ turn: inout Turn) {
        guard let origin = jumps.takeOrigin(), origin.item == openItem else { return }
        wish(.seek(to: origin.position), &turn)
    }

    // MARK: The end

    /// The end of the film is reached or left.
    mutating func heardEnd(_ atEnd: Bool, _ turn: inout Turn) {
        guard atEnd != isAtEnd else { return }
        isAtEnd = atEnd
        guard atEnd else { return }
        // A seek to the very end ends there.
        isSeeking = false
        ownSeeks.forget()
    }

    // MARK: Wishes and their time

    /// Asks the room; what it does not grant is undone when it has answered.
    ///
    /// mpv takes a seek beyond the end for one to the end, and so does the room.
    func wish(_ wish: Wish, _ turn: inout Turn) {
        guard case .seek(let target) = wish, let duration, target > duration else {
            return turn.directives.append(.wish(wish))
        }
        turn.directives.append(.wish(.seek(to: duration)))
    }

    /// Something was to be done later, and it is later.
    mutating func tick(_ turn: inout Turn) {
        alarm = nil
        if let upcoming, turn.roomTime >= upcoming.since {
            self.upcoming = nil
            course = upcoming
            settle(&turn)
        }
        if let told = scrub.take(now: turn.time) { wish(.seek(to: told), &turn) }
        proceed(&turn)
    }

    mutating func setAlarm(_ turn: inout Turn) {
        let times = [scrub.quietAt(now: turn.time), upcoming.map { turn.local(at: $0.since) }]
        let next = times.compactMap(\.self).min()
        defer { alarm = next }
        guard let next, next != alarm else { return }
        turn.directives.append(.wake(at: next))
    }
}

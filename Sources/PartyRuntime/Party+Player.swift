// Between the player and the follower: what mpv reports, and what the room makes it do.

import Logging
import MeshTransport
import MpvPlayer
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import PartyModel
import RoomCore
import SwarmCore
import SyncCore

extension Party {
    // MARK: From the player

    /// Takes an event on mpv's event thread and brings it here, with the position at that moment
    /// where the position matters.
    nonisolated func heard(_ event: PlayerEvent) {
        let snapshot: PlayerSnapshot?
        switch event {
        case .paused, .seeking, .playbackRestarted:
            snapshot = runningPlayer.withLockedValue { $0 }?.snapshot()
        case .position, .idle:
            return
        case .fileLoaded, .foreignFile, .emptied, .speed, .bufferingForCache, .endOfFilm, .duration,
            .failed,
            .noPicture, .scriptMessage, .logged, .quit:
            snapshot = nil
        }
        enqueue { $0.handle(event, snapshot) }
    }

    private func handle(_ event: PlayerEvent, _ snapshot: PlayerSnapshot?) {
        switch event {
        case .fileLoaded(let item):
            playback.loaded = item
        case .foreignFile(let address):
            logger.warning("the player was given something else", metadata: ["at": "\(address)"])
            notice("Only the room's films play here.")
            tellFollower(.replaced)
        case .emptied:
            // Somebody stopped it: the film of a room is the room's.
            if playback.loaded != nil { tellFollower(.replaced) }
        case .playbackRestarted:
            playbackRestarted(snapshot)
        case .seeking:
            playback.isSeeking = true
            playback.hasWaited = false
            tellSwarmOfSeek()
            tellFollower(.seekBegan(snapshot?.framePosition))
        case .paused(let paused):
            note(snapshot)
            tellFollower(.paused(paused, snapshot?.reading))
            tellRoomOfPlayer()
        case .speed(let speed):
            tellFollower(.speed(speed))
        case .bufferingForCache(let isBuffering):
            buffering(isBuffering)
        case .endOfFilm(let isAtEnd):
            playback.endHeard = PartyClock.now
            endOfFilm(isAtEnd)
        case .duration(let duration):
            playback.duration = duration
            tellFollower(.duration(duration))
        case .failed(let item, let reason):
            failed(item, reason)
        case .noPicture(let outputs):
            fail(.noWindow(outputs: outputs))
        case .scriptMessage(let words):
            logger.debug("script", metadata: ["words": "\(words)"])
            if let request = WindowRequest(words: words) { obey(request) }
        case .logged(let level, let text):
            switch level {
            case .warning: logger.debug("mpv: \(text)")
            case .error: logger.info("mpv: \(text)")
            }
        case .position, .idle:
            break
        case .quit:
            leave()
        }
    }

    private func playbackRestarted(_ snapshot: PlayerSnapshot?) {
        playback.isSeeking = false
        note(snapshot)
        guard let item = playback.loaded else { return }
        guard playback.shown != item else {
            tellFollower(
                .seekEnded(snapshot?.reading, waitedForFilm: playback.hasWaited))
            tellRoomOfPlayer()
            return
        }
        let position = snapshot?.framePosition ?? .start
        playback.shown = item
        tellSwarm(.playerOpened(item))
        log.record(.firstFrame(position: position.seconds))
        startScript()
        learnOpenings(of: item)
        if roomSigner != nil, let roomNow { tellRoom(.started(at: position, roomNow)) }
        tellFollower(.opened(item, snapshot?.reading))
        tellRoomOfPlayer()
        sendStatus()
    }

    private func endOfFilm(_ isAtEnd: Bool) {
        playback.isAtEnd = isAtEnd
        if isAtEnd, let item = playback.loaded, playback.shown == item,
            let index = room?.items?.films.firstIndex(where: { $0.id == item })
        {
            log.record(.end(index: index))
        }
        tellFollower(.atEnd(isAtEnd))
        tellRoomOfPlayer()
        sendStatus()
    }

    private func buffering(_ isBuffering: Bool) {
        guard playback.shown != nil, isBuffering != playback.isStalled else { return }
        playback.isStalled = isBuffering
        let me = identity.peer.description
        log.record(
            isBuffering
                ? .buffering(
                    peer: me, name: configuration.name, seconds: playback.playable.inSeconds)
                : .resumed(peer: me, name: configuration.name))
        tellRoomOfPlayer()
        sendStatus()
    }

    private func failed(_ item: ItemID?, _ reason: String) {
        let name = item.flatMap { room?.items?.item($0)?.name } ?? "the film"
        fail(.filmUnplayable(name: name, reason: reason))
    }

    /// A read of the player: where it is in the film's bytes, and whether they are not there yet.
    func playerReads(_ item: ItemID, _ bytes: Range<Int64>, waits: Bool) {
        playback.read = bytes
        tellSwarm(.playerReads(item, bytes))
        guard waits, playback.isSeeking, !playback.hasWaited else { return }
        playback.hasWaited = true
        tellRoomOfPlayer()
    }

    private func tellSwarmOfSeek() {
        guard let item = playback.shown else { return }
        tellSwarm(.playerSought(item))
    }

    /// Looks where the player is; from the thread that may wait for it.
    func lookAtPlayer() {
        guard let player, playback.shown != nil else { return tellRoomOfPlayer() }
        playerThread.runIfActive(eventLoop: loop) { player.snapshot() }.whenSuccess {
            [weak self] snapshot in
            self?.assumeIsolated { $0.measure(snapshot) }
        }
    }

    private func measure(_ snapshot: PlayerSnapshot?) {
        note(snapshot)
        if let snapshot { tellFollower(.measured(snapshot.reading)) }
        tellRoomOfPlayer()
    }

    private func note(_ snapshot: PlayerSnapshot?) {
        guard let snapshot else { return }
        playback.buffered = snapshot.buffered
        if let position = snapshot.reading.position { playback.position = position }
        noteEnd(snapshot)
    }

    /// mpv says nothing of an end that is reached, or left, while the film stands, as it does after a
    /// seek of the room's.
    private func noteEnd(_ snapshot: PlayerSnapshot) {
        guard playback.shown != nil, playback.shown == playback.loaded, !snapshot.isSeeking,
            snapshot.isAtEnd != playback.isAtEnd,
            playback.endHeard.map({ snapshot.takenAt > $0 }) ?? true
        else { return }
        endOfFilm(snapshot.isAtEnd)
    }

    // MARK: To the player

    func tellFollower(_ event: FollowerEvent) {
        guard player != nil, let roomNow else { return }
        for directive in follower.on(event, now: PartyClock.now, roomNow: roomNow) {
            carryOut(directive)
        }
    }

    private func carryOut(_ directive: FollowerDirective) {
        switch directive {
        case .open(let item, let position, let exactly):
            playback.shown = nil
            playback.loaded = nil
            playback.isAtEnd = false
            playback.isSeeking = false
            playback.read = nil
            let title = room?.items?.item(item)?.name ?? "PeerWatch"
            player?.load(
                item, title: title, startingAt: position, exactly: exactly, paused: true)
        case .setPaused(let paused):
            player?.setPaused(paused)
        case .start(let instant):
            start(at: instant)
        case .cancelStart:
            startTimer.cancel()
        case .seek(let position):
            player?.seek(to: position)
        case .setSpeed(let speed):
            player?.setSpeed(speed)
        case .setPitchCorrection(let isOn):
            player?.setPitchCorrection(isOn)
        case .wish(let wish):
            if let roomNow { tellRoom(.wished(wish, at: roomNow)) }
            tellFollower(.answered)
        case .wake(let instant):
            followerAlarm?.cancel()
            followerAlarm = loop.scheduleTask(deadline: instant.deadline) { [weak self] in
                self?.assumeIsolated { $0.tellFollower(.tick) }
            }
        }
    }

    private func start(at instant: MonotonicInstant) {
        guard let player else { return }
        startTimer.set(at: instant) { [weak self] now in
            // Told first, so that mpv's own word of it comes later.
            self?.enqueue { $0.tellFollower(.started(now)) }
            player.setPaused(false)
        }
    }
}

extension PlayerSnapshot {
    /// The snapshot as the follower takes it.
    var reading: Reading {
        Reading(
            heard: audioPosition, frame: framePosition, frameSince: frameSince,
            frameDuration: frameDuration, speed: speed, isPaused: isPaused, isStalled: isBuffering,
            isSeeking: isSeeking, passesAudioThrough: passesAudioThrough, takenAt: takenAt)
    }
}

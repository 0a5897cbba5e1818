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
        let snapshot: PlayerSnapshot? =
            switch event {
            case .paused, .speed, .playbackRestarted:
                runningPlayer.withLockedValue { $0 }?.snapshot()
            case .fileLoaded, .foreignFile, .seeking, .position, .bufferingForCache, .endOfFilm,
                .idle, .duration, .failed, .noPicture, .scriptMessage, .logged, .quit:
                nil
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
            reopen()
        case .playbackRestarted:
            playbackRestarted(snapshot)
        case .seeking:
            playback.isSeeking = true
            tellSwarmOfSeek()
            tellFollower(.seekBegan)
        case .paused(let paused):
            measure(snapshot)
            tellFollower(.paused(paused))
        case .speed(let speed):
            measure(snapshot)
            tellFollower(.speed(speed))
        case .bufferingForCache(let isBuffering):
            buffering(isBuffering)
        case .endOfFilm(let isAtEnd):
            endOfFilm(isAtEnd)
        case .duration(let duration):
            playback.duration = duration
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
        let position = snapshot?.roomPosition ?? .start
        playback.isSeeking = false
        measure(snapshot)
        guard let item = playback.loaded else { return }
        guard playback.shown != item else {
            tellFollower(.seekEnded(at: position))
            return
        }
        playback.shown = item
        log.record(.firstFrame(position: position.seconds))
        if playback.recordsPrefetch {
            playback.recordsPrefetch = false
            tellRoom(.prefetchKnown(prefetch.hint(for: item)))
        }
        if roomSigner != nil, let roomNow { tellRoom(.started(at: position, roomNow)) }
        tellFollower(.opened(item, at: position))
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

    /// Something of the user's own was dropped on the window: back to the room's film.
    private func reopen() {
        guard let course = room?.course, let roomNow else { return }
        playback.loaded = nil
        playback.shown = nil
        carryOut(
            .open(course.item, at: course.position(at: roomNow), paused: course.isStanding))
    }

    /// A read of the player: where it is in the film's bytes.
    func playerReads(_ item: ItemID, _ bytes: Range<Int64>, waits: Bool) {
        if playback.recordsPrefetch { prefetch.note(bytes) }
        playback.read = bytes
        tellSwarm(.playerReads(item, bytes))
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
        guard let snapshot, let position = snapshot.roomPosition else { return tellRoomOfPlayer() }
        playback.buffered = snapshot.buffered
        playback.position = position
        tellFollower(
            .measured(
                position, isPaused: snapshot.isPaused, isStalled: snapshot.isBuffering))
        tellRoomOfPlayer()
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
        case .open(let item, let position, let paused):
            playback.shown = nil
            playback.loaded = nil
            playback.isAtEnd = false
            playback.isSeeking = false
            playback.read = nil
            let title = room?.items?.item(item)?.name ?? "PeerWatch"
            player?.load(item, title: title, startingAt: position, paused: paused)
        case .setPaused(let paused):
            player?.setPaused(paused)
        case .seek(let position):
            player?.seek(to: position)
        case .setSpeed(let speed):
            player?.setSpeed(speed)
        case .wish(let wish):
            guard let roomNow else { return }
            tellRoom(.wished(wish, at: roomNow))
        }
    }
}

extension PlayerSnapshot {
    /// What the room calls the position: what is heard while playing, the frame that stands when
    /// not.
    var roomPosition: MediaPosition? { isPaused ? framePosition : position }
}

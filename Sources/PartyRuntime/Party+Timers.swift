// What happens again and again: looks at the player, pings, status, progress, roots, hashing.

import FilmStore
import MeshTransport
import NIOCore
import PartyModel
import RoomCore
import SwarmCore
import SyncCore

extension Party {
    /// Between looks at the player: four a second find a drift long before it is seen.
    static let lookInterval = TimeAmount.milliseconds(250)
    /// Between the reports of how it goes.
    static let reportInterval = TimeAmount.seconds(1)
    /// A peer that does not answer six pings is not there, whatever its machine acknowledges: its
    /// process stands still, or something in between answers for it.
    static let silence = Duration.seconds(20)
    func startTimers() {
        repeating = [
            loop.scheduleRepeatedTask(initialDelay: Self.lookInterval, delay: Self.lookInterval) {
                [weak self] _ in
                self?.assumeIsolated { party in
                    party.lookAtPlayer()
                    party.showRoom()
                }
            },
            loop.scheduleRepeatedTask(
                initialDelay: .zero, delay: .nanoseconds(PingRota.interval.wholeNanoseconds)
            ) { [weak self] _ in
                self?.assumeIsolated { party in
                    party.roomClock.note(asleep: PartyClock.asleep)
                    party.sendPings()
                    party.trickleRoots()
                }
            },
            loop.scheduleRepeatedTask(initialDelay: Self.reportInterval, delay: Self.reportInterval)
            { [weak self] _ in self?.assumeIsolated { $0.report() } },
            loop.scheduleRepeatedTask(
                initialDelay: .zero, delay: .nanoseconds(UplinkPacer.interval.wholeNanoseconds)
            ) { [weak self] _ in self?.assumeIsolated { $0.watchLine() } },
        ]
    }

    // MARK: Clock

    func heard(_ pong: Pong, from peer: PeerID) {
        compareClocks(pong, with: peer)
        if let roundTrip = clocks[peer]?.roundTrip {
            tellSwarm(.roundTripMeasured(peer, roundTrip))
            tellRoom(.roundTripMeasured(peer, roundTrip))
        }
        measureLine(pong, to: peer)
        guard peer == room?.keeper, roomSigner == nil, let clock = clocks[peer],
            let roomOffset = pong.roomOffset
        else { return }
        roomClock.follow(clock, roomOffset: roomOffset)
        if let courseWaiting { follow(courseWaiting) }
    }

    private func hangUpOnSilent() {
        let now = PartyClock.now
        for (peer, heard) in lastHeard where now - heard > Self.silence {
            mesh?.giveUp(peer)
        }
    }

    // MARK: Status

    func sendStatus() {
        guard !configuration.isHeadless, let item = playback.shown else { return }
        let status = PeerStatus(
            item: item, position: playback.position, buffered: playback.playable,
            isStalled: playback.isStalled, isAtEnd: playback.isAtEnd,
            isReady: room?.isReady ?? false, runsDry: room?.runsDry,
            landing: follower.landing, sync: syncTold)
        for peer in remotes.keys { mesh?.send(.status(status), to: peer) }
    }

    func heard(_ status: PeerStatus, from peer: PeerID) {
        let wasStalled = statuses[peer]?.isStalled ?? false
        statuses[peer] = status
        tellRoom(.status(status, from: peer))
        if status.isStalled != wasStalled {
            log.record(
                status.isStalled
                    ? .buffering(
                        peer: peer.description, name: name(of: peer),
                        seconds: status.buffered.inSeconds)
                    : .resumed(peer: peer.description, name: name(of: peer)))
        }
        // A host without a player waits at its position until somebody sees it.
        if configuration.isHeadless, let roomNow, let intent = room?.intent {
            tellRoom(.started(at: intent.anchor, roomNow))
        }
    }

    private func report() {
        watchForSuspend()
        syncTold = syncReport
        sendStatus()
        hangUpOnSilent()
        reportSync()
        reportProgress()
        reportShortfall()
        reportSupply()
        goOnAfterLoss()
        flushFilms()
        checkFilm()
        traffic.look(at: PartyClock.now)
    }

    private func reportProgress() {
        guard let rates = progress.rates(at: PartyClock.now), roomSigner == nil,
            let item = room?.items?.item(playback.item ?? ItemID(.random())),
            !swarm.isComplete(item.id)
        else { return }
        log.record(
            .progress(
                have: swarm.verifiedBytes(of: item.id), total: item.geometry.size, down: rates.down,
                up: rates.up))
    }

    /// Says before it hurts that the film needs more than arrives, once until it is better.
    private func reportShortfall() {
        guard let id = playback.shown, let item = room?.items?.item(id),
            let duration = playback.duration, duration > .start,
            // What nobody has any more does not come by waiting; that is told elsewhere.
            !isHostGone || swarm.firstLostByte(of: id) == nil
        else { return }
        let needed = Double(item.geometry.size) / duration.seconds
        let rest = duration.seconds - playback.position.seconds
        let shortfall: Sustainability?
        let missing: Int64
        if roomSigner == nil {
            missing = item.geometry.size - swarm.verifiedBytes(of: id)
            shortfall = Sustainability(arriving: progress.arriving, needed: needed)
        } else {
            missing = Int64(max(rest, 0) * needed)
            shortfall = line.isBusy(at: PartyClock.now) ? roomShortfall(needed: needed) : nil
        }
        guard let shortfall, missing > 0,
            let wait = shortfall.wait(
                missing: missing, playing: .milliseconds(Int64(rest * 1_000))),
            wait > Self.waitWorthSaying
        else {
            playback.secondsShort = 0
            return
        }
        playback.secondsShort += 1
        guard playback.secondsShort == Self.secondsShortBeforeSaying else { return }
        log.record(
            .shortfall(rate: shortfall.rate, needed: needed, wait: wait.inSeconds))
        notice(
            "The film needs more than arrives: for a smooth start wait "
                + "\(Int(wait.inSeconds.rounded(.up))) s")
    }

    /// What all guests together can get.
    private func roomShortfall(needed: Double) -> Sustainability? {
        guard let uplinks = swarm.uplinks, !uplinks.guests.isEmpty else { return nil }
        return Sustainability(
            hostUplink: pacer.found ?? uplinks.own, guestUplinks: uplinks.guests,
            slowestDownlink: nil, needed: needed)
    }

    /// Less than this mpv's own buffer covers.
    static let waitWorthSaying = Duration.seconds(2)
    /// A rate is believed after so long.
    static let secondsShortBeforeSaying = 4

    /// What is sent from memory, or not sent at all, would not show that the host's file has changed.
    private func checkFilm() {
        guard let item = playback.item, case .hosted(let film)? = shelf?.film(item) else { return }
        onWorker({ try film.check() }) { party, result in
            guard case .failure(let error) = result else { return }
            party.filmFailed(error.asPartyError)
        }
    }

    private func flushFilms() {
        for case .fetched(let film) in shelf?.all ?? [] where !film.isComplete {
            onWorker({ try film.flush() }) { party, result in
                guard case .failure(let error) = result else { return }
                party.diskFailed(error.asPartyError)
            }
        }
    }

    // MARK: Roots and hashing

    private func trickleRoots() {
        guard let roomSigner, let item = playback.item else { return }
        let lists = rootFeeds.trickle(
            of: [item] + followers(of: item), to: Array(remotes.keys), pace: pacer.pace,
            now: PartyClock.now)
        for (peer, list) in lists { mesh?.send(.roots(roomSigner.sign(list)), to: peer) }
    }

    /// Hashes what nobody asked for yet, a chunk after the other, once there is somebody to hash for.
    func startHashing() {
        guard roomSigner != nil, !hashing.isRunning else { return }
        hashing.isRunning = true
        hashNext()
    }

    private func hashNext() {
        guard !isLeaving, !remotes.isEmpty, let next = nextToHash(),
            case .hosted(let film)? = shelf?.film(next.item)
        else {
            hashing.isRunning = false
            return
        }
        let began = PartyClock.now
        onWorker({ try film.root(of: next.chunk) }) { party, result in
            switch result {
            case .success(let root):
                party.rootFeeds.learn(root, of: next.chunk, in: next.item)
                let pause = (PartyClock.now - began) * HashingBook.restPerWork
                party.after(.nanoseconds(pause.wholeNanoseconds)) { $0.hashNext() }
            case .failure(let error):
                party.hashing.isRunning = false
                party.filmFailed(error.asPartyError)
            }
        }
    }

    /// Hashes the chunks behind one that is being sent, unless that is under way.
    func hashAhead(of address: BlockAddress) {
        let first = address.block.chunk.number + 1
        let end = first + UInt32(HashingBook.chunksAhead)
        let known = hashing.ahead[address.item] ?? 0
        let isNear = known > first && known <= end
        // Half of what is ahead is used up before more is asked for.
        guard !isNear || end - known > UInt32(HashingBook.chunksAhead / 2),
            let geometry = room?.items?.item(address.item)?.geometry,
            case .hosted(let film)? = shelf?.film(address.item)
        else { return }
        hashing.ahead[address.item] = end
        let chunks = ((isNear ? known : first)..<end).compactMap { geometry.chunk(at: $0) }
        onWorker({ try chunks.map { ($0, try film.root(of: $0, toBeSent: true)) } }) {
            party, result in
            // What fails here fails again when the block is read, and is reported there.
            guard case .success(let roots) = result else { return }
            for (chunk, root) in roots {
                party.rootFeeds.learn(root, of: chunk, in: address.item)
            }
        }
    }

    /// The next chunk not hashed: of the item that plays first, then in the playlist's order.
    private func nextToHash() -> (item: ItemID, chunk: ChunkIndex)? {
        let films = room?.items?.films ?? []
        let ordered =
            films.filter { $0.id == playback.item } + films.filter { $0.id != playback.item }
        for item in ordered {
            while let chunk = item.geometry.chunk(at: hashing.cursors[item.id] ?? 0) {
                hashing.cursors[item.id] = Int(chunk.number) + 1
                if rootFeeds.knows(chunk, of: item.id) == false { return (item.id, chunk) }
            }
        }
        return nil
    }
}

/// How far the hashing is.
struct HashingBook {
    /// Chunks hashed ahead of the one being sent: their roots travel in one signed list instead of
    /// eight, and no block waits for its hash.
    static let chunksAhead = 8

    /// Rest after each piece of work, as a multiple of it: a quarter of one core at most, for the
    /// player and the guests come first.
    static let restPerWork = 3

    var isRunning = false
    var cursors: [ItemID: Int] = [:]
    /// The first chunk not asked for yet ahead of those being sent.
    var ahead: [ItemID: UInt32] = [:]
}

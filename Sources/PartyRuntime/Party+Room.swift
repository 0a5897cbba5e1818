// What the room decides, carried out.

import FilmStore
import MeshTransport
import NIOCore
import PartyModel
import RoomCore
import SwarmCore
import SyncCore

extension Party {
    func tellRoom(_ event: RoomEvent) {
        let roomNow = roomNow
        let directives = room?.on(event, now: PartyClock.now, roomNow: roomNow) ?? []
        for directive in directives { carryOut(directive) }
        if !directives.isEmpty { showRoom() }
    }

    private func carryOut(_ directive: RoomDirective) {
        switch directive {
        case .send(let message, let peer):
            mesh?.send(message, to: peer)
        case .refuse(let peer, let bye):
            mesh?.disconnect(peer, saying: bye)
        case .carryCredential(let credential):
            mesh?.membership = credential
            log.record(
                .joined(
                    room: roomKey.description, peer: identity.peer.description,
                    name: credential.content.name))
        case .dial(let member):
            dial(member)
        case .dialHost(let peer):
            dialHost(peer)
        case .memberJoined(let member):
            names[member.peer] = member.name
            anticipate(member)
            report(member, .joined)
            announce(member, hasArrived: true)
        case .memberLeft(let member):
            report(member, .left)
            announce(member, hasArrived: false)
        case .memberReachable(let member, let isReachable):
            // Those who hang up because the room ends are not dialled again.
            guard isReachable || roomLost == nil else { break }
            report(member, isReachable ? .joined : .reconnecting)
        case .keeper(let peer):
            keeperChanged(to: peer)
        case .adopt(let playlist):
            adopt(playlist)
        case .prefetch(let hints):
            prefetchHints = hints
        case .follow(let course):
            follow(course)
        case .undo(let course):
            notice("Only the host controls this room.")
            tellFollower(.course(course))
        case .countAsReady(let course):
            tellFollower(.course(course))
            sendStatus()
        case .lookAtPlayer:
            lookAtPlayer()
        case .heard(let chat):
            show(chat)
        case .unheard:
            notice("Not sent: that was more than anybody can read.")
        case .wake(let instant):
            roomAlarm?.cancel()
            roomAlarm = loop.scheduleTask(deadline: instant.deadline) { [weak self] in
                self?.assumeIsolated { $0.tellRoom(.tick) }
            }
        }
    }

    func report(_ member: Member, _ state: PartyEvent.PeerState) {
        log.record(
            .peer(
                id: member.peer.description, name: member.name, state: state,
                direct: remotes[member.peer] != nil))
    }

    private func dial(_ member: Member) {
        mesh?.dial(member.peer, at: member.addresses).whenComplete { [weak self] result in
            guard case .failure = result else { return }
            self?.assumeIsolated { $0.tellRoom(.dialFailed(member.peer)) }
        }
    }

    private func dialHost(_ peer: PeerID) {
        guard case .joining(let token, _) = configuration.role else { return }
        let known = room?.member(peer)?.addresses ?? []
        let addresses = token.addresses + known.filter { !token.addresses.contains($0) }
        mesh?.dialHost(addresses).whenComplete { [weak self] result in
            guard case .failure(let error) = result else { return }
            self?.assumeIsolated { party in
                // Whom a former keeper sent here has nobody else to ask.
                if party.mesh?.membership == nil, token.leadsToKeeper {
                    party.fail(error.asPartyError)
                }
                party.tellRoom(.dialFailed(peer))
            }
        }
    }

    // MARK: The playlist

    func adopt(_ playlist: Playlist) {
        for (index, item) in playlist.items.enumerated() {
            log.record(.item(index: index, name: item.name, size: item.geometry.size))
        }
        if let courseWaiting { follow(courseWaiting) }
    }

    /// Opens the place where a film grows, unless it is open, and tells the swarm what of it is
    /// there already.
    ///
    /// Only what plays and what comes next is opened: a playlist may be long.
    private func fetch(_ id: ItemID) {
        guard case .joining(_, let directory) = configuration.role, shelf?.film(id) == nil,
            let item = room?.items?.item(id), openingFilms.insert(id).inserted
        else { return }
        let room = roomKey
        onWorker({
            let (place, setback) = try Self.place(under: directory)
            return (try GuestFilm(item: item, room: room, place: place), setback)
        }) { party, result in
            switch result {
            case .success((let film, let setback)):
                let isFirst = party.shelf?.all.isEmpty ?? true
                if let setback, isFirst { party.log.record(.error(setback)) }
                party.opened(film, of: item)
            case .failure(let error): party.fail(error.asPartyError)
            }
        }
    }

    /// Where a film grows: beside where it is to stay, or in the cache, and what is wrong with that.
    nonisolated private static func place(
        under directory: String?
    ) throws(PartyError) -> (FilmPlace, setback: PartyError?) {
        if let directory { return (.beside(directory: directory), nil) }
        let cache = try CacheDirectory()
        return (.cache(cache), cache.setback)
    }

    private func opened(_ film: GuestFilm, of item: PlaylistItem) {
        openingFilms.remove(item.id)
        shelf?.put(.fetched(film), as: item.id)
        progress.begin(item.id, at: PartyClock.now)
        tellSwarm(.itemAdded(item.id, item.geometry, .nothing))
        recheck(film, of: item.id)
        for (header, bytes, peer) in earlyBlocks where header.item == item.id {
            arrived(header, bytes, from: peer)
        }
        earlyBlocks.removeAll { $0.header.item == item.id }
        for roots in waitingRoots.take(of: item.id) { learn(roots) }
        if let course = courseWaiting, course.item == item.id { follow(course) }
    }

    // MARK: The timeline

    /// The room's time, once it is known here.
    var roomNow: RoomInstant? { roomClock.time(at: PartyClock.now) }

    /// Fetches what a course is about, and follows it as soon as its film and the player are there and
    /// the room's time is known.
    func follow(_ course: Course) {
        announceWish()
        courseWaiting = course
        fetch(course.item)
        guard shelf?.film(course.item) != nil else { return }
        if playback.item != course.item || !playback.isTurned { turn(to: course.item) }
        guard let roomNow, player != nil || configuration.isHeadless else { return }
        courseWaiting = nil
        tellHints()
        record(course, at: roomNow)
        follower.supplyRoundTrip = supplyRoundTrip(of: course.item)
        tellFollower(.course(course))
    }

    /// How long it takes at the least until a part of a film comes that is asked for.
    private func supplyRoundTrip(of item: ItemID) -> Duration {
        guard !swarm.isComplete(item) else { return .zero }
        let hosts = remotes.values.filter(\.isHost)
        let suppliers = hosts.isEmpty ? Array(remotes.values) : hosts
        return suppliers.compactMap { mesh?.traffic(to: $0.peer)?.roundTrip }.min() ?? .zero
    }

    private func turn(to item: ItemID) {
        playback.item = item
        playback.isTurned = true
        let followers = followers(of: item)
        for follower in followers { fetch(follower) }
        let isWatched = !configuration.isHeadless && playback.shown != item
        let firstReads = prefetchHints.filter { $0.item == item }.map(\.range)
        tellSwarm(
            .turned(
                to: item, followers: followers, isWatched: isWatched, firstReads: firstReads))
    }

    /// What guests open and fetch beside an item: the film behind it.
    func followers(of item: ItemID) -> [ItemID] {
        let next = room?.items?.films.drop { $0.id != item }.dropFirst().prefix(1) ?? []
        return next.map(\.id)
    }

    func name(of peer: PeerID) -> String { names[peer] ?? peer.description }
}

extension Error {
    /// The error as the user is told of it.
    var asPartyError: PartyError {
        self as? PartyError ?? .roomClosed(reason: String(describing: self))
    }
}

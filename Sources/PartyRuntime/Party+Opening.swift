// How a party starts: a room opened or joined, up to the moment everything runs by itself.

import FilmStore
import Logging
import MeshTransport
import MpvPlayer
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import PartyModel
import RoomCore
import SwarmCore

extension Party {
    // MARK: Hosting

    func openRoom(files: [String], membersAllowed: Int) async throws {
        guard files.count <= Limits.items else {
            throw PartyError.tooManyFiles(limit: Limits.items)
        }
        let films = try await openFilms(files)
        let shelf = makeShelf()
        for film in films { shelf.put(.hosted(film), as: film.item) }
        // Without a window there is no room.
        var starting = mayOpenWindow ? nil : startPlayer()
        try await starting?.get()
        let port = try await listen()
        starting = starting ?? startPlayer()
        // A token that was passed on and leads nowhere would be worse than one a little later.
        try await starting?.get()
        let addresses = listeningAddresses(port: port)
        let items = films.map { PlaylistItem(id: $0.item, name: $0.name, geometry: $0.geometry) }
        guard let roomSigner, let first = items.first else { return }
        let playlist = Playlist(version: 1, items: items)
        room = Room(
            hosting: roomSigner, as: ownNewcomer, introduction: introduction(addresses),
            signer: memberSigner, playlist: playlist, rules: configuration.rules,
            start: configuration.mpvArguments.startPosition ?? .start,
            now: RoomInstant(nanoseconds: PartyClock.now.nanoseconds),
            membersAllowed: membersAllowed)
        adopt(playlist)
        for item in items {
            tellSwarm(.itemAdded(item.id, item.geometry, .everything))
            rootFeeds.add(item.id, item.geometry)
        }
        playback.item = first.id
        let token = Token(room: roomKey, secret: secret, addresses: addresses)
        log.record(.room(token: token.text, addresses: addresses.map(\.description)))
        offer(token, atOnce: true)
        if let course = room?.course { follow(course) }
    }

    private func openFilms(_ files: [String]) async throws -> [HostFilm] {
        try await onThread {
            // A film can be shared without remembering its hashes.
            let hashes = try? HashCache(directory: CacheDirectory().hashes)
            return try files.map { path in
                try HostFilm(path: path, item: ItemID(.random()), hashes: hashes)
            }
        }
    }

    // MARK: Joining

    func joinRoom(_ token: Token) async throws {
        makeShelf()
        // Nobody is called for a window that cannot open.
        var starting = mayOpenWindow ? nil : startPlayer()
        try await starting?.get()
        let port = try await listen()
        room = Room(
            joining: roomKey, as: identity.peer,
            introduction: introduction(listeningAddresses(port: port)), signer: memberSigner)
        mesh?.greeting = { [weak self] in self?.assumeIsolated { $0.greeting } ?? [] }
        // Nothing waits for the host but the end: whoever wants to leave meanwhile may.
        mesh?.dialHost(token.addresses, orKeeper: token.leadsToKeeper).whenComplete {
            [weak self] result in
            guard case .failure(let error) = result else { return }
            self?.assumeIsolated { $0.fail(error.asPartyError) }
        }
        // mpv takes as long to start as the host takes to answer: both at once, and the host first, for
        // while a library is loaded threads that are to start here wait for it.
        starting = starting ?? startPlayer()
        onWorker({ try CacheDirectory().collectAbandoned() }) { _, _ in }
        try await starting?.get()
        offer(token, atOnce: false)
    }

    // MARK: Both

    func listen() async throws -> Int {
        let mesh = try Mesh(
            eventLoop: loop, identity: identity, room: roomKey, secret: secret,
            knows: { [weak self] certificate in
                self?.assumeIsolated { party in
                    party.room?.answersNewcomers ?? false
                        || party.room?.member(certificate.peer) != nil
                } ?? false
            },
            onEvent: { [weak self] event in self?.assumeIsolated { $0.handle(event) } })
        mesh.vouchers = { [weak self] in self?.assumeIsolated { $0.room?.vouchers } ?? [] }
        self.mesh = mesh
        let port = try await mesh.listen(
            hosts: configuration.bindAddresses,
            port: configuration.port ?? PartyConfiguration.usualPort,
            fallsBack: configuration.port == nil
        ).get()
        log.record(.listening(port: port))
        return port
    }

    /// Where others may find this process: what the user says, then what the interfaces have.
    func listeningAddresses(port: Int) -> [PeerAddress] {
        let port = UInt16(clamping: port)
        let given = configuration.advertisedAddresses.map { $0.port == 0 ? $0.withPort(port) : $0 }
        let bound = configuration.bindAddresses.compactMap { text in
            try? PeerAddress(hostAndPort: text).withPort(port)
        }
        let found = bound.isEmpty ? LocalAddresses.all(port: port) : bound
        var addresses: [PeerAddress] = []
        for address in given + found where !addresses.contains(address) {
            addresses.append(address)
        }
        return Array(addresses.prefix(Limits.addressesPerMember))
    }

    private func introduction(_ addresses: [PeerAddress]) -> Introduction {
        Introduction(
            name: configuration.name, isHeadless: configuration.isHeadless, addresses: addresses)
    }

    /// Who this is, and the first question for the room's time.
    var greeting: [Message] {
        guard let room else { return [] }
        // Before the host sends a newcomer anything.
        return appetite + room.greeting + [.ping(Ping(sent: PartyClock.now))]
    }

    /// What is wanted unasked before it is known what plays.
    private var appetite: [Message] {
        if configuration.downloadLimit != nil { return [.appetite(.asked)] }
        return configuration.isHeadless || playback.shown != nil ? [] : [.appetite(.needed)]
    }

    private var ownNewcomer: Newcomer {
        Newcomer(fingerprint: identity.fingerprint, key: identity.memberKey, observed: nil)
    }

    private var memberSigner: MemberSigningKey { MemberSigningKey(identity.signingKey) }

    @discardableResult
    private func makeShelf() -> FilmShelf {
        let shelf = FilmShelf(
            onRead: { [weak self] item, bytes, waits in
                self?.enqueue { $0.playerReads(item, bytes, waits: waits) }
            },
            onFailure: { [weak self] error in self?.enqueue { $0.filmFailed(error) } })
        self.shelf = shelf
        return shelf
    }

    /// Whether a window can be expected to open; where not, it is first seen whether the player
    /// wants one.
    private var mayOpenWindow: Bool {
        configuration.isHeadless || configuration.lender != nil
            || configuration.mpvArguments.choosesVideoOutput
            || MpvDisplay(environment: playerSettings.environment).answers
    }

    /// Starts the player, if anybody watches here; the future is done once it runs.
    private func startPlayer() -> EventLoopFuture<Void>? {
        guard !configuration.isHeadless, let shelf else { return nil }
        for sentence in configuration.mpvArguments.overruled { logger.warning("\(sentence)") }
        let settings = playerSettings
        let running = runningPlayer
        let hear: @Sendable (PlayerEvent) -> Void = { [weak self] event in self?.heard(event) }
        let started = playerThread.runIfActive(eventLoop: loop) {
            let player = try Player(configuration: settings, films: shelf, onEvent: hear)
            running.withLockedValue { $0 = player }
            return player
        }
        return started.map { [weak self] player in self?.assumeIsolated { $0.begin(with: player) } }
    }

    private func begin(with player: Player) {
        self.player = player
        // The host's film opens at the same time, and the picture comes first.
        if roomSigner == nil { startScript() }
        if let courseWaiting { follow(courseWaiting) }
    }

    /// Shows the room in the window.
    func startScript() {
        guard let player else { return }
        playerThread.runIfActive(eventLoop: loop) { try player.startScript() }.whenFailure {
            [weak self] error in
            guard let error = error as? PartyError else { return }
            self?.assumeIsolated { $0.fail(error) }
        }
    }

    private var playerSettings: PlayerConfiguration {
        var settings = PlayerConfiguration()
        settings.usesUserConfig = configuration.usesMpvConfiguration
        settings.loadsUserScripts = configuration.loadsMpvScripts
        settings.mpvArguments = configuration.mpvArguments
        settings.lender = configuration.lender
        return settings
    }
}

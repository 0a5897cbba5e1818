// Who this process is connected to, and the way in and out for everything that is said.
//
// Invariants: a peer has at most one link, and both sides keep the same one; nothing is handed on
// from anybody who is not proven; events come in order, on the event loop, and never from inside a
// call to the mesh.

public import NIOCore
import NIOSSL
public import PartyModel
import WireFormat

/// All connections of one running party.
///
/// Bound to its event loop: made, called and called back there.
public final class Mesh {
    /// This peer's own entry, as it was welcomed with; shown to all but the host.
    public var membership: Signed<Member>?

    /// Whose word on who is a member counts besides the room's, at the moment.
    public var vouchers: () -> [MemberKey] = { [] }

    /// What a guest says right behind its proof when it dials the host.
    ///
    /// The host has proven itself by the room's key by then; saying it at once saves a round trip.
    public var greeting: () -> [Message] = { [] }

    /// The port it listens on.
    public private(set) var listeningPort: Int?

    /// How long strangers may take; shorter in tests.
    var deadlines = HandshakeDeadlines()

    private let eventLoop: any EventLoop
    private let identity: TLSIdentity
    private let room: RoomKey
    private let secret: RoomSecret
    private let sessions: SecureSessions
    private let knows: (CertificateFingerprint) -> Bool
    private let onEvent: (MeshEvent) -> Void

    private var links: [PeerID: PeerLink] = [:]
    private var dials: [PeerID: EventLoopFuture<Void>] = [:]
    /// Made while the host is dialled, for the link that comes of it.
    private var earlyBulk: EarlyBulk?
    private var doorkeeper = Doorkeeper()
    private(set) var strangers: [ObjectIdentifier: Doorkeeper.Place] = [:]
    private(set) var channels: [ObjectIdentifier: any Channel] = [:]
    private var isClosed = false
    /// Whether somebody has been connected over loopback.
    private var sharesMachine = false

    /// A mesh without connections.
    ///
    /// - Parameters:
    ///   - eventLoop: where all of it lives; the caller is on it.
    ///   - identity: this process's certificate; who has the host's takes in everybody who knows the
    ///     secret.
    ///   - room: the room's key.
    ///   - secret: the room's secret.
    ///   - knows: whether the roster names a certificate, or newcomers are taken in; a guest takes
    ///     in only those, the host, and who shows an entry of its own.
    ///   - onEvent: takes the events, on the event loop.
    /// - Throws: when TLS cannot be set up.
    public init(
        eventLoop: any EventLoop, identity: TLSIdentity, room: RoomKey, secret: RoomSecret,
        knows: @escaping (CertificateFingerprint) -> Bool,
        onEvent: @escaping (MeshEvent) -> Void
    ) throws {
        eventLoop.preconditionInEventLoop()
        self.eventLoop = eventLoop
        self.identity = identity
        self.room = room
        self.secret = secret
        self.knows = knows
        self.onEvent = onEvent
        sessions = try SecureSessions(identity: identity)
    }

    /// The peers that are connected.
    public var peers: [PeerID] { Array(links.keys) }
}

// MARK: - Making and ending connections

extension Mesh {
    /// Listens at the addresses of `hosts`, or at all of this machine when there are none; the
    /// future is the port.
    ///
    /// With `fallsBack`, the next free port is taken when this one is in use. Fails with
    /// ``PartyError/portInUse(port:)`` or ``PartyError/cannotListen(address:reason:)``.
    public func listen(hosts: [String], port: Int, fallsBack: Bool) -> EventLoopFuture<Int> {
        eventLoop.preconditionInEventLoop()
        return Listener(eventLoop: eventLoop, accept: accept)
            .listen(hosts: hosts, port: port, fallsBack: fallsBack)
            .assumeIsolated().flatMapThrowing { channels in
                for channel in channels { self.register(channel) }
                guard !self.isClosed, let port = channels.first?.localAddress?.port else {
                    throw ChannelError.alreadyClosed
                }
                self.listeningPort = port
                return port
            }.nonisolated()
    }

    /// Connects to the host of the room, at whichever of the token's addresses leads there first;
    /// they are tried in the order given.
    ///
    /// With `orKeeper`, a member whom the host has named will do.
    ///
    /// Fails with ``PartyError/hostUnreachable(attempts:)``, ``PartyError/proofRefused(address:)``,
    /// ``PartyError/hostIsSomeoneElse(address:)`` or ``PartyError/versionMismatch(theirs:ours:)``.
    public func dialHost(
        _ addresses: [PeerAddress], orKeeper: Bool = false
    ) -> EventLoopFuture<PeerID> {
        eventLoop.preconditionInEventLoop()
        let promise = eventLoop.makePromise(of: PeerID.self)
        let allowed = addresses.filter { $0.mayBeDialled(from: .token) }
        let skipped = addresses.filter { !allowed.contains($0) }
            .map { (address: $0, end: ConnectionEnd.lost("cannot be dialled")) }
        let expected: ExpectedPeer = orKeeper ? .keeper : .host
        race(
            to: allowed, expecting: expected,
            opened: { self.prepareBulk($0, expecting: expected) }
        ) { outcome in
            switch outcome {
            case .won(let connection, let peer):
                self.adopt(connection, peer, isDialled: true)
                promise.succeed(peer.peer)
            case .lost(let failures):
                promise.fail(PartyError(noHostAt: failures + skipped))
            }
            self.earlyBulk?.giveUp()
            self.earlyBulk = nil
        }
        return promise.futureResult
    }

    /// Connects to another guest, at the addresses its roster entry gives.
    ///
    /// Names, and addresses that are not one machine's, are left out; so are loopback addresses
    /// unless somebody has been connected over loopback. Succeeds at once when the peer is connected, and
    /// together with a dial that is under way. Fails with ``PeerUnreachable``.
    public func dial(_ peer: PeerID, at addresses: [PeerAddress]) -> EventLoopFuture<Void> {
        eventLoop.preconditionInEventLoop()
        if let link = links[peer], link.control.isOpen {
            return eventLoop.makeSucceededVoidFuture()
        }
        if let dial = dials[peer] { return dial }
        let origin = AddressOrigin.roster(
            sharesMachine: sharesMachine)
        let promise = eventLoop.makePromise(of: Void.self)
        dials[peer] = promise.futureResult
        race(
            to: addresses.filter { $0.mayBeDialled(from: origin) }, expecting: .peer(peer)
        ) { outcome in
            self.dials[peer] = nil
            switch outcome {
            case .won(let connection, let peer):
                self.adopt(connection, peer, isDialled: true)
                promise.succeed()
            case .lost(let failures):
                promise.fail(
                    PeerUnreachable(attempts: failures.map { .init($0.address, $0.end) }))
            }
        }
        return promise.futureResult
    }

    /// Ends the connections to a peer, after telling it why.
    ///
    /// ``MeshEvent/disconnected(_:reason:bye:)`` follows.
    public func disconnect(_ peer: PeerID, saying bye: Bye) {
        eventLoop.preconditionInEventLoop()
        links[peer]?.close(.closedHere, saying: bye)
    }

    /// Ends the connections to a peer that does not answer any more.
    ///
    /// ``MeshEvent/disconnected(_:reason:bye:)`` follows.
    public func giveUp(_ peer: PeerID) {
        eventLoop.preconditionInEventLoop()
        links[peer]?.close(.lost("does not answer"))
    }

    /// Says good-bye to everybody and closes everything; there are no events any more.
    ///
    /// The future succeeds when no socket is left, in a fraction of a second whatever the others do.
    public func close() -> EventLoopFuture<Void> {
        eventLoop.preconditionInEventLoop()
        isClosed = true
        listeningPort = nil
        for link in links.values { link.close(.closedHere, saying: Bye(kind: .leaving)) }
        links = [:]
        let open = channels.values.map(\.closeFuture)
        for channel in channels.values { channel.close(promise: nil) }
        return EventLoopFuture.andAllComplete(open, on: eventLoop)
    }
}

// MARK: - Saying things

extension Mesh {
    /// Says something to a peer; nothing happens when it is not connected.
    public func send(_ message: Message, to peer: PeerID) {
        eventLoop.preconditionInEventLoop()
        links[peer]?.control.send(message)
    }

    /// Sends a block of 1 to ``ChunkGeometry/blockSize`` bytes.
    ///
    /// ``MeshEvent/blockSent(to:bytes:)`` follows when it has left. What waits here cannot be
    /// overtaken, so give it a few at a time.
    public func sendBlock(_ header: BlockHeader, _ bytes: ByteBuffer, to peer: PeerID) {
        eventLoop.preconditionInEventLoop()
        links[peer]?.send(header, bytes)
    }

    /// Limits how fast blocks leave for a peer, in bytes a second; `nil` lifts the limit.
    public func setPacingRate(bytesPerSecond: Int?, for peer: PeerID) {
        eventLoop.preconditionInEventLoop()
        links[peer]?.pace(bytesPerSecond)
    }

    /// What a peer's connections have sent, and what they hold back; `nil` when it is not connected.
    public func traffic(to peer: PeerID) -> LinkTraffic? {
        eventLoop.preconditionInEventLoop()
        return links[peer]?.traffic
    }
}

// MARK: - Connections on their way in and out

extension Mesh {
    /// Lets a connection that came as far as the handshake, or throws what is against it.
    private func accept(_ channel: any Channel) throws {
        guard !isClosed, let address = PeerAddress(channel.remoteAddress) else {
            throw ConnectionEnd.closedHere
        }
        let place = Doorkeeper.Place(address)
        let verdict = doorkeeper.arrives(place, now: .now())
        guard verdict == .welcome else {
            emit(.refusedStranger(reason: verdict.description, address: address))
            throw ConnectionEnd.closedHere
        }
        strangers[ObjectIdentifier(channel)] = place
        register(channel)
        let connection = makeConnection(
            .listener(knows: knows), session: sessions.makeListenerEnd())
        connection.onEvent = { self.on($1, ofStranger: $0, on: channel, at: address) }
        try connection.install(in: channel)
    }

    private func on(
        _ event: Connection.Event, ofStranger connection: Connection, on channel: any Channel,
        at address: PeerAddress
    ) {
        switch event {
        case .proven(let peer):
            settle(channel)
            connection.onEvent = { _, _ in }
            switch peer.purpose {
            case .control: adopt(connection, peer, isDialled: false)
            case .bulk: attach(connection, to: peer.peer, isDialled: false)
            }
        case .ended(let end):
            if end == .refused(.proofInvalid) {
                doorkeeper.proofFailed(Doorkeeper.Place(address), now: .now())
            }
            emit(.refusedStranger(reason: end.description, address: address))
        case .readyToProve, .message, .block: break
        }
    }

    private func race(
        to addresses: [PeerAddress], expecting expected: ExpectedPeer,
        opened: @escaping (PeerAddress) -> Void = { _ in },
        then: @escaping (DialRace.Outcome) -> Void
    ) {
        var distinct: [PeerAddress] = []
        for address in addresses.map(\.unmapped) where !distinct.contains(address) {
            distinct.append(address)
        }
        guard !distinct.isEmpty else { return then(.lost([])) }
        DialRace(
            addresses: distinct, expecting: expected, dialer: dialer, onOpened: opened,
            onOutcome: then
        ).start()
    }

    var dialer: Dialer {
        Dialer(eventLoop: eventLoop) { channel, purpose, expected in
            guard !self.isClosed else { throw ConnectionEnd.closedHere }
            self.register(channel)
            let connection = self.makeConnection(
                .dialler(purpose, expecting: expected),
                session: try self.sessions.makeDiallerEnd())
            try connection.install(in: channel)
        }
    }

    private func makeConnection(_ side: Connection.Side, session: NIOSSLHandler) -> Connection {
        Connection(
            side: side, sessions: sessions, session: session,
            credentials: HandshakeCredentials(
                room: room, secret: secret, isHost: identity.isHost, membership: membership,
                vouchers: vouchers()),
            deadlines: deadlines, greeting: { self.greeting() }, onEvent: { _, _ in })
    }

    /// Keeps a channel in sight until it is closed.
    private func register(_ channel: any Channel) {
        guard !isClosed else { return channel.close(promise: nil) }
        channels[ObjectIdentifier(channel)] = channel
        channel.closeFuture.assumeIsolated().whenComplete { _ in
            self.settle(channel)
            self.channels[ObjectIdentifier(channel)] = nil
        }
    }

    /// A connection does not count as a stranger's any more.
    private func settle(_ channel: any Channel) {
        guard let place = strangers.removeValue(forKey: ObjectIdentifier(channel)) else { return }
        doorkeeper.leaves(place)
    }
}

// MARK: - Links

extension Mesh {
    /// Makes a proven control connection the link to its peer, unless the other one stays.
    private func adopt(_ connection: Connection, _ proven: ProvenPeer, isDialled: Bool) {
        guard let address = connection.remoteAddress, !isClosed else {
            return connection.close(.closedHere)
        }
        let peer = proven.peer
        let duplicate = Bye(kind: .duplicate)
        if let old = links[peer] {
            guard newerStays(peer, newer: isDialled, older: old.isDialled) else {
                return connection.close(.replaced, saying: duplicate)
            }
            drop(old, .replaced, saying: duplicate)
        }
        let remote = RemotePeer(
            fingerprint: proven.fingerprint, key: proven.key, isHost: proven.isHost,
            credential: proven.credential, address: address)
        let link = PeerLink(remote: remote, control: connection, isDialled: isDialled) {
            [eventLoop] bytes in
            // Later: a block can leave before the call that sends it returns.
            eventLoop.assumeIsolated().execute { self.emit(.blockSent(to: peer, bytes: bytes)) }
        }
        links[peer] = link
        if address.isLoopback { sharesMachine = true }
        connection.onEvent = { self.on($1, ofControl: link) }
        emit(.connected(remote, dialled: isDialled))
        if isDialled, connection.isOpen { dialBulk(link) }
    }

    /// Of two connections by the same dialler the newer counts, because the older may be dead; of
    /// two that cross, the one dialled by the smaller peer, on both sides.
    private func newerStays(_ peer: PeerID, newer isDialled: Bool, older wasDialled: Bool) -> Bool {
        guard isDialled != wasDialled else { return true }
        return isDialled == (identity.peer < peer)
    }

    private func on(_ event: Connection.Event, ofControl link: PeerLink) {
        switch event {
        case .message(.bye(let bye)): left(link, saying: bye)
        case .message(let message): emit(.message(message, from: link.remote.peer))
        case .block(let header, let bytes): emit(.block(header, bytes, from: link.remote.peer))
        case .ended(let end): drop(link, end)
        case .readyToProve, .proven: break
        }
    }

    /// Begins the second connection where the first one to the host stands.
    private func prepareBulk(_ address: PeerAddress, expecting expected: ExpectedPeer) {
        guard !isClosed, earlyBulk?.isAlive != true else { return }
        earlyBulk = EarlyBulk(to: address, expecting: expected, dialer: dialer)
    }

    private func dialBulk(_ link: PeerLink) {
        guard let early = earlyBulk, early.isAlive, early.address == link.remote.address else {
            return dialLateBulk(link)
        }
        earlyBulk = nil
        early.use { outcome in
            switch outcome {
            case .proven(let connection, let peer) where peer == link.remote.peer:
                self.attach(connection, to: peer, isDialled: true)
            case .proven(let connection, _):
                connection.close(.replaced)
                self.dialLateBulk(link)
            case .ended: self.dialLateBulk(link)
            }
        }
    }

    private func dialLateBulk(_ link: PeerLink) {
        guard link.control.isOpen else { return }
        let peer = link.remote.peer
        dialer.dial(link.remote.address, .bulk, expecting: .peer(peer)) { result in
            switch result {
            case .success(let connection):
                connection.onEvent = { connection, event in
                    switch event {
                    case .readyToProve: connection.prove()
                    case .proven: self.attach(connection, to: peer, isDialled: true)
                    case .ended(let end): link.close(end)
                    case .message, .block: break
                    }
                }
            case .failure(let end): link.close(end)
            }
        }
    }

    /// Gives a proven bulk connection to the link whose control connection the same side dialled.
    private func attach(_ connection: Connection, to peer: PeerID, isDialled: Bool) {
        guard let link = links[peer], link.isDialled == isDialled, link.control.isOpen else {
            return connection.close(.replaced)
        }
        connection.onEvent = { self.on($1, ofBulk: link) }
        link.attach(connection)
        emit(.bulkReady(peer))
    }

    private func on(_ event: Connection.Event, ofBulk link: PeerLink) {
        switch event {
        case .block(let header, let bytes): emit(.block(header, bytes, from: link.remote.peer))
        case .message(.bye(let bye)): left(link, saying: bye)
        case .message, .readyToProve, .proven: break
        case .ended(let end): bulkEnded(link, end)
        }
    }

    /// How long a good-bye on control may come after the end of bulk: the two have no order, and on
    /// a slow line film is in front of it.
    static let farewellDelay = TimeAmount.seconds(3)

    private func bulkEnded(_ link: PeerLink, _ end: ConnectionEnd) {
        guard links[link.remote.peer] === link, end == .closedThere else { return link.close(end) }
        eventLoop.assumeIsolated().scheduleTask(in: Self.farewellDelay) { link.close(end) }
    }

    /// The other side said that it goes.
    private func left(_ link: PeerLink, saying bye: Bye) {
        link.bye = bye
        link.close(.closedThere)
    }

    /// Takes a link out of the mesh; only the first reason counts.
    private func drop(_ link: PeerLink, _ reason: ConnectionEnd, saying bye: Bye? = nil) {
        let peer = link.remote.peer
        guard links[peer] === link else { return }
        links[peer] = nil
        link.close(reason, saying: bye)
        emit(.disconnected(peer, reason: reason, bye: link.bye))
    }

    private func emit(_ event: MeshEvent) {
        guard !isClosed else { return }
        onEvent(event)
    }
}

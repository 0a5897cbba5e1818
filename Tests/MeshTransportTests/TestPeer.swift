import Crypto
import NIOCore
import NIOPosix
import PartyModel
import Testing

@testable import MeshTransport

/// What a wait ends with when its condition does not come true.
struct WaitedInVain: Error, CustomStringConvertible {
    let description: String
}

/// A room with its key and secret.
struct TestRoom: Sendable {
    let signing = Curve25519.Signing.PrivateKey()
    let secret = RoomSecret(Bytes16.random())

    var key: RoomKey {
        get throws { RoomKey(try #require(Bytes32(Array(signing.publicKey.rawRepresentation)))) }
    }

    func host() throws -> TLSIdentity { try TLSIdentity(hostOf: RoomSigningKey(signing)) }

    func entry(of identity: TLSIdentity) throws -> Signed<Member> {
        try Signed(
            signing: Member(
                fingerprint: identity.fingerprint, key: identity.memberKey, name: "Ada",
                isHeadless: false, addresses: [], since: 1),
            with: signing)
    }
}

extension Bytes16 {
    static func random() -> Bytes16 {
        guard let bytes = Bytes16((0..<16).map { _ in UInt8.random(in: 0...255) }) else {
            preconditionFailure("sixteen bytes are sixteen bytes")
        }
        return bytes
    }
}

/// A mesh on one of the process's event loops, with a record of what it says.
///
/// Everything it holds lives on its loop; the methods hop there.
final class TestPeer: Sendable {
    enum Role { case host, guest }

    /// How long a condition may take to come true; only a failing test waits that long.
    static let patience = TimeAmount.seconds(60)

    /// Deadlines that no stranger meets by accident, however busy the machine is.
    static let patient = HandshakeDeadlines(secure: .minutes(5), proof: .minutes(5))

    let identity: TLSIdentity
    let loop: any EventLoop
    private let state: NIOLoopBoundBox<State>

    private struct State {
        var mesh: Mesh?
        weak var remains: Mesh?
        var roster: Set<CertificateFingerprint> = []
        var events: [MeshEvent] = []
        var waiting: [(id: Int, pick: (MeshEvent) -> Bool, promise: EventLoopPromise<MeshEvent>)] =
            []
        var lastID = 0
    }

    init(
        _ role: Role, in room: TestRoom, secret: RoomSecret? = nil, key: RoomKey? = nil,
        identity: TLSIdentity? = nil, deadlines: HandshakeDeadlines = TestPeer.patient
    ) async throws {
        let identity = try identity ?? (role == .host ? room.host() : TLSIdentity())
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let roomKey = try key ?? room.key
        self.identity = identity
        self.loop = loop
        state = try await loop.submit {
            let state = NIOLoopBoundBox(State(), eventLoop: loop)
            let mesh = try Mesh(
                eventLoop: loop, identity: identity, room: roomKey,
                secret: secret ?? room.secret,
                knows: { state.value.roster.contains($0) },
                onEvent: { Self.record($0, in: state) })
            mesh.deadlines = deadlines
            state.value.mesh = mesh
            return state
        }.get()
    }

    var peer: PeerID { identity.peer }

    private static func record(_ event: MeshEvent, in state: NIOLoopBoundBox<State>) {
        if let index = state.value.waiting.firstIndex(where: { $0.pick(event) }) {
            state.value.waiting.remove(at: index).promise.succeed(event)
        } else {
            state.value.events.append(event)
        }
    }

    /// Does something with the mesh, on its loop.
    func run<Result: Sendable>(
        _ body: @escaping @Sendable (Mesh) throws -> Result
    ) async throws -> Result {
        let state = state
        return try await loop.submit {
            let mesh = try #require(state.value.mesh)
            return try body(mesh)
        }.get()
    }

    /// Does something with the mesh that takes time.
    func start<Result: Sendable>(
        _ body: @escaping @Sendable (Mesh) -> EventLoopFuture<Result>
    ) async throws -> Result {
        let state = state
        return try await loop.flatSubmit { [loop] in
            guard let mesh = state.value.mesh else {
                return loop.makeFailedFuture(WaitedInVain(description: "closed"))
            }
            return body(mesh)
        }.get()
    }

    /// The first event, past or to come, of which `pick` makes something; it is taken out of the
    /// record.
    func event<Result: Sendable>(
        _ what: String, _ pick: @escaping @Sendable (MeshEvent) -> Result?
    ) async throws -> Result {
        let state = state
        let event = try await loop.flatSubmit { [loop] in
            let promise = loop.makePromise(of: MeshEvent.self)
            if let index = state.value.events.firstIndex(where: { pick($0) != nil }) {
                promise.succeed(state.value.events.remove(at: index))
                return promise.futureResult
            }
            state.value.lastID += 1
            let id = state.value.lastID
            state.value.waiting.append((id, { pick($0) != nil }, promise))
            loop.scheduleTask(in: Self.patience) {
                guard let index = state.value.waiting.firstIndex(where: { $0.id == id }) else {
                    return
                }
                let seen = state.value.events
                state.value.waiting.remove(at: index).promise.fail(
                    WaitedInVain(description: "no \(what), but \(seen)"))
            }
            return promise.futureResult
        }.get()
        return try #require(pick(event))
    }

    /// Waits until something is true of the mesh.
    func until(
        _ what: String, _ condition: @escaping @Sendable (Mesh) -> Bool
    ) async throws {
        let state = state
        let limit = NIODeadline.now() + Self.patience
        let promise = loop.makePromise(of: Void.self)
        loop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(5)) { task in
            if state.value.mesh.map(condition) ?? false {
                task.cancel()
                promise.succeed()
            } else if NIODeadline.now() > limit {
                task.cancel()
                promise.fail(WaitedInVain(description: "\(what) after \(state.value.events)"))
            }
        }
        try await promise.futureResult.get()
    }

    /// How many events come while something is done with the mesh.
    func eventsDuring(_ body: @escaping @Sendable (Mesh) -> Void) async throws -> Int {
        let state = state
        return try await loop.submit {
            let before = state.value.events.count
            body(try #require(state.value.mesh))
            return state.value.events.count - before
        }.get()
    }

    /// All that happened and was not asked for.
    func restOfEvents() async throws -> [MeshEvent] {
        let state = state
        return try await loop.submit { state.value.events }.get()
    }

    /// Adds a certificate to the roster.
    func know(_ other: TestPeer) async throws {
        let state = state
        let fingerprint = other.identity.fingerprint
        try await loop.submit { _ = state.value.roster.insert(fingerprint) }.get()
    }

    /// Listens on IPv4 loopback; the address to dial.
    func listen() async throws -> PeerAddress {
        let port = try await start { $0.listen(hosts: ["127.0.0.1"], port: 0, fallsBack: false) }
        return .loopback(port: port)
    }

    /// Lets go of the mesh, and waits until it is no more.
    func freed() async throws {
        let state = state
        try await loop.submit {
            state.value.remains = state.value.mesh
            state.value.mesh = nil
        }.get()
        let limit = NIODeadline.now() + Self.patience
        let promise = loop.makePromise(of: Void.self)
        loop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(5)) { task in
            if state.value.remains == nil {
                task.cancel()
                promise.succeed()
            } else if NIODeadline.now() > limit {
                task.cancel()
                promise.fail(WaitedInVain(description: "the mesh is still there"))
            }
        }
        try await promise.futureResult.get()
    }

    /// Closes the mesh.
    func close() async throws { try await start { $0.close() } }
}

extension PeerAddress {
    /// 127.0.0.1.
    static func loopback(port: Int) -> PeerAddress {
        .ipv4(0x7F00_0001, port: UInt16(truncatingIfNeeded: port))
    }
}

extension TestPeer {
    /// Waits until the peer is connected; who it is, and whether it was dialled from here.
    func connected(to other: TestPeer) async throws -> (remote: RemotePeer, dialled: Bool) {
        let peer = other.peer
        return try await event("connection to \(peer)") { event in
            guard case .connected(let remote, let dialled) = event, remote.peer == peer else {
                return nil
            }
            return (remote, dialled)
        }
    }

    /// Waits until blocks can go to the peer.
    func bulkReady(with other: TestPeer) async throws {
        let peer = other.peer
        try await event("bulk connection to \(peer)") { event -> Bool? in
            if case .bulkReady(peer) = event { true } else { nil }
        }.expectTrue()
    }

    /// Waits for the next message of the peer.
    func message(from other: TestPeer) async throws -> Message {
        let peer = other.peer
        return try await event("message") { event in
            if case .message(let message, from: peer) = event { message } else { nil }
        }
    }

    /// Waits for the next block of the peer.
    func block(from other: TestPeer) async throws -> (BlockHeader, ByteBuffer) {
        let peer = other.peer
        return try await event("block") { event in
            if case .block(let header, let bytes, from: peer) = event {
                (header, bytes)
            } else {
                nil
            }
        }
    }

    /// Waits until the peer is gone; why, and what it said.
    func disconnected(from other: TestPeer) async throws -> (reason: ConnectionEnd, bye: Bye?) {
        let peer = other.peer
        return try await event("end of \(peer)") { event in
            if case .disconnected(peer, let reason, let bye) = event { (reason, bye) } else { nil }
        }
    }

    /// Waits until a stranger is turned away; why.
    func refusedStranger() async throws -> String {
        try await event("stranger") { event in
            if case .refusedStranger(let reason, _) = event { reason } else { nil }
        }
    }
}

extension Bool {
    fileprivate func expectTrue() { #expect(self) }
}

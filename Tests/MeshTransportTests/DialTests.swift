import NIOCore
import NIOPosix
import PartyModel
import Testing
import WireFormat

@testable import MeshTransport

/// An address nobody listens at.
private func deadAddress() async throws -> PeerAddress {
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(server.localAddress?.port)
    try await server.close()
    return .loopback(port: port)
}

/// Something that is no PeerWatch: it speaks first, and in clear.
private final class MailServer: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelActive(context: ChannelHandlerContext) {
        let greeting = ByteBuffer(string: "220 mail.example ready\r\n")
        context.writeAndFlush(wrapOutboundOut(greeting), promise: nil)
    }
}

@Suite struct DialTests {
    private let room = TestRoom()

    @Test("A wrong secret is refused by the host, and said so")
    func wrongSecret() async throws {
        let host = try await TestPeer(.host, in: room)
        let guest = try await TestPeer(.guest, in: room, secret: RoomSecret(.random()))
        let address = try await host.listen()
        await #expect(throws: PartyError.proofRefused(address: address.description)) {
            try await guest.start { $0.dialHost([address]) }
        }
        try await host.close()
    }

    @Test("The host of another room is someone else")
    func wrongRoom() async throws {
        let host = try await TestPeer(.host, in: TestRoom())
        let guest = try await TestPeer(.guest, in: room)
        let address = try await host.listen()
        await #expect(throws: PartyError.hostIsSomeoneElse(address: address.description)) {
            try await guest.start { $0.dialHost([address]) }
        }
        #expect(try await host.refusedStranger() == "closed the connection")
        try await host.close()
    }

    @Test("A dead address does not keep a live one from being found")
    func deadAndLive() async throws {
        let host = try await TestPeer(.host, in: room)
        let guest = try await TestPeer(.guest, in: room)
        let live = try await host.listen()
        let dead = try await deadAddress()
        #expect(try await guest.start { $0.dialHost([dead, live]) } == host.peer)
        #expect(try await guest.connected(to: host).remote.address == live)
        try await guest.close()
        try await host.close()
    }

    @Test("An address that answers and never speaks does not keep a live one from being found")
    func silentAndLive() async throws {
        let silent = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let host = try await TestPeer(.host, in: room)
        let guest = try await TestPeer(.guest, in: room)
        let live = try await host.listen()
        let mute = PeerAddress.loopback(port: try #require(silent.localAddress?.port))
        #expect(try await guest.start { $0.dialHost([mute, live]) } == host.peer)
        try await guest.bulkReady(with: host)
        try await guest.until("loser closed") { $0.channels.count == 2 }
        try await guest.close()
        try await host.close()
        try await silent.close()
    }

    @Test("Several addresses of one host make one connection")
    func sameHostTwice() async throws {
        let host = try await TestPeer(.host, in: room)
        let guest = try await TestPeer(.guest, in: room)
        let port = try await host.start {
            $0.listen(hosts: ["127.0.0.1", "127.0.0.2"], port: 0, fallsBack: false)
        }
        let addresses = [0x7F00_0001, 0x7F00_0002, 0x7F00_0001].map {
            PeerAddress.ipv4($0, port: UInt16(port))
        }
        #expect(try await guest.start { $0.dialHost(addresses) } == host.peer)
        try await guest.bulkReady(with: host)
        try await host.bulkReady(with: guest)
        try await guest.until("one pair") { $0.channels.count == 2 }
        try await host.until("one pair") { $0.channels.count == 4 }
        let disconnects = try await guest.restOfEvents().filter {
            if case .disconnected = $0 { true } else { false }
        }
        #expect(disconnects.isEmpty)
        try await guest.close()
        try await host.close()
    }

    @Test("When nobody answers, every address has its own reason")
    func allDead() async throws {
        let mail = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.pipeline.addHandler(MailServer())
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let other = PeerAddress.loopback(port: try #require(mail.localAddress?.port))
        let dead = try await deadAddress()
        let multicast = PeerAddress.ipv4(0xE000_00FB, port: 9876)
        let guest = try await TestPeer(.guest, in: room)
        let attempts = [
            PartyError.DialFailure(address: dead.description, reason: "connection refused"),
            PartyError.DialFailure(
                address: other.description, reason: "something other than PeerWatch answers"),
            PartyError.DialFailure(address: multicast.description, reason: "cannot be dialled"),
        ]
        await #expect(throws: PartyError.hostUnreachable(attempts: attempts)) {
            try await guest.start { $0.dialHost([dead, multicast, other]) }
        }
        try await guest.close()
        try await mail.close()
    }

    @Test("The host's own refusal counts more than silence elsewhere")
    func refusalFirst() async throws {
        let host = try await TestPeer(.host, in: room)
        let guest = try await TestPeer(.guest, in: room, secret: RoomSecret(.random()))
        let live = try await host.listen()
        let dead = try await deadAddress()
        await #expect(throws: PartyError.proofRefused(address: live.description)) {
            try await guest.start { $0.dialHost([dead, live]) }
        }
        try await host.close()
    }

    @Test(
        "Failures are put into words",
        arguments: [
            (IOError(errnoCode: 111, reason: "connect"), "connection refused"),
            (IOError(errnoCode: 113, reason: "connect"), "no route to it"),
            (ChannelError.connectTimeout(.seconds(5)), "timed out after 5 s"),
            (ChannelError.eof, "closed by the other side"),
        ] as [(any Error, String)])
    func words(error: any Error, sentence: String) {
        #expect(ConnectionEnd(error).description == sentence)
    }

    @Test("A host of a newer version is told apart")
    func newerHost() async throws {
        let hello = Hello(version: 3, purpose: .control, nonce: try nonce())
        let newer = try await FalseHost.listen(as: try room.host(), answering: hello)
        let guest = try await TestPeer(.guest, in: room)
        await #expect(throws: PartyError.versionMismatch(theirs: 3, ours: 1)) {
            try await guest.start { $0.dialHost([newer.address]) }
        }
        try await newer.channel.close()
    }

    @Test("Whoever shows the host's signature with another certificate is someone else")
    func borrowedSignature() async throws {
        let hello = Hello(purpose: .control, nonce: try nonce())
        let binding = HostBinding(key: try room.host().memberKey)
        let borrowed = try Signed(signing: binding, with: room.signing).signature
        let impostor = try await FalseHost.listen(
            as: try TLSIdentity(hostSignature: { _ in borrowed }), answering: hello)
        let guest = try await TestPeer(.guest, in: room)
        let address = impostor.address
        await #expect(throws: PartyError.hostIsSomeoneElse(address: address.description)) {
            try await guest.start { $0.dialHost([address]) }
        }
        try await impostor.channel.close()
    }

    @Test("Who speaks another version is told apart from who does not answer")
    func versionMismatch() throws {
        let dead = (
            address: PeerAddress.loopback(port: 1), end: ConnectionEnd.lost("no route to it")
        )
        let newer = (
            address: PeerAddress.loopback(port: 2),
            end: ConnectionEnd.refused(.versionMismatch(theirs: 3))
        )
        #expect(PartyError(noHostAt: [dead, newer]) == .versionMismatch(theirs: 3, ours: 1))
    }

    @Test("A guest that shows its entry reaches a guest that does not know it")
    func guestWithCredential() async throws {
        let (ada, bob) = try await guests()
        let entry = try room.entry(of: ada.identity)
        try await ada.run { $0.membership = entry }
        let address = try await bob.listen()
        try await shareMachine(ada)
        try await ada.start { $0.dial(bob.peer, at: [address]) }
        let seen = try await bob.connected(to: ada)
        #expect(seen.remote.credential == entry)
        #expect(!seen.remote.isHost)
        #expect(!seen.dialled)
        try await ada.bulkReady(with: bob)
        try await bob.bulkReady(with: ada)
        try await ada.close()
        try await bob.close()
    }

    @Test("A guest in the roster reaches a guest without showing anything")
    func guestInRoster() async throws {
        let (ada, bob) = try await guests()
        try await bob.know(ada)
        let address = try await bob.listen()
        try await shareMachine(ada)
        try await ada.start { $0.dial(bob.peer, at: [address]) }
        #expect(try await bob.connected(to: ada).remote.credential == nil)
        try await ada.close()
        try await bob.close()
    }

    @Test("A guest that is no member is refused, secret or not")
    func notAMember() async throws {
        let (ada, bob) = try await guests()
        let address = try await bob.listen()
        try await shareMachine(ada)
        let attempt = PartyError.DialFailure(
            address: address.description, reason: "does not accept the token")
        await #expect(throws: PeerUnreachable(attempts: [attempt])) {
            try await ada.start { $0.dial(bob.peer, at: [address]) }
        }
        #expect(try await bob.refusedStranger() == "is not a member of the room")
        try await ada.close()
        try await bob.close()
    }

    @Test("Another guest than the one dialled hears nothing")
    func unexpectedPeer() async throws {
        let (ada, bob) = try await guests()
        let address = try await bob.listen()
        try await shareMachine(ada)
        let attempt = PartyError.DialFailure(
            address: address.description, reason: "is another peer than expected")
        let someone = try TLSIdentity().peer
        await #expect(throws: PeerUnreachable(attempts: [attempt])) {
            try await ada.start { $0.dial(someone, at: [address]) }
        }
        try await ada.close()
        try await bob.close()
    }

    @Test("A roster's loopback addresses mean nothing to a guest on another machine")
    func loopbackFromRoster() async throws {
        let (ada, bob) = try await guests()
        let address = try await bob.listen()
        await #expect(throws: PeerUnreachable(attempts: [])) {
            try await ada.start { $0.dial(bob.peer, at: [address]) }
        }
        try await ada.close()
        try await bob.close()
    }

    @Test("Guests that dial each other at once keep exactly one connection", arguments: 0..<8)
    func crossing(round: Int) async throws {
        let (ada, bob) = try await guests()
        try await ada.know(bob)
        try await bob.know(ada)
        let adas = try await ada.listen()
        let bobs = try await bob.listen()
        let host = try await TestPeer(.host, in: room)
        let hosts = try await host.listen()
        for guest in [ada, bob] {
            _ = try await guest.start { $0.dialHost([hosts]) }
            try await guest.bulkReady(with: host)
            _ = try await guest.connected(to: host)
        }
        // Which of the two crosses the other is up to the machine; the outcome is not.
        async let one: Void = ada.start { $0.dial(bob.peer, at: [bobs]) }
        async let other: Void = bob.start { $0.dial(ada.peer, at: [adas]) }
        _ = try? await (one, other)
        let (smaller, larger) = ada.peer < bob.peer ? (ada, bob) : (bob, ada)
        for guest in [ada, bob] {
            // A listener, two connections to the host, two to each other.
            try await guest.until("one pair") { $0.channels.count == 5 && $0.peers.count == 2 }
        }
        let ping = Message.ping(Ping(sent: MonotonicInstant(nanoseconds: Int64(round))))
        try await smaller.run { $0.send(ping, to: larger.peer) }
        #expect(try await larger.message(from: smaller) == ping)
        try await larger.run { $0.send(ping, to: smaller.peer) }
        #expect(try await smaller.message(from: larger) == ping)
        for guest in [ada, bob, host] { try await guest.close() }
    }

    @Test("A taken port is left to its owner, and another found when nobody insists")
    func takenPort() async throws {
        let owner = try await TestPeer(.host, in: room)
        let address = try await owner.listen()
        let port = Int(address.port)
        let late = try await TestPeer(.host, in: room)
        await #expect(throws: PartyError.portInUse(port: port)) {
            try await late.start {
                $0.listen(hosts: ["127.0.0.1"], port: port, fallsBack: false)
            }
        }
        let found = try await late.start {
            $0.listen(hosts: ["127.0.0.1"], port: port, fallsBack: true)
        }
        #expect(found > port)
        #expect(try await late.run { $0.listeningPort } == found)
        try await late.close()
        try await owner.close()
    }

    @Test("An address of another machine cannot be listened at")
    func foreignAddress() async throws {
        let host = try await TestPeer(.host, in: room)
        let error = PartyError.cannotListen(
            address: "198.51.100.7", reason: "the address is none of this machine's")
        await #expect(throws: error) {
            try await host.start {
                $0.listen(hosts: ["198.51.100.7"], port: 0, fallsBack: true)
            }
        }
        try await host.close()
    }

    @Test("Listening everywhere answers both address families on one port")
    func bothFamilies() async throws {
        let host = try await TestPeer(.host, in: room)
        let port = try await host.start { $0.listen(hosts: [], port: 0, fallsBack: true) }
        let addresses: [PeerAddress?] = [
            .loopback(port: port), PeerAddress(numeric: "::1", port: UInt16(port)),
            .name("localhost", port: UInt16(port)),
        ]
        for address in addresses {
            let address = try #require(address)
            let guest = try await TestPeer(.guest, in: room)
            #expect(try await guest.start { $0.dialHost([address]) } == host.peer)
            let seen = try await host.connected(to: guest).remote.address
            #expect(seen.isLoopback)
            try await guest.close()
        }
        try await host.close()
    }

    private func guests() async throws -> (TestPeer, TestPeer) {
        (try await TestPeer(.guest, in: room), try await TestPeer(.guest, in: room))
    }

    /// Connects a guest to a host over loopback, so that it takes loopback addresses from others.
    private func shareMachine(_ guest: TestPeer) async throws {
        let host = try await TestPeer(.host, in: room)
        let address = try await host.listen()
        _ = try await guest.start { $0.dialHost([address]) }
        try await guest.bulkReady(with: host)
    }
}

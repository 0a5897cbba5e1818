import NIOCore
import NIOPosix
import NIOSSL
import PartyModel
import Testing
import WireFormat

@testable import MeshTransport

@Suite struct StrangerTests {
    private let room = TestRoom()

    @Test("Whoever has no secret learns a hello and no more")
    func strangerLearnsHello() async throws {
        let host = try await TestPeer(.host, in: room)
        let stranger = try await Stranger(
            to: try await host.listen(), tls: Stranger.tls(try TLSIdentity()))
        let hello = Hello(purpose: .control, nonce: try nonce())
        try await stranger.send(encoded { FrameEncoder.encode(hello, into: &$0) })
        guard case .hello(let answer) = try await stranger.frame() else {
            Issue.record("no hello")
            return
        }
        #expect(answer.version == Hello.current)
        #expect(answer.purpose == .control)
        let guess = Proof(code: try nonce(), credential: nil)
        try await stranger.send(encoded { FrameEncoder.encode(guess, into: &$0) })
        let heard = try await stranger.lastWords()
        #expect(heard == encoded { FrameEncoder.encode(answer, into: &$0) })
        #expect(try await host.refusedStranger() == "does not know the room's secret")
        try await host.close()
    }

    @Test("Garbage over plain TCP is dropped and disturbs nobody")
    func garbage() async throws {
        let host = try await TestPeer(.host, in: room)
        let address = try await host.listen()
        let stranger = try await Stranger(to: address)
        try await stranger.send(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: films\r\n\r\n"))
        _ = try await stranger.lastWords()
        #expect(
            try await host.refusedStranger() == "something other than PeerWatch answers")
        let guest = try await TestPeer(.guest, in: room)
        #expect(try await guest.start { $0.dialHost([address]) } == host.peer)
        try await guest.close()
        try await host.close()
    }

    @Test("No certificate, another protocol or an old TLS end before the handshake")
    func otherTLS() async throws {
        let host = try await TestPeer(.host, in: room)
        let address = try await host.listen()
        let identity = try TLSIdentity()
        let settings = [
            Stranger.tls(nil),
            Stranger.tls(identity) { $0.applicationProtocols = ["h2"] },
            Stranger.tls(identity) { $0.applicationProtocols = [] },
            Stranger.tls(identity) {
                $0.minimumTLSVersion = .tlsv12
                $0.maximumTLSVersion = .tlsv12
            },
        ]
        for setting in settings {
            let stranger = try await Stranger(to: address, tls: setting)
            #expect(try await stranger.lastWords().readableBytes == 0)
            let reason = try await host.refusedStranger()
            #expect(reason == "something other than PeerWatch answers")
        }
        try await host.close()
    }

    @Test("Who says nothing is dropped: without TLS, with TLS, and after a hello")
    func slowStrangers() async throws {
        // Short, and still longer than a busy machine takes over a TLS session.
        let deadlines = HandshakeDeadlines(secure: .seconds(3), proof: .seconds(3))
        let host = try await TestPeer(.host, in: room, deadlines: deadlines)
        let address = try await host.listen()
        let mute = try await Stranger(to: address)
        let secure = try await Stranger(to: address, tls: Stranger.tls(try TLSIdentity()))
        let polite = try await Stranger(to: address, tls: Stranger.tls(try TLSIdentity()))
        let hello = Hello(purpose: .control, nonce: try nonce())
        try await polite.send(encoded { FrameEncoder.encode(hello, into: &$0) })
        for stranger in [mute, secure, polite] { _ = try await stranger.lastWords() }
        for _ in 0..<3 {
            #expect(try await host.refusedStranger() == "the handshake took too long")
        }
        #expect(secure.wasSecure)
        try await host.close()
    }

    @Test("One stranger too many is shown out at once, and members stay connected")
    func crowd() async throws {
        // None of the crowd may be shown out for its slowness while the rest arrives.
        let deadlines = HandshakeDeadlines(secure: .minutes(5), proof: .minutes(5))
        let host = try await TestPeer(.host, in: room, deadlines: deadlines)
        let address = try await host.listen()
        let guest = try await TestPeer(.guest, in: room)
        _ = try await guest.start { $0.dialHost([address]) }
        try await host.bulkReady(with: guest)
        var crowd: [Stranger] = []
        for _ in 0..<Doorkeeper.strangers { crowd.append(try await Stranger(to: address)) }
        try await host.until("a crowd") { $0.strangers.count == Doorkeeper.strangers }
        let last = try await Stranger(to: address)
        #expect(try await last.lastWords().readableBytes == 0)
        #expect(try await host.refusedStranger() == "too many connections without proof")

        for stranger in crowd { stranger.channel.close(promise: nil) }
        try await host.until("no strangers") { $0.strangers.isEmpty }
        let ping = Message.ping(Ping(sent: MonotonicInstant(nanoseconds: 3)))
        try await guest.run { $0.send(ping, to: host.peer) }
        #expect(try await host.message(from: guest) == ping)
        try await guest.close()
        try await host.close()
    }

    @Test("After five wrong proofs an address is not listened to")
    func guesses() async throws {
        let host = try await TestPeer(.host, in: room)
        let address = try await host.listen()
        let guesser = try await TestPeer(.guest, in: room, secret: RoomSecret(.random()))
        for _ in 0..<5 {
            await #expect(throws: PartyError.proofRefused(address: address.description)) {
                try await guesser.start { $0.dialHost([address]) }
            }
            // The connection for blocks, made beside it, proves nothing and just goes.
            while try await host.refusedStranger() != "does not know the room's secret" {}
        }
        let guest = try await TestPeer(.guest, in: room)
        let attempt = PartyError.DialFailure(
            address: address.description, reason: "closed by the other side")
        await #expect(throws: PartyError.hostUnreachable(attempts: [attempt])) {
            try await guest.start { $0.dialHost([address]) }
        }
        while try await host.refusedStranger() != "too many failed proofs" {}
        try await host.close()
    }

    @Test("A member that breaks the protocol is told so and dropped")
    func oversizedFrame() async throws {
        let host = try await TestPeer(.host, in: room)
        let address = try await host.listen()
        let guest = try await TestPeer(.guest, in: room)
        _ = try await guest.start { $0.dialHost([address]) }
        try await guest.bulkReady(with: host)
        try await guest.run { mesh in
            let control = mesh.channels.values.first { channel in
                let handler = try? channel.pipeline.syncOperations.handler(type: Connection.self)
                return handler?.stage == .control
            }
            var frame = ByteBuffer(integer: UInt32(Limits.controlFrameBytes + 1))
            frame.writeInteger(UInt8(0x10))
            control?.writeAndFlush(frame, promise: nil)
        }
        let violation = WireViolation.oversizedFrame(
            type: 0x10, length: Limits.controlFrameBytes + 1)
        #expect(try await host.disconnected(from: guest).reason == .brokeRule(violation))
        let end = try await guest.disconnected(from: host)
        #expect(end.bye?.kind == .violation)
        #expect(end.reason == .closedThere)
        try await guest.close()
        try await host.close()
    }

    @Test("A stranger's frame above 4 KiB, or out of place, ends the connection")
    func strangersFrames() async throws {
        let host = try await TestPeer(.host, in: room)
        let address = try await host.listen()
        var oversized = ByteBuffer(integer: UInt32(Limits.unprovenFrameBytes + 1))
        oversized.writeInteger(UInt8(0x01))
        let ping = Message.ping(Ping(sent: MonotonicInstant(nanoseconds: 3)))
        let misplaced = encoded { FrameEncoder.encode(ping, into: &$0) }
        for bytes in [oversized, misplaced] {
            let stranger = try await Stranger(to: address, tls: Stranger.tls(try TLSIdentity()))
            try await stranger.send(bytes)
            #expect(try await stranger.lastWords().readableBytes == 0)
            #expect(try await host.refusedStranger().hasPrefix("broke the protocol"))
        }
        try await host.close()
    }

    @Test("A stranger's good-bye is its last word")
    func strangersBye() async throws {
        let host = try await TestPeer(.host, in: room)
        let stranger = try await Stranger(
            to: try await host.listen(), tls: Stranger.tls(try TLSIdentity()))
        let bye = Message.bye(Bye(kind: .leaving, reason: "never mind"))
        try await stranger.send(encoded { FrameEncoder.encode(bye, into: &$0) })
        #expect(try await stranger.lastWords().readableBytes == 0)
        #expect(try await host.refusedStranger() == "closed the connection")
        try await host.close()
    }

    @Test("A newer version is answered with ours and refused")
    func newerVersion() async throws {
        let host = try await TestPeer(.host, in: room)
        let stranger = try await Stranger(
            to: try await host.listen(), tls: Stranger.tls(try TLSIdentity()))
        let hello = Hello(version: 2, purpose: .control, nonce: try nonce())
        try await stranger.send(encoded { FrameEncoder.encode(hello, into: &$0) })
        guard case .hello(let answer) = try await stranger.frame() else {
            Issue.record("no hello")
            return
        }
        #expect(answer.version == 1)
        _ = try await stranger.lastWords()
        #expect(try await host.refusedStranger() == "speaks protocol version 2")
        try await host.close()
    }

    @Test("Blocks nobody has a control connection for are refused")
    func bulkAlone() async throws {
        let host = try await TestPeer(.host, in: room)
        let address = try await host.listen()
        let guest = try await TestPeer(.guest, in: room)
        let ended = guest.loop.makePromise(of: ConnectionEnd.self)
        try await guest.run { mesh in
            mesh.dialer.dial(address, .bulk, expecting: .peer(host.peer)) { result in
                switch result {
                case .success(let connection):
                    connection.onEvent = { connection, event in
                        switch event {
                        case .readyToProve: connection.prove()
                        case .ended(let end): ended.succeed(end)
                        case .proven, .message, .block: break
                        }
                    }
                case .failure(let end): ended.succeed(end)
                }
            }
        }
        #expect(try await ended.futureResult.get() == .closedThere)
        #expect(try await host.run { $0.peers }.isEmpty)
        try await guest.close()
        try await host.close()
    }
}

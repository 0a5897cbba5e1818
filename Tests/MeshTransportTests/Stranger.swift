import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import PartyModel
import Testing
import WireFormat

@testable import MeshTransport

/// Somebody with a socket who need not be a PeerWatch: sends what a test says and keeps what comes.
final class Stranger: Sendable {
    let channel: any Channel
    private let inbox: NIOLockedValueBox<Inbox>

    struct Inbox {
        var bytes = ByteBuffer()
        var isSecure = false
    }

    private final class Recorder: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let inbox: NIOLockedValueBox<Inbox>
        init(_ inbox: NIOLockedValueBox<Inbox>) { self.inbox = inbox }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = unwrapInboundIn(data)
            inbox.withLockedValue { _ = $0.bytes.writeBuffer(&bytes) }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            guard case TLSUserEvent.handshakeCompleted = event else { return }
            inbox.withLockedValue { $0.isSecure = true }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }

    /// Connects; with TLS when it is given settings.
    init(to address: PeerAddress, tls: TLSConfiguration? = nil) async throws {
        let inbox = NIOLockedValueBox(Inbox())
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        self.inbox = inbox
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(
                                context: context, serverHostname: nil,
                                customVerificationCallback: { $1.succeed(.certificateVerified) }))
                    }
                    try channel.pipeline.syncOperations.addHandler(Recorder(inbox))
                }
            }
            .connect(to: try #require(address.socketAddress)).get()
    }

    /// TLS as a PeerWatch speaks it, but for what a test changes.
    static func tls(
        _ identity: TLSIdentity?, change: (inout TLSConfiguration) -> Void = { _ in }
    ) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv13
        configuration.applicationProtocols = ["peerwatch/1"]
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .certificates([])
        if let identity {
            configuration.certificateChain = [.certificate(identity.certificate)]
            configuration.privateKey = .privateKey(identity.privateKey)
        }
        change(&configuration)
        return configuration
    }

    func send(_ bytes: ByteBuffer) async throws { try await channel.writeAndFlush(bytes).get() }

    /// Waits until the other side hangs up; all that it said before.
    func lastWords() async throws -> ByteBuffer {
        try await channel.closeFuture.get()
        return inbox.withLockedValue { $0.bytes }
    }

    /// Whether the TLS session came to be, as this side sees it.
    var wasSecure: Bool { inbox.withLockedValue { $0.isSecure } }

    /// Waits until bytes of the other side make a frame.
    func frame() async throws -> Frame {
        let promise = channel.eventLoop.makePromise(of: Frame.self)
        let inbox = inbox
        let limit = NIODeadline.now() + TestPeer.patience
        channel.eventLoop.scheduleRepeatedTask(
            initialDelay: .zero, delay: .milliseconds(5)
        ) { task in
            var decoder = FrameDecoder()
            decoder.append(inbox.withLockedValue { $0.bytes })
            if let frame = try? decoder.next() {
                task.cancel()
                promise.succeed(frame)
            } else if NIODeadline.now() > limit {
                task.cancel()
                promise.fail(WaitedInVain(description: "no frame"))
            }
        }
        return try await promise.futureResult.get()
    }
}

/// The bytes of a frame.
func encoded(_ encode: (inout ByteBuffer) -> Void) -> ByteBuffer {
    var buffer = ByteBuffer()
    encode(&buffer)
    return buffer
}

/// Thirty-two random bytes.
func nonce() throws -> Bytes32 {
    try #require(Bytes32((0..<32).map { _ in UInt8.random(in: 0...255) }))
}

/// A TLS server that answers the first bytes of anybody with one hello.
final class FalseHost: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let hello: Hello

    private init(_ hello: Hello) { self.hello = hello }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let answer = encoded { FrameEncoder.encode(hello, into: &$0) }
        context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// Listens on loopback; the channel to close, and the address to dial.
    static func listen(
        as identity: TLSIdentity, answering hello: Hello
    ) async throws -> (channel: any Channel, address: PeerAddress) {
        let context = try NIOSSLContext(configuration: Stranger.tls(identity))
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let session = NIOSSLServerHandler(
                        context: context,
                        customVerificationCallback: { $1.succeed(.certificateVerified) })
                    try channel.pipeline.syncOperations.addHandlers([session, FalseHost(hello)])
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return (channel, .loopback(port: try #require(channel.localAddress?.port)))
    }
}

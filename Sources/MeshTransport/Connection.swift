// One connection from its first byte to its last: TLS, handshake, frames.
//
// Invariants: nothing is handed on before the other side is proven; the end is reported exactly
// once, after everything else and never from inside a call; a connection that is not proven in time
// is closed, however busily the other side sends.

import NIOCore
import NIOSSL
import NIOTLS
import PartyModel
import WireFormat

/// How long the other side may take until it is proven.
struct HandshakeDeadlines {
    /// From the TCP connection to the TLS session: a few round trips, on the worst of lines.
    var secure = TimeAmount.seconds(10)
    /// From the TLS session to the proof: two round trips, and a wait for another address.
    var proof = TimeAmount.seconds(5)
}

/// The last handler of a connection's pipeline; runs the handshake and cuts bytes into frames.
///
/// Bound to the event loop of its channel.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Bytes that may wait for a peer that reads control messages too slowly: half a minute of
    /// everything a room says.
    static let controlBacklog = 4 << 20

    /// What a connection tells its owner.
    enum Event {
        /// The other side is whom we dialled; call ``Connection/prove()`` to go on.
        case readyToProve
        /// Both sides are proven.
        case proven(ProvenPeer)
        /// A message came.
        case message(Message)
        /// A block came.
        case block(BlockHeader, ByteBuffer)
        /// The connection is no more.
        case ended(ConnectionEnd)
    }

    /// Which side of the connection this is, and what it needs to judge the other.
    enum Side {
        case dialler(ConnectionPurpose, expecting: ExpectedPeer)
        case listener(knows: (CertificateFingerprint) -> Bool)
    }

    /// Takes the events, on the event loop; changes hands when the connection is proven.
    var onEvent: (Connection, Event) -> Void

    /// The channel; there from the moment the handler is in a pipeline.
    private(set) var channel: (any Channel)?

    private let side: Side
    private let sessions: SecureSessions
    private let session: NIOSSLHandler
    private let credentials: HandshakeCredentials
    private let deadlines: HandshakeDeadlines
    private let greeting: () -> [Message]

    private var context: ChannelHandlerContext?
    private var handshake: HandshakeMachine?
    private var decoder = FrameDecoder()
    private var deadline: Scheduled<Void>?
    private var end: ConnectionEnd?

    /// A connection that is about to be made.
    init(
        side: Side, sessions: SecureSessions, session: NIOSSLHandler,
        credentials: HandshakeCredentials, deadlines: HandshakeDeadlines,
        greeting: @escaping () -> [Message], onEvent: @escaping (Connection, Event) -> Void
    ) {
        self.side = side
        self.sessions = sessions
        self.session = session
        self.credentials = credentials
        self.deadlines = deadlines
        self.greeting = greeting
        self.onEvent = onEvent
    }

    /// Where the other side is; `nil` once the connection is gone.
    var remoteAddress: PeerAddress? { PeerAddress(channel?.remoteAddress) }

    /// How far the connection is, and for what.
    var stage: FrameDecoder.Stage { decoder.stage }

    /// Whether frames can still be sent.
    var isOpen: Bool { end == nil && context != nil }
}

// MARK: - What the owner does

extension Connection {
    /// Puts TLS and this handler into a channel that has no handlers yet.
    func install(in channel: any Channel) throws {
        self.channel = channel
        SocketTuning.prepare(channel)
        try channel.pipeline.syncOperations.addHandlers([session, self])
    }

    /// Goes on with the handshake after ``Event/readyToProve``.
    func prove() {
        carryOut(handshake?.prove() ?? [])
    }

    /// Sends a message; drops a peer that does not read.
    func send(_ message: Message) {
        let waiting = try? channel?.syncOptions?.getOption(.bufferedWritableBytes)
        guard waiting ?? 0 <= Self.controlBacklog else { return close(.notReading) }
        write { FrameEncoder.encode(message, into: &$0) }
    }

    /// Sends a block, and says when the kernel has taken the last of it.
    ///
    /// One block is one flush: TLS encrypts whatever is flushed at once and keeps a buffer of that
    /// size, and 64 KiB at a time measured three times faster than 1 MiB.
    func send(_ header: BlockHeader, _ bytes: ByteBuffer, sent: @escaping () -> Void) {
        guard isOpen, let context else { return }
        var prefix = context.channel.allocator.buffer(capacity: Limits.blockHeaderBytes)
        FrameEncoder.encodeBlockPrefix(header, byteCount: bytes.readableBytes, into: &prefix)
        context.write(wrapOutboundOut(prefix), promise: nil)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenSuccess(sent)
        context.writeAndFlush(wrapOutboundOut(bytes), promise: written)
    }

    /// Ends the connection, for this reason, after a word of farewell.
    ///
    /// Later reasons do not count.
    func close(_ reason: ConnectionEnd, saying bye: Bye? = nil) {
        guard end == nil else { return }
        if let bye { send(.bye(bye)) }
        finish(reason)
        channel?.close(promise: nil)
    }

    /// From here on nothing is sent or handed on, though the channel may take a moment to close.
    private func finish(_ reason: ConnectionEnd) {
        guard end == nil else { return }
        end = reason
        deadline?.cancel()
        // Not from inside: whoever closes a connection is in the middle of something.
        channel?.eventLoop.assumeIsolated().execute {
            self.onEvent(self, .ended(reason))
            // Whoever listens usually holds the connection; nobody needs to any more.
            self.onEvent = { _, _ in }
        }
    }
}

// MARK: - What the channel does

extension Connection {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        setDeadline(deadlines.secure, on: context.eventLoop)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        deadline?.cancel()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted(let agreed) = event { secured(agreed) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.append(unwrapInboundIn(data))
        do {
            while end == nil, let frame = try decoder.next() { take(frame) }
        } catch {
            breakOff(error)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let end = ConnectionEnd(error)
        close(end == .closedThere ? hungUp() : end)
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(hungUp())
        context.fireChannelInactive()
    }

    /// What it means that the other side closed the connection now.
    private func hungUp() -> ConnectionEnd {
        guard let failure = handshake?.hangUp() else { return .closedThere }
        return .refused(failure)
    }

    /// Begins the handshake, now that the TLS session is up and says who is there.
    private func secured(_ applicationProtocol: String?) {
        guard let context, applicationProtocol == SecureSessions.applicationProtocol,
            let identities = sessions.identities(in: session)
        else { return close(.notPeerWatch) }
        setDeadline(deadlines.proof, on: context.eventLoop)
        let handshakeSide: HandshakeSide =
            switch side {
            case .dialler(let purpose, let expected): .dialler(purpose, expecting: expected)
            case .listener(let knows): .listener(knowsDialler: knows(identities.theirs))
            }
        var machine = HandshakeMachine(
            side: handshakeSide, session: identities, credentials: credentials, nonce: .random())
        let directives = machine.start()
        handshake = consume machine
        carryOut(directives)
    }

    private func take(_ frame: Frame) {
        switch frame {
        case .hello(let hello): carryOut(handshake?.receive(hello) ?? [])
        case .proof(let proof): carryOut(handshake?.receive(proof) ?? [])
        // Nobody who is not proven has anything to say but that it goes.
        case .message where stage == .unproven: close(hungUp())
        case .message(let message): onEvent(self, .message(message))
        case .block(let header, let bytes): onEvent(self, .block(header, bytes))
        }
    }

    private func carryOut(_ directives: [HandshakeDirective]) {
        for directive in directives {
            switch directive {
            case .sendHello(let hello): write { FrameEncoder.encode(hello, into: &$0) }
            case .sendProof(let proof):
                write { FrameEncoder.encode(proof, into: &$0) }
                greet()
            case .readyToProve: onEvent(self, .readyToProve)
            case .accept(let peer): accept(peer)
            case .refuse(let failure): close(.refused(failure))
            }
        }
    }

    /// Speaks to the host right behind the proof.
    private func greet() {
        guard handshake?.isFacingHost ?? false else { return }
        switch side {
        case .dialler(.control, expecting: .host), .dialler(.control, expecting: .keeper): break
        case .dialler, .listener: return
        }
        for message in greeting() { write { FrameEncoder.encode(message, into: &$0) } }
    }

    private func accept(_ peer: ProvenPeer) {
        handshake = nil
        deadline?.cancel()
        switch peer.purpose {
        case .control: decoder.stage = .control
        case .bulk:
            decoder.stage = .bulk
            if let channel { SocketTuning.prepareForBlocks(channel) }
        }
        onEvent(self, .proven(peer))
    }

    /// Ends the connection of a peer that broke a rule; a proven one is told.
    private func breakOff(_ violation: WireViolation) {
        let isProven = stage != .unproven
        close(
            .brokeRule(violation),
            saying: isProven ? Bye(kind: .violation, reason: "\(violation)") : nil)
    }

    private func write(_ encode: (inout ByteBuffer) -> Void) {
        guard isOpen, let context else { return }
        var buffer = context.channel.allocator.buffer(capacity: 256)
        encode(&buffer)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    private func setDeadline(_ time: TimeAmount, on eventLoop: any EventLoop) {
        deadline?.cancel()
        deadline = eventLoop.assumeIsolated().scheduleTask(in: time) { self.close(.tooSlow) }
    }
}

extension Bytes32 {
    /// Thirty-two bytes nobody can guess.
    fileprivate static func random() -> Bytes32 {
        var generator = SystemRandomNumberGenerator()
        guard
            let bytes = Bytes32(
                (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
        else { preconditionFailure("thirty-two bytes are thirty-two bytes") }
        return bytes
    }
}

// A slow line between a host and its guests: what the host says passes at a rate, as through a
// modem; what guests say passes at once.
//
// Everything happens on one event loop. A connection reads again when the bytes it read have left,
// so the line holds little and a host feels that it is slow.

import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing

/// A TCP proxy with a rate.
final class SlowLink: Sendable {
    /// Bytes that pass at once: a tenth of a second at 160 KB/s.
    private static let portion = 16 * 1024

    /// Bytes that the line itself holds.
    ///
    /// Less than one of loopback's packets of 64 KiB would look to the sender like a window that
    /// is shut for ever.
    private static let window = 128 * 1024

    private let meter: Meter
    private let listener: any Channel

    /// A line to `host`:`port`, reached at another port of the same address.
    init(to host: String, port: Int, bytesPerSecond: Int) throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let meter = Meter(bytesPerSecond: bytesPerSecond)
        self.meter = meter
        listener = try ServerBootstrap(group: loop, childGroup: loop)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { near in
                ClientBootstrap(group: loop)
                    .channelOption(.autoRead, value: false)
                    // What waits before the line waits at the host, not in a buffer of this machine.
                    .channelOption(.socketOption(.so_rcvbuf), value: Self.window)
                    .channelOption(
                        .recvAllocator,
                        value: FixedSizeRecvByteBufferAllocator(capacity: Self.portion)
                    )
                    .connect(host: host, port: port)
                    .flatMapThrowing { far in
                        try near.pipeline.syncOperations.addHandler(Relay(to: far, meter: nil))
                        try far.pipeline.syncOperations.addHandler(Relay(to: near, meter: meter))
                    }
            }
            .bind(host: host, port: 0).wait()
    }

    /// Where guests find the host through this line.
    var port: Int {
        get throws { try #require(listener.localAddress?.port) }
    }

    /// Nothing of the host passes any more; connections stay.
    func stall() { meter.isStalled.withLockedValue { $0 = true } }

    /// What the host says passes again, and first what was held up.
    func flow() { meter.isStalled.withLockedValue { $0 = false } }

    deinit { listener.close(promise: nil) }
}

/// When bytes may pass; one for all connections of a line.
private final class Meter: Sendable {
    let isStalled = NIOLockedValueBox(false)
    private let nanosecondsPerByte: Int64
    private let free = NIOLockedValueBox(NIODeadline.now())

    init(bytesPerSecond: Int) { nanosecondsPerByte = 1_000_000_000 / Int64(bytesPerSecond) }

    /// The moment at which these bytes have passed.
    func passage(of bytes: Int) -> NIODeadline {
        free.withLockedValue { free in
            free = max(free, .now()) + .nanoseconds(Int64(bytes) * nanosecondsPerByte)
            return free
        }
    }
}

/// Hands what one connection brings to another, a portion at a time, to the last byte.
private final class Relay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    private let meter: Meter?
    private var waiting: [ByteBuffer] = []
    private var isPassing = false
    private var isOver = false

    init(to other: any Channel, meter: Meter?) {
        self.other = other
        self.meter = meter
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { context.read() }
    }

    func channelActive(context: ChannelHandlerContext) { context.read() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        waiting.append(unwrapInboundIn(data))
        passNext(from: context.channel)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOver = true
        passNext(from: context.channel)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func passNext(from channel: any Channel) {
        guard !isPassing else { return }
        guard !waiting.isEmpty else { return isOver ? other.close(promise: nil) : channel.read() }
        isPassing = true
        let bytes = waiting.removeFirst()
        pass(bytes, at: meter?.passage(of: bytes.readableBytes) ?? .now(), from: channel)
    }

    private func pass(_ bytes: ByteBuffer, at passage: NIODeadline, from channel: any Channel) {
        channel.eventLoop.assumeIsolated().scheduleTask(deadline: passage) {
            guard self.meter?.isStalled.withLockedValue({ $0 }) != true else {
                return self.pass(bytes, at: .now() + Self.retry, from: channel)
            }
            self.other.writeAndFlush(bytes).assumeIsolated().whenComplete { _ in
                self.isPassing = false
                self.passNext(from: channel)
            }
        }
    }

    /// Between two looks at whether a line that stopped flows again.
    private static let retry = TimeAmount.milliseconds(20)
}

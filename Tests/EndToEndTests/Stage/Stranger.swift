// Something that listens and is no PeerWatch.

import NIOCore
import NIOPosix
import Testing

/// A server that answers whatever comes as a web server does.
final class Stranger: Sendable {
    private let listener: any Channel

    init(at host: String) throws {
        listener = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Refusal())
                }
            }
            .bind(host: host, port: 0).wait()
    }

    deinit { listener.close(promise: nil) }

    var port: Int {
        get throws { try #require(listener.localAddress?.port) }
    }

    private final class Refusal: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let answer = ByteBuffer(string: "HTTP/1.1 400 Bad Request\r\n\r\n")
            context.writeAndFlush(NIOAny(answer), promise: nil)
        }
    }
}

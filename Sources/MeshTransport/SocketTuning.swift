// What the sockets of a room are set to, and why.

import Glibc
import NIOCore

/// Socket options of peer connections.
enum SocketTuning {
    /// Connections waiting to be accepted: a whole room arriving at once, both connections each.
    static let backlog: Int = 128

    /// Seconds a connection is silent before the kernel asks whether the other side still lives.
    static let keepAliveIdle: Int = 10
    /// Seconds between two such questions.
    static let keepAliveInterval: Int = 5
    /// Unanswered questions that end the connection.
    static let keepAliveProbes: Int = 3

    /// Milliseconds that sent bytes may stay unacknowledged: longer than a phone takes from Wi-Fi
    /// to mobile and back, shorter than anybody waits for a frozen friend.
    static let unacknowledged: Int = 15_000

    /// Bytes not yet on the wire that the kernel takes of blocks: one block, so that what is sent
    /// next is decided as late as possible.
    static let unsentBulk: Int = 64 * 1024

    /// Bytes read at once from a bulk connection: two blocks; larger reads only cost cache.
    static let bulkRead = 128 * 1024

    private static let common: [(ChannelOptions.Types.SocketOption, Int)] = [
        (.init(level: .tcp, name: .tcp_nodelay), 1),
        (.init(level: .socket, name: .so_keepalive), 1),
        (.init(level: .tcp, name: .init(rawValue: TCP_KEEPIDLE)), keepAliveIdle),
        (.init(level: .tcp, name: .init(rawValue: TCP_KEEPINTVL)), keepAliveInterval),
        (.init(level: .tcp, name: .init(rawValue: TCP_KEEPCNT)), keepAliveProbes),
        (.init(level: .tcp, name: .init(rawValue: TCP_USER_TIMEOUT)), unacknowledged),
    ]

    /// Sets what every connection has from its beginning.
    static func prepare(_ channel: any Channel) {
        for (option, value) in common { try? channel.syncOptions?.setOption(option, value: value) }
    }

    /// Sets what only a connection for blocks needs.
    ///
    /// A kernel that lacks an option only loses its benefit.
    static func prepareForBlocks(_ channel: any Channel) {
        let options = channel.syncOptions
        try? options?.setOption(
            .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: bulkRead))
        try? options?.setOption(
            ChannelOptions.Types.SocketOption(
                level: .tcp, name: .init(rawValue: TCP_NOTSENT_LOWAT)), value: unsentBulk)
    }
}

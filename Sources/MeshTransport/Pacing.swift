// How fast blocks may leave: the kernel spaces a connection's packets, so that a pause does not
// wait behind film in the queue of somebody's router.

import Glibc
import NIOCore

/// A limit on how fast one connection sends.
enum Pacing {
    /// The value that means no limit: all bits of an unsigned number.
    private static let unlimited = -1

    /// Limits a connection to this many bytes a second, or lifts the limit.
    ///
    /// Works without any queueing discipline; a kernel that cannot do it leaves the connection as
    /// fast as it is.
    static func set(bytesPerSecond: Int?, on channel: any Channel) {
        let value = bytesPerSecond.map { max($0, 1) } ?? unlimited
        try? channel.syncOptions?.setOption(
            ChannelOptions.Types.SocketOption(
                level: .socket, name: .init(rawValue: SO_MAX_PACING_RATE)), value: value)
    }
}

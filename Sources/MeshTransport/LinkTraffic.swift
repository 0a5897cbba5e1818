// How much of what was handed over has really left. The kernel takes bytes long before it sends them,
// and tells how far it is, and how long what it sends is under way (TCP_INFO, <linux/tcp.h>).

import Glibc
import NIOCore

/// What a peer's connections have sent, and what they still hold back.
public struct LinkTraffic: Hashable, Sendable {
    /// Bytes sent since the connections were made, those sent twice counted twice.
    public let sent: Int64
    /// Bytes handed over and not sent yet.
    public let unsent: Int
    /// By how much a round trip of the connection that carries blocks has been longer of late than
    /// at its best, as the kernels at both ends see it; zero where ours does not say.
    public let delay: Duration
    /// The shortest round trip, as the kernels see it; zero where ours does not say.
    public let roundTrip: Duration

    /// The traffic of a control connection and the one for blocks.
    init(control: Self, bulk: Self?) {
        sent = control.sent + (bulk?.sent ?? 0)
        unsent = control.unsent + (bulk?.unsent ?? 0)
        delay = (bulk ?? control).delay
        roundTrip =
            [control.roundTrip, bulk?.roundTrip ?? .zero].filter { $0 > .zero }.min() ?? .zero
    }

    /// What a connection has sent; nothing where the kernel does not say.
    ///
    /// On the connection's event loop.
    init(of channel: (any Channel)?) {
        var words = Words(repeating: 0)
        let answer: EventLoopFuture<Words>? = (channel as? any SocketOptionProvider)?
            .unsafeGetSocketOption(level: .tcp, name: .tcp_info)
        // On the event loop the future is there already, so this happens before the next line.
        answer?.assumeIsolated().whenSuccess { words = $0 }
        let waiting = try? channel?.syncOptions?.getOption(.bufferedWritableBytes)
        sent = Int64(clamping: words[Self.sentWord])
        unsent = Int(words[Self.notSentWord] & 0xFFFF_FFFF) + (waiting ?? 0)
        let shortest = Int64(words[Self.notSentWord] >> 32)
        // Before anything was measured the kernel says that it is endless.
        roundTrip = .microseconds(shortest == Int64(UInt32.max) ? 0 : shortest)
        delay = .microseconds(max(Int64(words[Self.roundTripWord] >> 32) - shortest, 0))
    }

    /// `struct tcp_info` up to the number that is read last; a kernel that knows less fills less.
    private typealias Words = InlineArray<26, UInt64>
    /// `tcpi_rtt`, the smoothed round trip in microseconds (RFC 6298), 32 bits at byte 68.
    private static let roundTripWord = 8
    /// `tcpi_notsent_bytes`, 32 bits at byte 144; behind it `tcpi_min_rtt`, the shortest round trip
    /// of the last minutes.
    private static let notSentWord = 18
    /// `tcpi_bytes_sent`, 64 bits at byte 200.
    private static let sentWord = 25
}

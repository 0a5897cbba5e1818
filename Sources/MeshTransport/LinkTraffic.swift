// How much of what was handed over has really left. The kernel takes bytes long before it sends them,
// and tells how far it is (TCP_INFO, <linux/tcp.h>).

import Glibc
import NIOCore

/// What a peer's connections have sent, and what they still hold back.
public struct LinkTraffic: Hashable, Sendable {
    /// Bytes sent since the connections were made, those sent twice counted twice.
    public let sent: Int64
    /// Bytes handed over and not sent yet.
    public let unsent: Int

    /// No traffic.
    static let none = LinkTraffic(sent: 0, unsent: 0)

    static func + (left: Self, right: Self) -> Self {
        Self(sent: left.sent + right.sent, unsent: left.unsent + right.unsent)
    }

    /// What a connection has sent; nothing where the kernel does not say.
    ///
    /// On the connection's event loop.
    init(of channel: any Channel) {
        var words = Words(repeating: 0)
        let answer: EventLoopFuture<Words>? = (channel as? any SocketOptionProvider)?
            .unsafeGetSocketOption(level: .tcp, name: .tcp_info)
        // On the event loop the future is there already, so this happens before the next line.
        answer?.assumeIsolated().whenSuccess { words = $0 }
        let waiting = try? channel.syncOptions?.getOption(.bufferedWritableBytes)
        sent = Int64(clamping: words[Self.sentWord])
        unsent = Int(words[Self.notSentWord] & 0xFFFF_FFFF) + (waiting ?? 0)
    }

    private init(sent: Int64, unsent: Int) {
        self.sent = sent
        self.unsent = unsent
    }

    /// `struct tcp_info` up to the number that is read last; a kernel that knows less fills less.
    private typealias Words = InlineArray<26, UInt64>
    /// `tcpi_notsent_bytes`, 32 bits at byte 144.
    private static let notSentWord = 18
    /// `tcpi_bytes_sent`, 64 bits at byte 200.
    private static let sentWord = 25
}

// The pair of connections to one peer. Invariant: one falls, both fall; blocks given before the
// second connection is up wait for it, in order.

import NIOCore
import PartyModel

/// One peer's control connection, and its bulk connection once that is up.
///
/// Bound to the event loop of its connections.
final class PeerLink {
    /// Who is at the other end.
    let remote: RemotePeer
    /// The connection for everything but blocks.
    let control: Connection
    /// Whether this side dialled; the same side dials bulk.
    let isDialled: Bool
    /// What the peer said when it left.
    var bye: Bye?

    private(set) var bulk: Connection?
    private var waiting: [(header: BlockHeader, bytes: ByteBuffer)] = []
    private var bytesPerSecond: Int?
    private let blockSent: (Int) -> Void

    /// A link whose bulk connection is not up yet.
    ///
    /// `blockSent` is told the size of each block that has left.
    init(
        remote: RemotePeer, control: Connection, isDialled: Bool,
        blockSent: @escaping (Int) -> Void
    ) {
        self.remote = remote
        self.control = control
        self.isDialled = isDialled
        self.blockSent = blockSent
    }

    /// Sends a block as soon as there is a connection for it.
    func send(_ header: BlockHeader, _ bytes: ByteBuffer) {
        guard let bulk else { return waiting.append((header, bytes)) }
        let count = bytes.readableBytes
        bulk.send(header, bytes) { [blockSent] in blockSent(count) }
    }

    /// Takes a bulk connection, in the place of any older one.
    func attach(_ connection: Connection) {
        bulk?.onEvent = { _, _ in }
        bulk?.close(.replaced)
        bulk = connection
        pace(bytesPerSecond)
        let blocks = waiting
        waiting = []
        for block in blocks { send(block.header, block.bytes) }
    }

    /// Limits how fast blocks leave; `nil` lifts the limit.
    func pace(_ bytesPerSecond: Int?) {
        self.bytesPerSecond = bytesPerSecond
        guard let channel = bulk?.channel else { return }
        Pacing.set(bytesPerSecond: bytesPerSecond, on: channel)
    }

    /// Ends both connections.
    func close(_ reason: ConnectionEnd, saying bye: Bye? = nil) {
        control.close(reason, saying: bye)
        bulk?.close(reason)
    }
}

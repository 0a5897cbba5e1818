// The pair of connections to one peer. Invariant: one falls, both fall; blocks given before the
// second connection is up go over the first, for a film's first blocks must not wait for it.

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

    /// Sends a block on the connection for blocks, if that is up.
    func send(_ header: BlockHeader, _ bytes: ByteBuffer) {
        let count = bytes.readableBytes
        (bulk ?? control).send(header, bytes) { [blockSent] in blockSent(count) }
    }

    /// Takes a bulk connection, in the place of any older one.
    func attach(_ connection: Connection) {
        bulk?.onEvent = { _, _ in }
        bulk?.close(.replaced)
        bulk = connection
        setPace()
    }

    /// Limits how fast blocks leave on bulk; `nil` lifts the limit.
    ///
    /// Control is not limited: the few blocks that go there at first are spaced by whoever sends them,
    /// and the kernel, which spreads the packets of a limited connection over each round trip, would
    /// make its slow start a third slower.
    func pace(_ bytesPerSecond: Int?) {
        guard bytesPerSecond != self.bytesPerSecond else { return }
        self.bytesPerSecond = bytesPerSecond
        setPace()
    }

    private func setPace() {
        guard let channel = bulk?.channel else { return }
        Pacing.set(bytesPerSecond: bytesPerSecond, on: channel)
    }

    /// What both connections have sent and hold back.
    var traffic: LinkTraffic {
        LinkTraffic(
            control: LinkTraffic(of: control.channel),
            bulk: bulk?.channel.map { LinkTraffic(of: $0) })
    }

    /// Ends both connections.
    func close(_ reason: ConnectionEnd, saying bye: Bye? = nil) {
        control.close(reason, saying: bye)
        bulk?.close(reason)
    }
}

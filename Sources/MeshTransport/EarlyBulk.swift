// The connection for blocks, made beside the one for everything else: a newcomer's first blocks must
// not wait for its handshake, which takes as long as the other's did.
//
// Invariant: it proves nothing before the other one is proven, for only then does the peer know what
// it belongs to.

import PartyModel
import WireFormat

/// A bulk connection on its way to an address at which somebody answers.
///
/// Keeps itself alive until it is over. Bound to the event loop of the dialler.
final class EarlyBulk {
    /// How it ends.
    enum Outcome {
        /// It leads to this peer, which has proved itself.
        case proven(Connection, PeerID)
        /// It does not.
        case ended(ConnectionEnd)
    }

    /// Where it leads.
    let address: PeerAddress

    private enum State {
        case connecting
        case securing(Connection)
        case ready(Connection)
        case over
    }

    private var state = State.connecting
    private var onOutcome: ((Outcome) -> Void)?

    /// Begins to connect to whoever answers at this address and is the expected one.
    init(to address: PeerAddress, expecting expected: ExpectedPeer, dialer: Dialer) {
        self.address = address
        dialer.dial(address, .bulk, expecting: expected) { self.opened($0) }
    }

    /// Whether it may still become a connection.
    var isAlive: Bool {
        if case .over = state { false } else { true }
    }

    /// Goes on with the handshake as far as it goes, and says how it ends.
    func use(then: @escaping (Outcome) -> Void) {
        onOutcome = then
        if case .ready(let connection) = state { connection.prove() }
    }

    /// Closes it: another address led to the peer.
    func giveUp() {
        switch state {
        case .securing(let connection), .ready(let connection): connection.close(.replaced)
        case .connecting, .over: break
        }
        state = .over
    }

    private func opened(_ result: Result<Connection, ConnectionEnd>) {
        switch result {
        case .success(let connection):
            guard isAlive else { return connection.close(.replaced) }
            state = .securing(connection)
            connection.onEvent = { self.on($1, from: $0) }
        case .failure(let end): finish(.ended(end))
        }
    }

    private func on(_ event: Connection.Event, from connection: Connection) {
        switch event {
        case .readyToProve:
            state = .ready(connection)
            if onOutcome != nil { connection.prove() }
        case .proven(let peer): finish(.proven(connection, peer.peer))
        case .ended(let end): finish(.ended(end))
        case .message, .block: break
        }
    }

    private func finish(_ outcome: Outcome) {
        guard isAlive else { return }
        state = .over
        onOutcome?(outcome)
        onOutcome = nil
    }
}

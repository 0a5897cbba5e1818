// Which of a peer's addresses is used: all of them are tried, each a little after the one before
// (RFC 8305), and the first connection that passes TLS and both proofs wins. A TCP connection is no
// victory: the same private address is another machine in another home.
//
// Invariant: at most one connection at a time has sent its proof. To the listener, two proven
// connections of one peer would be an old one and its replacement.

import NIOCore
import PartyModel
import WireFormat

/// One race to one peer.
///
/// Keeps itself alive until it is over. Bound to the event loop of the dialler.
final class DialRace {
    /// How long an address has to itself before the next is tried as well (RFC 8305, section 5).
    static let stagger = TimeAmount.milliseconds(250)

    /// How a race ends.
    enum Outcome {
        /// This connection leads to this peer.
        case won(Connection, ProvenPeer)
        /// No address does; why, in the order they were given.
        case lost([(address: PeerAddress, end: ConnectionEnd)])
    }

    private enum Attempt {
        case connecting
        case securing(Connection)
        case ready(Connection)
        case proving(Connection)
        case failed(ConnectionEnd)
    }

    private let addresses: [PeerAddress]
    private let expected: ExpectedPeer
    private let dialer: Dialer
    private let onOpened: (PeerAddress) -> Void
    private let onOutcome: (Outcome) -> Void

    /// One for each address that was started, in the same order.
    private var attempts: [Attempt] = []
    private var nextStart: Scheduled<Void>?
    private var isOver = false

    /// A race that has not begun; `addresses` in the order they are to be tried, at least one.
    ///
    /// `onOpened` is told where somebody answers, long before it is known who that is.
    init(
        addresses: [PeerAddress], expecting expected: ExpectedPeer, dialer: Dialer,
        onOpened: @escaping (PeerAddress) -> Void, onOutcome: @escaping (Outcome) -> Void
    ) {
        precondition(!addresses.isEmpty)
        self.addresses = addresses
        self.expected = expected
        self.dialer = dialer
        self.onOpened = onOpened
        self.onOutcome = onOutcome
    }

    /// Tries the first address, and later the others.
    func start() {
        nextStart?.cancel()
        guard !isOver, attempts.count < addresses.count else { return }
        let index = attempts.count
        attempts.append(.connecting)
        dialer.dial(addresses[index], .control, expecting: expected) { self.opened(index, $0) }
        nextStart = dialer.eventLoop.assumeIsolated().scheduleTask(in: Self.stagger) {
            self.start()
        }
    }

    private func opened(_ index: Int, _ result: Result<Connection, ConnectionEnd>) {
        switch result {
        case .success(let connection) where isOver: connection.close(.replaced)
        case .success(let connection):
            attempts[index] = .securing(connection)
            connection.onEvent = { self.on($1, from: $0, index) }
            onOpened(addresses[index])
        case .failure(let end): failed(index, end)
        }
    }

    private func on(_ event: Connection.Event, from connection: Connection, _ index: Int) {
        guard !isOver else { return }
        switch event {
        case .readyToProve:
            attempts[index] = .ready(connection)
            proveNext()
        case .proven(let peer): won(connection, peer)
        case .ended(let end): failed(index, end)
        // The winner's owner takes these.
        case .message, .block: break
        }
    }

    /// Lets the first connection that is ready send its proof, if no other one has.
    private func proveNext() {
        var next: (index: Int, connection: Connection)?
        for (index, attempt) in attempts.enumerated().reversed() {
            switch attempt {
            case .proving: return
            case .ready(let connection): next = (index, connection)
            case .connecting, .securing, .failed: break
            }
        }
        guard let next else { return }
        attempts[next.index] = .proving(next.connection)
        next.connection.prove()
    }

    private func failed(_ index: Int, _ end: ConnectionEnd) {
        guard !isOver else { return }
        attempts[index] = .failed(end)
        proveNext()
        start()
        let ends = attempts.compactMap { if case .failed(let end) = $0 { end } else { nil } }
        guard ends.count == addresses.count else { return }
        isOver = true
        onOutcome(.lost(Array(zip(addresses, ends).map { ($0, $1) })))
    }

    private func won(_ winner: Connection, _ peer: ProvenPeer) {
        isOver = true
        nextStart?.cancel()
        for case .securing(let loser) in attempts { loser.close(.replaced) }
        for case .ready(let loser) in attempts { loser.close(.replaced) }
        onOutcome(.won(winner, peer))
    }
}

extension PartyError {
    /// What it means to somebody who wants to join that no address led to the host.
    init(noHostAt failures: [(address: PeerAddress, end: ConnectionEnd)]) {
        // The host's own no says more than the silence of its other addresses.
        for (address, end) in failures where end == .refused(.proofRefused) {
            self = .proofRefused(address: address.description)
            return
        }
        for case (_, .refused(.versionMismatch(let theirs))) in failures {
            self = .versionMismatch(theirs: Int(theirs), ours: Int(Hello.current))
            return
        }
        for (address, end) in failures where end == .refused(.hostIsSomeoneElse) {
            self = .hostIsSomeoneElse(address: address.description)
            return
        }
        self = .hostUnreachable(attempts: failures.map { DialFailure($0.address, $0.end) })
    }
}

extension PartyError.DialFailure {
    /// An attempt in words.
    init(_ address: PeerAddress, _ end: ConnectionEnd) {
        self.init(address: address.description, reason: end.description)
    }
}

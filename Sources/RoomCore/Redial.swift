// Whom to dial, and when again.
//
// Of two guests the newer one dials first, for it knows the older one's address before the older one
// knows its own; the older one tries after a while, in case only that direction works. In the same way
// the host gives its guests a head start. A lost or failed connection is tried again with a delay that
// doubles, for as long as the member is in the roster.
//
// Invariant: a member is dialled by this peer at most once at a time.

import PartyModel

/// When each member is dialled next.
struct Redial: Sendable {
    /// The newer side gets this long before the older side tries.
    static let headStart = Duration.seconds(2)
    /// The delay after the first failure.
    static let firstDelay = Duration.milliseconds(500)
    /// The longest delay: a guest that comes back within it is noticed soon enough.
    static let longestDelay = Duration.seconds(10)

    private enum State {
        case due(MonotonicInstant, failures: Int)
        case dialling(failures: Int)
        case connected
    }

    private var states: [PeerID: State] = [:]

    /// The member is known and may be dialled from `instant` on.
    mutating func expect(_ peer: PeerID, from instant: MonotonicInstant) {
        guard states[peer] == nil else { return }
        states[peer] = .due(instant, failures: 0)
    }

    mutating func forget(_ peer: PeerID) { states[peer] = nil }

    mutating func connected(_ peer: PeerID) { states[peer] = .connected }

    /// The connection was lost; it is dialled `delay` from now.
    mutating func lost(_ peer: PeerID, now: MonotonicInstant, after delay: Duration) {
        guard states[peer] != nil else { return }
        states[peer] = .due(now + delay, failures: 0)
    }

    /// A dial came to nothing.
    mutating func failed(_ peer: PeerID, now: MonotonicInstant) {
        guard case .dialling(let failures) = states[peer] else { return }
        let delay = min(Self.firstDelay * (1 << min(failures, 10)), Self.longestDelay)
        states[peer] = .due(now + delay, failures: failures + 1)
    }

    /// Those to be dialled now; they count as being dialled from here on.
    mutating func takeDue(now: MonotonicInstant) -> [PeerID] {
        var due: [PeerID] = []
        for (peer, state) in states {
            guard case .due(let instant, let failures) = state, instant <= now else { continue }
            states[peer] = .dialling(failures: failures)
            due.append(peer)
        }
        return due.sorted()
    }

    /// When the next one is due.
    var next: MonotonicInstant? {
        states.values.compactMap { state in
            if case .due(let instant, _) = state { return instant }
            return nil
        }.min()
    }
}

// When the room waits again for somebody it gave up waiting for.
//
// Invariant: each time it must have kept up twice as long as the time before, so that one bad line
// cannot keep everybody standing.

import PartyModel

/// Those whom the room does not wait for, as its keeper sees them.
struct CatchUp: Sendable {
    /// How long one must have kept up, the first time.
    static let firstProof = Duration.seconds(5)
    /// The proof doubles no more often: eleven minutes.
    static let mostDoublings = 7

    private var timesExcused: [PeerID: Int] = [:]
    private var inStepSince: [PeerID: RoomInstant] = [:]

    mutating func excused(_ peers: some Sequence<PeerID>) {
        for peer in peers {
            timesExcused[peer, default: 0] += 1
            inStepSince[peer] = nil
        }
    }

    /// Takes a look at somebody the room does not wait for.
    mutating func note(_ peer: PeerID, isInStep: Bool, at now: RoomInstant) {
        guard isInStep else {
            inStepSince[peer] = nil
            return
        }
        if inStepSince[peer] == nil { inStepSince[peer] = now }
    }

    /// Whether this peer has kept up long enough.
    func hasCaughtUp(_ peer: PeerID, at now: RoomInstant) -> Bool {
        guard let since = inStepSince[peer] else { return false }
        let doublings = min(max(timesExcused[peer, default: 1] - 1, 0), Self.mostDoublings)
        return now - since >= Self.firstProof * (1 << doublings)
    }
}

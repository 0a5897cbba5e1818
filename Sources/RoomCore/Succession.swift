// Who keeps the room: its clock, its door, the last word on where the film stands.
//
// The host does, as long as it is there. The order of its signed roster is the order of succession,
// so who comes next is whoever has been in the room longest among those still there. Everybody
// decides this alone, from what it sees itself: no votes, and no word of anybody else, so nobody can
// talk others out of a host that they can see. Peers that see the same people choose the same keeper;
// where the network is cut in two, each half has one, until they meet again.
//
// Invariant: while the host is connected, nobody else keeps the room.

import PartyModel

/// Who of the room is there, and who has been missing since when.
struct Succession: Sendable {
    /// So long somebody who was lost keeps their place: a connection that breaks is back sooner, and
    /// the room's time runs on without anybody keeping it meanwhile.
    static let patience = Duration.seconds(3)
    /// The same where everybody was lost at once: that is more often this end of the line.
    static let patienceAlone = Duration.seconds(15)

    /// Somebody lost for so long is given up, where there is somebody to decide that: after a walk
    /// through a tunnel one keeps one's place.
    static let absence = Duration.seconds(120)

    private(set) var present: Set<PeerID> = []
    private var missing: [PeerID: MonotonicInstant] = [:]
    private var departed: Set<PeerID> = []

    /// The peer is connected.
    mutating func arrived(_ peer: PeerID) {
        forget(peer)
        present.insert(peer)
    }

    /// The peer is expected to connect, as if it had been lost just now.
    mutating func expect(_ peer: PeerID, now: MonotonicInstant) {
        if !present.contains(peer), missing[peer] == nil { missing[peer] = now }
    }

    /// The connection to the peer is lost.
    mutating func lost(_ peer: PeerID, now: MonotonicInstant) {
        guard present.remove(peer) != nil, !departed.contains(peer) else { return }
        missing[peer] = now
    }

    /// The peer said that it leaves: its key goes with it, so it never comes back.
    mutating func left(_ peer: PeerID) {
        forget(peer)
        departed.insert(peer)
    }

    /// The peer does not matter any more.
    mutating func forget(_ peer: PeerID) {
        present.remove(peer)
        missing[peer] = nil
        departed.remove(peer)
    }

    /// Whether the peer said that it leaves.
    func hasLeft(_ peer: PeerID) -> Bool { departed.contains(peer) }

    /// Those who were lost and are expected back.
    var lost: Set<PeerID> { Set(missing.keys) }

    /// Those who have been missing for longer than anybody waits.
    func givenUp(now: MonotonicInstant) -> [PeerID] {
        missing.filter { now - $0.value >= Self.absence }.keys.sorted()
    }

    /// Who has been missing longest.
    var longestMissing: PeerID? {
        missing.min { ($0.value, $0.key) < ($1.value, $1.key) }?.key
    }

    /// Who keeps the room: the first of the order, the host before all, who is there or may be back
    /// in a moment.
    ///
    /// `nil` for somebody who is not in the order and sees nobody who is.
    func keeper(of order: [PeerID], for me: PeerID, now: MonotonicInstant) -> PeerID? {
        order.first { peer in
            guard !departed.contains(peer) else { return false }
            if peer == me || present.contains(peer) { return true }
            return missing[peer].map { now - $0 < limit } ?? false
        }
    }

    /// When the next of the missing loses their place, or is given up.
    func next(after now: MonotonicInstant) -> MonotonicInstant? {
        missing.values.flatMap { [$0 + limit, $0 + Self.absence] }.filter { $0 > now }.min()
    }

    private var limit: Duration { present.isEmpty ? Self.patienceAlone : Self.patience }
}

// Who is pinged next? A new path gets a quick burst, then a ping now and then; while film is sent
// everybody takes turns, so that the answers, which tell how full the line is, come evenly however
// many peers there are.

public import PartyModel

/// The times of pings to all peers.
public struct PingRota: Sendable {
    /// Pings of a burst: with eight tries one usually meets empty queues.
    public static let burst = 8
    /// Between the pings of a burst.
    public static let burstInterval = Duration.milliseconds(100)
    /// Between pings afterwards: often enough for a crystal's drift, too rare to be noticed.
    public static let steadyInterval = Duration.seconds(3)
    /// How often ``takeDue(now:isBusy:)`` is to be called; a peer that had its ping less than half of
    /// that ago, for it is called in between too, has no turn.
    public static let interval = Duration.milliseconds(50)
    /// Peers that are pinged each time while film is sent: 40 pings a second in all.
    public static let turns = 2

    private struct Entry {
        var sent = 0
        var next: MonotonicInstant
        var last: MonotonicInstant?
    }

    private var entries: [PeerID: Entry] = [:]

    /// A rota with nobody on it.
    public init() {}

    /// A burst to a peer begins: it is new, or the clocks may have moved against each other.
    public mutating func begin(_ peer: PeerID, now: MonotonicInstant) {
        entries[peer] = Entry(next: now)
    }

    /// A peer is gone.
    public mutating func remove(_ peer: PeerID) { entries[peer] = nil }

    /// Those to be pinged now; these pings count as sent.
    ///
    /// - Parameters:
    ///   - now: the time.
    ///   - isBusy: whether film is being sent.
    public mutating func takeDue(now: MonotonicInstant, isBusy: Bool) -> [PeerID] {
        var due = entries.filter { $0.value.next <= now }.keys.sorted()
        if isBusy {
            let waiting = entries.filter { peer, entry in
                entry.next > now && entry.last.map { now - $0 >= Self.interval / 2 } ?? true
            }
            let order = waiting.sorted {
                ($0.value.last ?? $0.value.next, $0.key) < ($1.value.last ?? $1.value.next, $1.key)
            }
            due += order.prefix(max(Self.turns - due.count, 0)).map(\.key)
        }
        for peer in due {
            guard var entry = entries[peer] else { continue }
            entry.sent += 1
            entry.last = now
            entry.next = now + (entry.sent < Self.burst ? Self.burstInterval : Self.steadyInterval)
            entries[peer] = entry
        }
        return due
    }
}

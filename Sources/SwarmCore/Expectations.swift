// Blocks that are on their way without having been asked for.
//
// When a first guest says that it has a block, its owner is about to pass the block on; when the host
// rejects a request, the block is coming from another. Asking somebody else meanwhile would bring it
// twice. The patience ends sooner where a player waits: when the block is late beside those before it.

import PartyModel

/// What is expected by push, and since when.
struct Expectations {
    /// For a block the player does not need yet: several rounds of a slow relay.
    static let patience = Duration.seconds(3)
    /// Where a player waits, at the least.
    static let shortestPatience = Duration.milliseconds(300)
    /// Where a player waits, before anything was measured, per ten peers: a relay hop with its queue,
    /// in which each of them has its turn.
    static let firstPatience = Duration.milliseconds(300)

    private var since: [BlockAddress: MonotonicInstant] = [:]
    /// How long expected blocks took.
    private var delay = DelayEstimator()

    var isEmpty: Bool { since.isEmpty }

    /// Blocks that may be expected at a time: as many as a host has on their way to a full room.
    ///
    /// Whoever says that more is coming is not waited for.
    static let expectedAtMost = PeerLedger.largestCredit * Limits.members

    /// The block is on its way; when that was known, it changes nothing.
    mutating func expect(_ address: BlockAddress, now: MonotonicInstant) {
        guard since[address] == nil, since.count < Self.expectedAtMost else { return }
        since[address] = now
    }

    /// The host says that the block is on its way: it knows, and need not be asked again soon.
    mutating func expectAnew(_ address: BlockAddress, now: MonotonicInstant) {
        since[address] = now
    }

    mutating func arrived(_ address: BlockAddress, now: MonotonicInstant) {
        guard let since = since.removeValue(forKey: address) else { return }
        delay.note(now - since)
    }

    /// Whether the block should be waited for.
    func covers(
        _ address: BlockAddress, isUrgent: Bool, peers: Int, now: MonotonicInstant
    ) -> Bool {
        guard let since = since[address] else { return false }
        return now - since < patience(isUrgent: isUrgent, peers: peers)
    }

    func patience(isUrgent: Bool, peers: Int) -> Duration {
        guard isUrgent else { return Self.patience }
        guard let late = delay.late else {
            return Self.firstPatience * max(1, (peers + 5) / 10)
        }
        return min(max(late, Self.shortestPatience), Self.patience)
    }

    /// What is not waited for any longer.
    mutating func expire(
        now: MonotonicInstant, peers: Int, isUrgent: (BlockAddress) -> Bool
    ) -> [BlockAddress] {
        let late = since.filter { address, since in
            now - since >= patience(isUrgent: isUrgent(address), peers: peers)
        }
        for (address, since) in late where now - since >= Self.patience {
            self.since[address] = nil
        }
        return Array(late.keys)
    }
}

// Blocks that are on their way without having been asked for.
//
// When a first guest says that it has a block, its owner is about to pass the block on; when the host
// rejects a request, the block is coming from another. Asking somebody else meanwhile would bring it
// twice. The patience ends sooner where a player waits.

import PartyModel

/// What is expected by push, and until when it is waited for.
struct Expectations {
    /// For a block the player does not need yet: several rounds of a slow relay.
    static let patience = Duration.seconds(3)
    /// For a block the player waits for, per ten peers: a relay hop with its queue, in which each
    /// of them has its turn.
    static let urgentPatience = Duration.milliseconds(300)

    private var since: [BlockAddress: MonotonicInstant] = [:]

    var isEmpty: Bool { since.isEmpty }

    /// The block is on its way; `false` when that was known, and changes nothing.
    @discardableResult
    mutating func expect(_ address: BlockAddress, now: MonotonicInstant) -> Bool {
        guard since[address] == nil else { return false }
        since[address] = now
        return true
    }

    mutating func arrived(_ address: BlockAddress) { since[address] = nil }

    /// Whether the block should be waited for.
    func covers(
        _ address: BlockAddress, urgent: Bool, peers: Int, now: MonotonicInstant
    ) -> Bool {
        guard let since = since[address] else { return false }
        let patience = urgent ? Self.urgentPatience * max(1, (peers + 5) / 10) : Self.patience
        return now - since < patience
    }

    mutating func expire(now: MonotonicInstant) {
        guard !since.isEmpty else { return }
        since = since.filter { now - $0.value < Self.patience }
    }
}

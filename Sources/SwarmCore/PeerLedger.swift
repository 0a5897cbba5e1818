// What one other peer has, owes us and is owed.
//
// Invariant: every block we asked this peer for is in `asked` until the one answer it gets: the
// block itself or a reject. Every block it asked us for is in `owed` or `sending` until we gave that
// answer.

import DequeModule
import PartyModel

/// The books kept about one peer.
struct PeerLedger {
    /// A request of ours that is not answered yet.
    struct Asked {
        let since: MonotonicInstant
        /// Taken back; still answered once, but not waited for.
        var isCancelled = false
    }

    let isHost: Bool
    var availability: [ItemID: Availability] = [:]
    private(set) var asked: [BlockAddress: Asked] = [:]
    private var urgentOwed: Deque<BlockAddress> = []
    private var laterOwed: Deque<BlockAddress> = []
    private(set) var owed: Set<BlockAddress> = []
    private(set) var sending: Set<BlockAddress> = []

    var received = RateEstimator()
    /// The round trip as the room's pings measure it; a guess until then.
    var roundTrip = Duration.milliseconds(50)
    /// When it last sent a block, or was first asked while nothing was open.
    var lastProgress: MonotonicInstant?

    init(isHost: Bool) { self.isHost = isHost }

    func has(_ address: BlockAddress) -> Bool {
        availability[address.item]?.contains(address.block) ?? false
    }

    // MARK: What we asked for

    /// Bytes under way to us at full flow: rate × (round trip + 100 ms) × 1.25, so that the peer
    /// never runs dry and a seek never waits behind seconds of film.
    mutating func blocksInFlightAllowed(at now: MonotonicInstant) -> Int {
        let rate = received.rate(at: now)
        guard rate > 0 else { return Self.firstFlight }
        let bytes = rate * (roundTrip.inSeconds + 0.1) * 1.25
        let blocks = Int(min(bytes, 1e9)) / ChunkGeometry.blockSize
        return min(max(blocks, 2), Self.largestFlight)
    }

    /// Before a rate is known: two would idle a fast link for a round trip, more would make the
    /// index at a film's end wait behind its head on a slow one.
    static let firstFlight = 4
    /// 4 MiB: a gigabit at 25 ms, and well under what a peer may have asked for.
    static let largestFlight = 64

    mutating func ask(_ address: BlockAddress, at now: MonotonicInstant) {
        if asked.isEmpty { lastProgress = now }
        asked[address] = Asked(since: now)
    }

    mutating func cancel(_ address: BlockAddress) { asked[address]?.isCancelled = true }

    /// The peer answered; `false` when it had not been asked.
    mutating func answer(_ address: BlockAddress) -> Bool { asked.removeValue(forKey: address) != nil }

    // MARK: What it asked for

    /// What became of a request.
    enum Owing { case accepted, alreadyOwed, tooMany }

    mutating func owe(_ address: BlockAddress, isUrgent: Bool) -> Owing {
        guard !owed.contains(address) else { return .alreadyOwed }
        guard owed.count < Limits.blocksRequestedPerPeer else { return .tooMany }
        owed.insert(address)
        if isUrgent { urgentOwed.append(address) } else { laterOwed.append(address) }
        return .accepted
    }

    /// The peer takes a request back; `false` when it is too late.
    mutating func forgive(_ address: BlockAddress) -> Bool { owed.remove(address) != nil }

    /// The next block to send, now counted as being sent.
    mutating func nextToSend() -> BlockAddress? {
        guard sending.count < Self.sendsAtOnce else { return nil }
        while let address = urgentOwed.popFirst() ?? laterOwed.popFirst() {
            guard owed.remove(address) != nil else { continue }
            sending.insert(address)
            return address
        }
        return nil
    }

    /// Reads from the disk that overlap with sending; more would only queue in front of a
    /// request that becomes urgent.
    static let sendsAtOnce = 8

    mutating func sent(_ address: BlockAddress) { sending.remove(address) }
}

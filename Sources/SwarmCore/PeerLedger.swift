// What one other peer has, owes us and is owed.
//
// Invariant: every block we asked this peer for is in `asked` until the one answer it gets: the
// block itself or a reject. Every block it asked us for is owed until we gave that answer.

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

    /// A block on its way out.
    private struct Sending {
        let address: BlockAddress
        let since: MonotonicInstant
        /// Whether the peer asked for it.
        let isAnswer: Bool
    }

    let id: PeerID
    let isHost: Bool
    /// When it connected.
    let came: MonotonicInstant
    /// Whether it is on this LAN: what goes there is not paced.
    var isLocal = false
    private(set) var asked: [BlockAddress: Asked] = [:]
    /// Whether it has owed an answer for longer than ``answerLimit``.
    private var isOverdue = false
    /// What it refused, and was not asked for again.
    private var refused: Set<BlockAddress> = []
    private var urgentOwed: Deque<BlockAddress> = []
    private var laterOwed: Deque<BlockAddress> = []
    private(set) var owed: Set<BlockAddress> = []
    /// Of these, what it asked for because its player waits.
    private var owedUrgently: Set<BlockAddress> = []
    /// What is on its way out, the oldest first.
    private var sending: [Sending] = []
    /// Blocks sent unasked that the peer has not said it has.
    private var unconfirmed: [BlockAddress: MonotonicInstant] = [:]
    private var confirmed = RateEstimator()
    /// Blocks that may be unconfirmed: what fills the path, so that a seek does not wait behind more.
    private var credit = smallestCredit

    /// Whether it has said yet which blocks it has.
    var hasSpoken = false
    /// Whether it has asked for anything yet: before, the host does not know what it needs first.
    var hasAsked = false
    /// Whether it could not keep what it was sent, and has not asked since.
    private var isFull = false

    var received = RateEstimator()
    /// The round trip as the room's pings measure it; a guess until then.
    var roundTrip = Duration.milliseconds(50)
    /// Until when its player is taken to open the film; `nil` where it has, or there is none.
    var opensUntil: MonotonicInstant?
    /// The first of the blocks it asked for last because its player waits.
    private(set) var reads: BlockAddress?
    /// When it last sent a block, or was first asked while nothing was open.
    var lastProgress: MonotonicInstant?

    init(id: PeerID, isHost: Bool, came: MonotonicInstant) {
        self.id = id
        self.isHost = isHost
        self.came = came
    }

    // MARK: Its player

    mutating func asksUrgently(from first: BlockAddress?) { reads = first ?? reads }

    /// Whether its player has passed a block a little while ago, without it, as far as its requests
    /// show: what it asked for last lies at most ``Demand/urgentBlocks`` beyond.
    func hasPassed(_ address: BlockAddress) -> Bool {
        guard let reads, reads.item == address.item, !owed.contains(address) else { return false }
        let ahead = Int(reads.block.number) - Int(address.block.number)
        return (1...Demand.urgentBlocks).contains(ahead)
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

    /// Whether it was asked for as much as it answers soon.
    mutating func isFullyAsked(at now: MonotonicInstant) -> Bool {
        asked.count >= blocksInFlightAllowed(at: now)
    }

    /// How many blocks may be asked for now, beside those that were.
    mutating func roomForAsking(at now: MonotonicInstant) -> Int {
        let allowed = blocksInFlightAllowed(at: now)
        let free = allowed - asked.count
        // Topping up by single blocks would double the number of messages.
        return free >= min(allowed / 4, 8) || asked.count < 2 ? max(free, 0) : 0
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

    /// The peer answered; `nil` when it had not been asked.
    mutating func answer(_ address: BlockAddress) -> Asked? { asked.removeValue(forKey: address) }

    /// The peer refused a block it says it has; whether for the second time.
    mutating func refuses(_ address: BlockAddress) -> Bool {
        guard refused.insert(address).inserted else {
            refused.remove(address)
            return true
        }
        return false
    }

    /// Forgets refusals of what is not missing any more.
    mutating func forgetRefusals(unless isMissing: (BlockAddress) -> Bool) {
        if !refused.isEmpty { refused = refused.filter(isMissing) }
    }

    /// A peer that was asked and sends nothing for so long is passed over: longer than any stall of
    /// a living link, shorter than a player's patience.
    static let silenceLimit = Duration.seconds(5)

    /// A guest that owes one answer for so long is passed over too, whatever else it sends.
    ///
    /// On a line of 0.1 Mbit/s two blocks take ten seconds. A host has its reasons: everybody asks it.
    static let answerLimit = Duration.seconds(20)

    func isSilent(at now: MonotonicInstant) -> Bool {
        guard !asked.isEmpty, let lastProgress else { return false }
        return isOverdue || now - lastProgress > Self.silenceLimit
    }

    /// Looks whether an answer is overdue.
    mutating func lookForOverdue(at now: MonotonicInstant) {
        isOverdue = !isHost && asked.values.contains { now - $0.since > Self.answerLimit }
    }

    // MARK: What it asked for

    /// What became of a request.
    enum Owing {
        /// It is owed now.
        case accepted
        /// The peer broke a rule: it asked again before an answer.
        case alreadyOwed
        /// It is rejected: the peer is owed as much as it may be, or we do not have the block.
        case tooMany
        /// It is rejected: it was sent unasked, by us or by somebody we gave it to.
        case onItsWay
    }

    /// Notes a request without deciding when it is answered.
    mutating func note(_ address: BlockAddress, isUrgent: Bool) -> Owing {
        isFull = false
        guard !owed.contains(address) else { return .alreadyOwed }
        guard owed.count < Limits.blocksRequestedPerPeer else { return .tooMany }
        owed.insert(address)
        if isUrgent { owedUrgently.insert(address) }
        return .accepted
    }

    /// Whether what it asks for is taken as urgent: nobody's player waits for more than one peer may
    /// have under way, and what goes before all else is not anybody's to fill.
    var mayAskUrgently: Bool { owedUrgently.count < Self.largestFlight }

    /// Puts a noted request in the queue.
    mutating func queue(_ address: BlockAddress, isUrgent: Bool) {
        if isUrgent { urgentOwed.append(address) } else { laterOwed.append(address) }
        // What was forgiven stays in a queue until its turn, which may never come.
        if urgentOwed.count > Self.queueLimit { urgentOwed = stillOwed(of: urgentOwed) }
        if laterOwed.count > Self.queueLimit { laterOwed = stillOwed(of: laterOwed) }
    }

    /// Requests in the queues, forgiven ones among them.
    var queuedCount: Int { urgentOwed.count + laterOwed.count }

    /// Twice what may be owed: closing the holes costs no more than making them.
    private static let queueLimit = 2 * Limits.blocksRequestedPerPeer

    /// What of a queue is owed, each block once.
    private func stillOwed(of queue: Deque<BlockAddress>) -> Deque<BlockAddress> {
        var seen: Set<BlockAddress> = []
        return queue.filter { owed.contains($0) && seen.insert($0).inserted }
    }

    /// The peer takes a request back, or gets another answer; `false` when it is too late.
    mutating func forgive(_ address: BlockAddress) -> Bool {
        owedUrgently.remove(address)
        return owed.remove(address) != nil
    }

    /// Whether there may be a block it asked for in such a queue.
    func mayBeOwed(urgent: Bool) -> Bool { urgent ? !urgentOwed.isEmpty : !laterOwed.isEmpty }

    /// The next block it asked for.
    mutating func nextOwed(urgent: Bool) -> BlockAddress? {
        while let address = urgent ? urgentOwed.first : laterOwed.first {
            if owed.contains(address) { return address }
            // It was forgiven since.
            _ = urgent ? urgentOwed.popFirst() : laterOwed.popFirst()
        }
        return nil
    }

    /// Takes out what ``nextOwed(urgent:)`` found.
    mutating func takeOwed(urgent: Bool) {
        guard let address = urgent ? urgentOwed.popFirst() : laterOwed.popFirst() else { return }
        _ = forgive(address)
    }

    // MARK: What is on its way out

    /// Blocks handed over for one peer at a time: enough to overlap the disk with a fast link.
    static let sendsAtOnce = 16
    /// Blocks sent unasked and not confirmed, at the most: 2 MiB.
    static let largestCredit = 32
    /// At the least, and before a rate is known.
    static let smallestCredit = 4
    /// Beyond a round trip, how long a confirmation may take: the interval of news.
    static let confirmationDelay = Duration.milliseconds(200)
    /// A block not confirmed after so long was lost on the way to the disk.
    static let confirmationLimit = Duration.seconds(10)

    var sendsUnderWay: Int { sending.count }

    /// Whether what was handed over for it has not left after so long: its own line is the one that
    /// is slow then.
    func isStuck(at now: MonotonicInstant, after patience: Duration) -> Bool {
        guard let oldest = sending.first else { return false }
        return now - oldest.since > patience
    }

    var canBePushed: Bool { !isFull && unconfirmed.count < credit }

    mutating func send(_ address: BlockAddress, isAnswer: Bool, at now: MonotonicInstant) {
        sending.append(Sending(address: address, since: now, isAnswer: isAnswer))
        if !isAnswer { unconfirmed[address] = now }
    }

    /// The block has left, or never will; whether it was an answer, `nil` when it was not on its way.
    mutating func sent(_ address: BlockAddress) -> Bool? {
        guard let index = sending.firstIndex(where: { $0.address == address }) else { return nil }
        return sending.remove(at: index).isAnswer
    }

    /// Whether the block went to the peer unasked and it has not said so yet: a request for it has
    /// crossed it on the way.
    func isUnconfirmed(_ address: BlockAddress) -> Bool { unconfirmed[address] != nil }

    /// What went to it unasked, and it has not said that it has.
    var unconfirmedBlocks: [BlockAddress] { Array(unconfirmed.keys) }

    /// Whether something is under way, in either direction.
    var isBusy: Bool { !asked.isEmpty || !sending.isEmpty || !unconfirmed.isEmpty }

    /// The peer has the block.
    mutating func confirm(_ address: BlockAddress, at now: MonotonicInstant) {
        guard unconfirmed.removeValue(forKey: address) != nil else { return }
        confirmed.count(ChunkGeometry.blockSize, at: now)
        let delay = (roundTrip + Self.confirmationDelay).inSeconds
        let bytes = confirmed.rate(at: now) * delay * 1.25
        let blocks = Int(min(bytes, 1e9)) / ChunkGeometry.blockSize
        credit = min(max(blocks, Self.smallestCredit), Self.largestCredit)
    }

    /// The peer did not keep a block that was sent unasked, and wants no more before it asks; `false`
    /// when no such block was sent.
    mutating func takeBack(_ address: BlockAddress) -> Bool {
        guard unconfirmed.removeValue(forKey: address) != nil else { return false }
        isFull = true
        return true
    }

    mutating func expireUnconfirmed(at now: MonotonicInstant) {
        guard unconfirmed.contains(where: { now - $0.value > Self.confirmationLimit }) else {
            return
        }
        unconfirmed = unconfirmed.filter { now - $0.value <= Self.confirmationLimit }
    }
}

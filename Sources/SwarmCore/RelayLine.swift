// What is a guest worth as one that passes blocks on?

import PartyModel

/// The host's books about one guest's passing on.
struct RelayLine {
    /// Blocks it still has to send, counted per receiver.
    private(set) var backlog = 0
    /// Those of them that players wait for: they go first.
    private(set) var urgentBacklog = 0
    /// Blocks that are on their way to it.
    var coming = 0
    /// Since when its own line does not take what is on its way to it.
    var lagging: MonotonicInstant?
    /// When it came.
    let joined: MonotonicInstant
    /// The guests it is connected to; `nil` until it said so, and then it is taken to be all.
    var reach: PeerSet?
    /// The best rate seen, in bytes per second: what it could do when it had enough to do.
    private(set) var bestRate = 0.0

    private var rate = RateEstimator()
    /// Blocks it did not pass on in time, since the last one it did.
    private var failures = 0
    private var lastFailure: MonotonicInstant?
    private var firstSuccess: MonotonicInstant?
    private var lastSuccess: MonotonicInstant?

    /// A guest that came so lately is taken to be connected to all others by the time it matters.
    static let arrival = Duration.seconds(1)
    /// Before a guest has passed anything on: a usual home uplink, 10 Mbit/s.
    static let assumedRate = 1_250_000.0
    /// News of the first blocks come in batches: a rate over less than this is noise.
    static let measuringTime = Duration.milliseconds(500)
    /// How much of the best rate is left after each block it passes on: a guest that has little to
    /// do seems slow, and must not be given less for it.
    static let forgetting = 0.99
    /// A guest that lets this many blocks lie is given one now and then to try it.
    static let failuresAllowed = 4
    /// Between such trials.
    static let trialInterval = Duration.seconds(3)

    /// A guest of which so long nobody got anything passes nothing on.
    static let workingInterval = Duration.seconds(1)

    init(joined: MonotonicInstant) { self.joined = joined }

    mutating func promise(_ count: Int, isUrgent: Bool) {
        backlog += count
        if isUrgent { urgentBacklog += count }
    }

    /// One of those it was to bring has the block.
    mutating func settle(_ count: Int, isUrgent: Bool) {
        backlog -= count
        if isUrgent { urgentBacklog -= count }
    }

    mutating func passedOn(at now: MonotonicInstant) {
        failures = 0
        lastSuccess = now
        rate.count(ChunkGeometry.blockSize, at: now)
        let since = firstSuccess ?? now
        firstSuccess = since
        guard now - since >= Self.measuringTime else { return }
        bestRate = max(bestRate * Self.forgetting, rate.rate(at: now))
    }

    mutating func failed(at now: MonotonicInstant) {
        failures += 1
        lastFailure = now
    }

    func isTrusted(at now: MonotonicInstant) -> Bool {
        guard failures >= Self.failuresAllowed, let lastFailure else { return true }
        return backlog == 0 && now - lastFailure > Self.trialInterval
    }

    /// Whether it passed anything on lately.
    func isWorking(at now: MonotonicInstant) -> Bool {
        lastSuccess.map { now - $0 < Self.workingInterval } ?? false
    }

    /// How long one block to one receiver takes, in seconds, where it is as fast as `assumed` until
    /// it is known.
    func secondsPerBlock(assuming assumed: Double) -> Double {
        Double(ChunkGeometry.blockSize) / (bestRate > 0 ? bestRate : assumed)
    }
}

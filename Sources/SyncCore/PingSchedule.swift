// When the next ping is due: a quick burst on a new path, then now and then.

public import PartyModel

/// The times of pings to one peer.
public struct PingSchedule: Sendable {
    /// Pings of a burst: with eight tries one usually meets empty queues.
    public static let burst = 8
    /// Between the pings of a burst.
    public static let burstInterval = Duration.milliseconds(100)
    /// Between pings afterwards: often enough for a crystal's drift, too rare to be noticed.
    public static let steadyInterval = Duration.seconds(3)
    /// Between pings while film is sent: they tell how full the line is.
    public static let busyInterval = Duration.milliseconds(50)
    /// The same for each peer of a larger room, so that all pings together are 40 a second.
    public static let busyIntervalPerPeer = Duration.milliseconds(25)

    private var sent = 0
    private var next: MonotonicInstant
    private var last: MonotonicInstant?

    /// A schedule whose first ping is due at once.
    public init(now: MonotonicInstant) { next = now }

    /// Begins with a burst again: the clocks may have moved against each other.
    public mutating func restart(now: MonotonicInstant) { self = PingSchedule(now: now) }

    /// Whether a ping is due; it counts as sent when it is.
    ///
    /// - Parameters:
    ///   - now: the time.
    ///   - isBusy: whether film is being sent.
    ///   - peers: how many peers are pinged.
    public mutating func takeDue(now: MonotonicInstant, isBusy: Bool, peers: Int) -> Bool {
        if isBusy {
            let interval = max(Self.busyInterval, Self.busyIntervalPerPeer * peers)
            next = min(next, (last ?? next) + interval)
        }
        guard next <= now else { return false }
        sent += 1
        last = now
        next = now + (sent < Self.burst ? Self.burstInterval : Self.steadyInterval)
        return true
    }
}

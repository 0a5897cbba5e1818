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
    /// Between pings while film is sent: the round trip then tells how full the line is.
    public static let busyInterval = Duration.milliseconds(250)

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
    public mutating func takeDue(now: MonotonicInstant, isBusy: Bool) -> Bool {
        if isBusy { next = min(next, (last ?? next) + Self.busyInterval) }
        guard next <= now else { return false }
        sent += 1
        last = now
        next = now + (sent < Self.burst ? Self.burstInterval : Self.steadyInterval)
        return true
    }
}

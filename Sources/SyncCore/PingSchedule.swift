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

    private var sent = 0
    private var next: MonotonicInstant

    /// A schedule whose first ping is due at once.
    public init(now: MonotonicInstant) { next = now }

    /// Whether a ping is due; it counts as sent when it is.
    public mutating func takeDue(now: MonotonicInstant) -> Bool {
        guard next <= now else { return false }
        sent += 1
        next = now + (sent < Self.burst ? Self.burstInterval : Self.steadyInterval)
        return true
    }
}

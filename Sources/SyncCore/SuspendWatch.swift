// Has this machine slept? The monotonic clock stands still meanwhile and the clock that counts since
// boot does not, so the difference of the two grows by as long as it slept, and by nothing else.

/// Notices that the machine was suspended.
public struct SuspendWatch: Sendable {
    /// A shorter sleep moves nothing that the next pings would not put right; and the two clocks are
    /// not read at the same instant.
    public static let shortest = Duration.milliseconds(50)

    private var asleep: Duration?

    /// A watch that has not looked yet.
    public init() {}

    /// Whether the machine slept since the last look.
    ///
    /// - Parameter asleep: by how much the clock that counts sleep is ahead of the one that does not.
    public mutating func hasSlept(asleep: Duration) -> Bool {
        defer { self.asleep = asleep }
        guard let before = self.asleep else { return false }
        return asleep - before >= Self.shortest
    }
}

// For whom the room stands still, and for how long at most.

public import PartyModel

/// A wait, as everybody sees it.
public struct Wait: Hashable, Sendable {
    /// How long the room waits for anybody: after that they catch up by themselves.
    public static let limit = Duration.seconds(15)

    /// Those who cannot play on, in the order of their identifiers.
    public let stragglers: [Hold]
    /// Since when the room stands.
    public let since: RoomInstant

    /// When the room goes on at the latest.
    public var end: RoomInstant { since + Self.limit }
}

extension Timeline {
    /// The wait that is on; `nil` when the room does not stand for anybody.
    ///
    /// No stragglers: all can play again, and the room is about to go on.
    func wait(at now: RoomInstant, among members: [Member]) -> Wait? {
        guard let stop else { return nil }
        let stragglers = stopping.filter { hold in
            hold.reason != nil && hold.until > now
                && members.contains { $0.peer == hold.author && !$0.isHeadless }
        }
        return Wait(stragglers: stragglers.sorted { $0.author < $1.author }, since: stop)
    }
}

// When a film is over for the room, and not only for one player.

import PartyModel

/// Who is at the end of the film that plays, as the keeper of the clock sees it.
struct FilmEnd: Sendable {
    /// How one viewer stands to the end.
    enum Place: Hashable, Sendable {
        /// There.
        case atEnd
        /// Where the room is, and it goes on: the film is not over for this one.
        case inStep
        /// Behind the room, or not seen yet.
        case behind
    }

    /// How long those at the end wait for those who are behind.
    static let patience = Wait.limit

    private var item: ItemID?
    private var firstSeen: RoomInstant?

    /// Whether the room is done with this item.
    mutating func isOver(_ item: ItemID, places: [Place], now: RoomInstant) -> Bool {
        guard places.contains(.atEnd), !places.contains(.inStep) else {
            firstSeen = nil
            return false
        }
        if self.item != item { firstSeen = nil }
        self.item = item
        let since = firstSeen ?? now
        firstSeen = since
        return !places.contains(.behind) || now - since >= Self.patience
    }
}

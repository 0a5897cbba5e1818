// Where newcomers are about to open the film, and what a player reads there: one look for all who come
// together.

import PartyModel

/// Which openings the host looks at, and for whom.
struct OpeningBook {
    /// Where a player opens a film.
    struct Place: Hashable, Sendable {
        let item: ItemID
        let position: MediaPosition

        /// Whether a player that opens there reads the same, as good as always: key frames are seconds
        /// apart.
        func isNear(_ other: Place) -> Bool {
            item == other.item
                && abs(position.seconds - other.position.seconds) < OpeningBook.nearness
        }
    }

    /// Two newcomers of the same second aim so differently, by their round trips and their clocks.
    static let nearness = 0.3
    /// The newcomers that may wait for a look: more do not come within one.
    static let waitingAtMost = Limits.members

    private var waiting: [(peer: PeerID, place: Place)] = []
    /// Where is being looked.
    private(set) var looksAt: Place?
    private var known: (place: Place, reads: [Range<Int64>])?

    /// What a peer's player will read that opens a film there, as far as that is known; where it is
    /// not, it waits for it.
    mutating func reads(at place: Place, for peer: PeerID) -> [Range<Int64>]? {
        if let known, known.place.isNear(place) { return known.reads }
        if waiting.count < Self.waitingAtMost { waiting.append((peer, place)) }
        return nil
    }

    /// Where to look now; `nil` while that is being done, or nobody waits.
    mutating func nextLook() -> Place? {
        guard looksAt == nil, let first = waiting.first else { return nil }
        looksAt = first.place
        return first.place
    }

    /// What was read there; who waited for it.
    mutating func looked(_ reads: [Range<Int64>]) -> [PeerID] {
        guard let place = looksAt else { return [] }
        looksAt = nil
        known = (place, reads)
        let served = waiting.filter { $0.place.isNear(place) }
        waiting.removeAll { $0.place.isNear(place) }
        return served.map(\.peer)
    }
}

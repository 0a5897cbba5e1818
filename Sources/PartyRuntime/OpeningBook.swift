// What does the player of a newcomer read before it shows a picture? The host knows by looking.
//
// The head and an index are the same wherever a film is opened: they are learnt once, and told to every
// newcomer. The place where the room is at that moment is looked for when somebody comes, once for all
// who come together.

import PartyModel

/// Where players open films, and what they read there.
struct OpeningBook {
    /// Where a player opens a film.
    struct Place: Hashable, Sendable {
        let item: ItemID
        let position: MediaPosition
        /// Whether it shows just that position, or the key frame before.
        let isExact: Bool

        /// Whether a player that opens there reads the same, as good as always: key frames are seconds
        /// apart.
        func isNear(_ other: Place) -> Bool {
            item == other.item && isExact == other.isExact
                && abs(position.seconds - other.position.seconds) < OpeningBook.nearness
        }
    }

    /// What is read of one film.
    struct Reads: Hashable, Sendable {
        /// By a player that begins at the start.
        let atStart: [Range<Int64>]
        /// By every player that begins elsewhere.
        let elsewhere: [Range<Int64>]
    }

    /// Two newcomers of the same second aim so differently, by their round trips and their clocks.
    static let nearness = 0.3
    /// What a hint may weigh in all: a key frame in the highest definition is no larger.
    static let bytesHinted: Int64 = 4 << 20

    private var begun: Set<ItemID> = []
    private var learnt: [ItemID: Reads] = [:]
    private var waiting: [(peer: PeerID, place: Place)] = []
    private var looksAt: Place?
    private var known: (place: Place, reads: [Range<Int64>])?

    // MARK: What is the same for all

    /// Whether what is read of a film is still to be learnt; asked once for each.
    mutating func beginLearning(_ item: ItemID) -> Bool { begun.insert(item).inserted }

    mutating func learn(_ item: ItemID, _ reads: Reads) { learnt[item] = reads }

    /// What every newcomer reads of what plays, as much as may be hinted.
    func hints(for course: Course) -> [Welcome.Prefetch] {
        guard let reads = learnt[course.item] else { return [] }
        let isAtStart = course.isStanding && course.anchor <= .start
        return Self.limited(isAtStart ? reads.atStart : reads.elsewhere).map { range in
            Welcome.Prefetch(
                item: course.item, offset: range.lowerBound,
                length: range.upperBound - range.lowerBound)
        }
    }

    /// The front of it, as much as may be hinted.
    private static func limited(_ reads: [Range<Int64>]) -> [Range<Int64>] {
        var left = bytesHinted
        return reads.compactMap { range in
            let length = min(range.upperBound - range.lowerBound, left)
            left -= length
            return length > 0 ? range.lowerBound..<range.lowerBound + length : nil
        }
    }

    /// What was read both times, in the order of the first.
    static func common(
        _ one: [Range<Int64>], _ other: [Range<Int64>]
    ) -> [Range<Int64>] {
        one.flatMap { range in
            other.map { range.clamped(to: $0) }.filter { !$0.isEmpty }
        }
    }

    // MARK: Where the room is

    /// What a peer's player will read that opens a film there, as far as that is known; where it is
    /// not, the peer waits for it.
    mutating func reads(at place: Place, for peer: PeerID) -> [Range<Int64>]? {
        if let reads = known(at: place) { return reads }
        waiting.append((peer, place))
        return nil
    }

    /// What is read there, where that was looked at last.
    func known(at place: Place) -> [Range<Int64>]? {
        known.flatMap { $0.place.isNear(place) ? $0.reads : nil }
    }

    /// Where to look now; `nil` while that is being done, or nobody waits.
    mutating func nextLook() -> Place? {
        guard looksAt == nil, let first = waiting.first else { return nil }
        looksAt = first.place
        return first.place
    }

    /// What was read there; tells who waited for it.
    mutating func looked(_ reads: [Range<Int64>]) -> [PeerID] {
        guard let place = looksAt else { return [] }
        looksAt = nil
        known = (place, Self.limited(reads))
        let served = waiting.filter { $0.place.isNear(place) }
        waiting.removeAll { $0.place.isNear(place) }
        return served.map(\.peer)
    }
}

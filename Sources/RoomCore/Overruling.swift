// How often the keeper of the clock answers what it refuses.

import PartyModel

/// Words that the keeper refused, and others may have taken for good: it goes over them.
///
/// Bounded, so that nobody can make it talk all the time.
struct Overruling: Sendable {
    /// Between two answers.
    static let interval = Duration.seconds(1)

    private var refused: UInt64?
    private var answered: RoomInstant?

    /// A word about this revision was refused.
    mutating func refuse(_ revision: UInt64) { refused = max(refused ?? 0, revision) }

    /// The revision to go over now.
    mutating func take(at now: RoomInstant) -> UInt64? {
        guard let revision = refused, next.map({ $0 <= now }) ?? true else { return nil }
        refused = nil
        answered = now
        return revision
    }

    /// When there is something to answer; `nil` when there is nothing, or at once.
    var next: RoomInstant? {
        guard refused != nil, let answered else { return nil }
        return answered + Self.interval
    }
}

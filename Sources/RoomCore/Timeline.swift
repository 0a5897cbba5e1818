// What plays: the newest wish of anyone who may have one, unless somebody cannot play on.
//
// Two kinds of registers in which the last writer wins (Shapiro et al., "A comprehensive study of
// convergent and commutative replicated data types", 2011): one intent for the room, one hold for each
// peer. The course is a function of what is in them and of nothing else, least of all of the time.
//
// Invariants: whatever order messages come in and however often, everybody who heard the same ends
// with the same course. Nothing gets in that its author did not sign or was not allowed to say.

public import PartyModel

/// The room's timeline as this peer knows it.
public struct Timeline: Sendable {
    /// What became of a word that came in.
    public enum Outcome: Hashable, Sendable {
        /// It is the newest now.
        case accepted
        /// A newer one, or this one, is known.
        case stale
        /// Nobody here has this author's key.
        case unknownAuthor
        /// The signature is not its author's.
        case forged
        /// The revision is too far ahead to be honest.
        case tooFarAhead
        /// It is about an item the playlist does not have.
        case unknownItem
        /// The rules of the room do not let its author say that.
        case notAllowed
    }

    /// The newest wish; `nil` before the first.
    public private(set) var current: Signed<Intent>?
    /// The newest hold of each author.
    private(set) var holds: [PeerID: Signed<Hold>] = [:]

    /// A timeline without a wish.
    public init() {}

    /// Takes a wish from anywhere.
    public mutating func merge(_ signed: Signed<Intent>, by authority: Authority) -> Outcome {
        let intent = signed.content
        if let current, !intent.supersedes(current.content) { return .stale }
        let known = current?.content.revision ?? 0
        // The keeper goes over what others said, however far ahead that was.
        let lead = Limits.revisionLead * (intent.author == authority.keeper ? 2 : 1)
        // A newcomer knows no revision yet and takes the one it is given.
        guard current == nil || intent.revision - known <= lead else { return .tooFarAhead }
        guard authority.playlist?.item(intent.item)?.kind == .film else { return .unknownItem }
        guard let author = authority.member(intent.author) else { return .unknownAuthor }
        guard signed.isSigned(by: author.key) else { return .forged }
        guard authority.allows(intent) else { return .notAllowed }
        current = signed
        // What was said of an older revision never means anything again.
        holds = holds.filter { $0.value.content.revision >= intent.revision }
        return .accepted
    }

    /// Takes a hold from anywhere.
    public mutating func merge(_ signed: Signed<Hold>, by authority: Authority) -> Outcome {
        let hold = signed.content
        if let known = holds[hold.author]?.content, !hold.supersedes(known) { return .stale }
        let revision = current?.content.revision ?? 0
        guard hold.revision >= revision else { return .stale }
        guard current == nil || hold.revision - revision <= Limits.revisionLead else {
            return .tooFarAhead
        }
        guard let author = authority.member(hold.author) else { return .unknownAuthor }
        guard signed.isSigned(by: author.key) else { return .forged }
        guard authority.allows(hold, of: author) else { return .notAllowed }
        holds[hold.author] = signed
        return .accepted
    }

    /// The holds that stop the newest wish, released ones too: what stopped once stands until the
    /// keeper of the clock goes on, so that everybody goes on at once.
    var stopping: [Hold] {
        guard let intent = current?.content, !intent.isPaused else { return [] }
        return holds.values.map(\.content).filter {
            $0.revision == intent.revision && !intent.excused.contains($0.author)
        }
    }

    /// Since when the room stands because somebody cannot play on; `nil` when it does not.
    var stop: RoomInstant? { stopping.map(\.since).min() }

    /// What plays; `nil` before the first wish.
    public var course: Course? {
        guard let intent = current?.content else { return nil }
        guard let stop else { return Course(intent) }
        return Course(
            revision: intent.revision, author: intent.author, item: intent.item,
            anchor: intent.position(at: stop), since: stop, speed: intent.speed, isStanding: true)
    }
}

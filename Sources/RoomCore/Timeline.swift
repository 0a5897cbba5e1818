// What plays: the newest wish of anyone who may have one.
//
// A last-writer-wins register (Shapiro et al., "A comprehensive study of convergent and commutative
// replicated data types", 2011): whatever order messages come in and however often, everybody ends
// with the same wish. Nothing gets in that its author did not sign.

public import PartyModel

/// The room's timeline as this peer knows it.
public struct Timeline: Sendable {
    /// What became of a wish that came in.
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
    }

    /// The newest wish; `nil` before the first.
    public private(set) var current: Signed<Intent>?

    /// A timeline without a wish.
    public init() {}

    /// Takes a wish from anywhere.
    public mutating func merge(
        _ signed: Signed<Intent>, keyOf: (PeerID) -> MemberKey?, playlist: Playlist?
    ) -> Outcome {
        let intent = signed.content
        if let current, !intent.supersedes(current.content) { return .stale }
        let known = current?.content.revision ?? 0
        // A newcomer knows no revision yet and takes the one it is given.
        guard current == nil || intent.revision - known <= Limits.revisionLead else {
            return .tooFarAhead
        }
        guard playlist?.item(intent.item)?.kind == .film else { return .unknownItem }
        guard let key = keyOf(intent.author) else { return .unknownAuthor }
        guard signed.isSigned(by: key) else { return .forged }
        current = signed
        return .accepted
    }

    /// What a wish makes of the current intent; `nil` when it changes nothing.
    func intent(
        for wish: Wish, author: PeerID, at now: RoomInstant, playlist: Playlist
    ) -> Intent? {
        guard let base = current?.content else { return nil }
        func changed(
            item: ItemID? = nil, to anchor: MediaPosition, speed: PlaybackSpeed? = nil,
            paused: Bool? = nil
        ) -> Intent {
            Intent(
                revision: base.revision + 1, author: author, item: item ?? base.item,
                anchor: anchor, since: now, speed: speed ?? base.speed,
                isPaused: paused ?? base.isPaused)
        }
        switch wish {
        case .pause(let position): return changed(to: position, paused: true)
        case .play(let position): return changed(to: position, paused: false)
        case .seek(let position): return changed(to: position)
        case .speed(let speed, let position): return changed(to: position, speed: speed)
        case .next(let ended):
            guard ended == base.item, let next = playlist.film(after: ended) else { return nil }
            return changed(item: next.id, to: .start, paused: false)
        }
    }
}

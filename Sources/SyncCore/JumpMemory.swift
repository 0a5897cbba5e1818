// Where was the room before somebody jumped? A seek by accident is undone by going back there; and
// undoing that goes forth again.

import PartyModel

/// Remembers where the last jump went from.
struct JumpMemory: Sendable {
    /// A smaller move is a step, a correction or the time a start takes; not worth undoing.
    static let smallest = 0.75
    /// Jumps that follow each other so closely are one: somebody looks for a place.
    static let together = Duration.seconds(3)

    private var lastJump: (at: MonotonicInstant, author: PeerID)?
    /// Where the room was; `nil` before the first jump.
    private(set) var origin: (item: ItemID, position: MediaPosition)?

    /// What plays changes.
    mutating func note(
        _ new: Course, after old: Course, now: MonotonicInstant, roomNow: RoomInstant
    ) {
        guard new.item == old.item else {
            origin = nil
            return
        }
        let before = old.position(at: roomNow)
        let after = new.position(at: roomNow)
        guard abs(after.seconds - before.seconds) >= Self.smallest else { return }
        let isSameSearch =
            lastJump.map { $0.author == new.author && now - $0.at < Self.together } ?? false
        lastJump = (now, new.author)
        if !isSameSearch { origin = (new.item, before) }
    }

    /// Goes back: what follows is a jump of its own, however soon.
    mutating func takeOrigin() -> (item: ItemID, position: MediaPosition)? {
        lastJump = nil
        return origin
    }
}

// Where do the roots of a film wait until the place is open where its blocks go?
//
// A host tells the first roots as soon as somebody is connected: before it takes the newcomer in and tells
// it the playlist, and before the film has its place. It tells each root once, so a list that is lost here
// is a part of the film that can never be checked.
//
// Invariant: no more than `listsKept` lists of an item.

import PartyModel

/// Lists of roots, signed by the room, of films that are not open yet.
struct WaitingRoots {
    /// Lists that may wait for their film to open, which takes some milliseconds.
    ///
    /// The host tells twenty at once, and one before each block.
    static let listsKept = 64 + Party.earlyBlocksKept

    private var lists: [ItemID: [Signed<RootList>]] = [:]

    /// Whether a list of this item may wait; what the playlist does not have will never be opened.
    ///
    /// - Parameter playlist: what the room plays; `nil` while that was not said yet.
    func hasPlace(for item: ItemID, of playlist: Playlist?) -> Bool {
        guard playlist.map({ $0.item(item) != nil }) ?? true else { return false }
        return !isFull(item)
    }

    /// Keeps a list that the room signed: what anybody may send would take the place of what is true.
    mutating func keep(_ roots: Signed<RootList>) {
        let item = roots.content.item
        guard !isFull(item) else { return }
        lists[item, default: []].append(roots)
    }

    /// The film is open: its lists in the order they came, which wait no longer.
    mutating func take(of item: ItemID) -> [Signed<RootList>] {
        lists.removeValue(forKey: item) ?? []
    }

    private func isFull(_ item: ItemID) -> Bool {
        lists[item, default: []].count >= Self.listsKept
    }
}

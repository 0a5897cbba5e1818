// Which blocks are wanted next, before any peer is considered.
//
// A player reads a film at one place at a time, but an opening one jumps: the head, the index at the
// end, the head again. So the newest few places it read count, the newest first; a seek makes all older
// places worthless at once. Behind them comes everything else in order, from the newest place on and
// round again, then the next item.

import PartyModel

extension ChunkGeometry {
    /// The numbers of the blocks that hold these bytes; `nil` when the item has none of them.
    func blocks(covering bytes: Range<Int64>) -> Range<Int>? {
        guard let first = block(containing: bytes.lowerBound),
            let last = block(containing: min(bytes.upperBound, size) - 1), first <= last
        else { return nil }
        return Int(first.number)..<(Int(last.number) + 1)
    }
}

/// What the player of this peer needs, and in which order the rest follows.
struct Demand {
    /// How far ahead of a read blocks are urgent: enough for mpv's own read-ahead of 1 MiB and the
    /// next request behind it.
    static let urgentBytes: Int64 = 2 << 20
    /// The blocks that are urgent at one place.
    static let urgentBlocks = Int(urgentBytes) / ChunkGeometry.blockSize + 1
    /// Head, index and data: no demuxer alternates between more places.
    static let placesKept = 3

    /// Where the player read lately, in block numbers, newest first.
    private(set) var places: [Range<Int>] = [] {
        didSet { urgent = places + prefetch }
    }
    /// The item the places are in.
    private(set) var item: ItemID?
    /// What comes after the item.
    var followers: [ItemID] = []
    /// What the host's player read before its first frame; wanted before all else until read.
    private var prefetch: [Range<Int>] = [] {
        didSet { urgent = places + prefetch }
    }
    private var isSeekPending = false
    /// Whether a player is about to read and has not yet: then only what it is known to need is wanted.
    private(set) var awaitsPlayer = false
    /// Where the player began to read: at the start, or where it jumped to last.
    private var origin: Int?

    /// What every player reads first, until the host tells what its own did.
    static let head = 0..<3

    /// Turns to another item; what is known of places and prefetch is of the old one.
    ///
    /// - Parameter isWatched: whether a player is about to open it.
    mutating func turn(to newItem: ItemID, followers: [ItemID], isWatched: Bool = false) {
        self.followers = followers
        guard newItem != item else { return }
        item = newItem
        places = []
        prefetch = isWatched ? [Self.head] : []
        awaitsPlayer = isWatched
        origin = nil
        isSeekPending = false
    }

    mutating func prefetch(_ ranges: [Range<Int>]) { prefetch = ranges }

    /// The player jumps: with its next read, all older places are void.
    mutating func seek() { isSeekPending = true }

    /// The player reads here; `true` when older places became void.
    mutating func read(_ bytes: Range<Int64>, geometry: ChunkGeometry) -> Bool {
        let blockSize = Int64(ChunkGeometry.blockSize)
        let first = Int(bytes.lowerBound / blockSize)
        let end = min(
            Int((bytes.lowerBound + Self.urgentBytes + blockSize - 1) / blockSize),
            geometry.blockCount)
        guard first < end else { return false }
        let place = first..<end
        awaitsPlayer = false
        let voidsOthers = isSeekPending
        isSeekPending = false
        if voidsOthers || origin == nil { origin = first }
        if voidsOthers {
            places = [place]
            prefetch = []
            return true
        }
        // A place that moves on is the same place.
        places.removeAll { $0.contains(first) || $0.upperBound == first }
        places.insert(place, at: 0)
        if places.count > Self.placesKept { places.removeLast() }
        return false
    }

    /// The urgent ranges, most urgent first.
    private(set) var urgent: [Range<Int>] = []

    /// Whether a player waits for the block.
    func isUrgent(_ address: BlockAddress) -> Bool {
        address.item == item && urgent.contains { $0.contains(Int(address.block.number)) }
    }

    /// How soon a block is needed here or by others who watch the same: the less the sooner, and
    /// ``urgentBlocks`` where nobody waits for it.
    func distance(to address: BlockAddress) -> Int {
        guard address.item == item else { return Self.urgentBlocks }
        let number = Int(address.block.number)
        if let range = urgent.first(where: { $0.contains(number) }) {
            return number - range.lowerBound
        }
        // What this player has read already is what others wait for.
        guard let origin, let place = places.first, origin <= number, number < place.lowerBound
        else { return Self.urgentBlocks }
        return number - place.lowerBound
    }

    /// Everything in the order it is wanted once the urgent is under way.
    func order(blockCount: Int) -> [Range<Int>] {
        let start = places.first?.lowerBound ?? 0
        return [start..<blockCount, 0..<start]
    }
}

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
    /// The same where a player that opens the film begins to read: most of the places it looks at are
    /// a head or an index, and whatever else comes delays the picture.
    static let openingBlocks = 4
    /// By so many more for each block it has read on from there, as a kernel reads ahead.
    static let openingGrowth = 1
    /// Head, index and data: no demuxer alternates between more places.
    static let placesKept = 3

    /// Where the player reads.
    struct Place {
        /// The block it began at.
        let origin: Int
        /// The blocks that are urgent, from the one it reads on.
        let urgent: Range<Int>
        /// The block behind all that it asked for in one piece, or behind the urgent ones.
        let reach: Int

        /// Whether a read that begins at this block goes on with what is read here.
        func leads(to block: Int) -> Bool { (urgent.lowerBound...reach).contains(block) }
    }

    /// Where the player read lately, newest first.
    private var places: [Place] = [] {
        didSet { urgent = places.map(\.urgent) + prefetch }
    }
    /// The item the places are in.
    private(set) var item: ItemID?
    /// What comes after the item.
    var followers: [ItemID] = []
    /// What a player reads before its first frame; wanted before all else until read.
    private var prefetch: [Range<Int>] = [] {
        didSet { urgent = places.map(\.urgent) + prefetch }
    }
    private var isSeekPending = false
    /// Whether a player opens the item, and neither shows anything yet nor was sent elsewhere: then only
    /// what it is known to need is wanted.
    private(set) var isOpening = false

    /// What every player reads first, where the host did not say more.
    static let head = 0..<3

    /// The urgent blocks at the place read last, in number; `nil` before anything was read.
    var place: Range<Int>? { places.first?.urgent }

    /// Turns to another item; what is known of places and prefetch is of the old one.
    ///
    /// - Parameter firstReads: what the player that is about to open it reads first, as far as that is
    ///   known; `nil` where none is.
    mutating func turn(
        to newItem: ItemID, followers: [ItemID], firstReads: [Range<Int>]? = nil
    ) {
        self.followers = followers
        guard newItem != item else { return }
        item = newItem
        places = []
        prefetch = firstReads.map { $0.isEmpty ? [Self.head] : $0 } ?? []
        isOpening = firstReads != nil
        isSeekPending = false
    }

    /// The player has opened the item.
    mutating func opened() { isOpening = false }

    /// The player jumps: with its next read, all older places are void.
    mutating func seek() { isSeekPending = true }

    /// The player reads here; `true` when older places became void.
    mutating func read(_ bytes: Range<Int64>, geometry: ChunkGeometry) -> Bool {
        let blockSize = Int64(ChunkGeometry.blockSize)
        let first = Int(bytes.lowerBound / blockSize)
        let voidsOthers = isSeekPending
        isSeekPending = false
        if voidsOthers {
            places = []
            prefetch = []
            isOpening = false
        }
        // A place that moves on is the same place.
        let origin = places.first { $0.leads(to: first) }?.origin ?? first
        let end = min(
            isOpening
                ? openingEnd(from: first, since: origin)
                : Int((bytes.lowerBound + Self.urgentBytes + blockSize - 1) / blockSize),
            geometry.blockCount)
        guard first < end else { return voidsOthers }
        let asked = Int((bytes.upperBound + blockSize - 1) / blockSize)
        let place = Place(origin: origin, urgent: first..<end, reach: max(end, asked))
        places.removeAll { $0.leads(to: first) }
        places.insert(place, at: 0)
        if places.count > Self.placesKept { places.removeLast() }
        return voidsOthers
    }

    /// The block behind those that are urgent where a player that opens reads.
    ///
    /// As long as another place is known to be read first, it is no more than what is read so here; where
    /// there is none, the player reads on.
    private func openingEnd(from first: Int, since origin: Int) -> Int {
        let growth = Self.openingGrowth * (first - origin)
        let end = first + min(Self.openingBlocks + growth, Self.urgentBlocks)
        guard let hint = prefetch.first(where: { $0.contains(first) }) else { return end }
        let isLast = prefetch.allSatisfy { range in
            range == hint || places.contains { range.contains($0.origin) }
        }
        return isLast ? max(end, hint.upperBound) : hint.upperBound
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
        let behind = places.first { ($0.origin..<$0.urgent.lowerBound).contains(number) }
        return behind.map { number - $0.urgent.lowerBound } ?? Self.urgentBlocks
    }

    /// Everything in the order it is wanted once the urgent is under way.
    func order(blockCount: Int) -> [Range<Int>] {
        let start = place?.lowerBound ?? 0
        return [start..<blockCount, 0..<start]
    }
}

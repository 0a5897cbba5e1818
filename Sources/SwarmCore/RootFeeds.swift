// How do the roots of a playlist reach everybody without standing in the way of the films?
//
// A guest keeps the roots of the films it has open: the one that plays and the next one. Those of the
// others would be told in vain, and never again. What no block waits for takes a small share of the
// line, whoever it is for.
//
// Invariant: what is told without a block takes no more than `share` of the pace, but for one list and
// for what `saved` allows after a rest.

public import PartyModel

/// What each peer was told of the roots of all items.
public struct RootFeeds: Sendable {
    /// What roots that no block waits for may take of the pace.
    ///
    /// At 6 Mbit/s that is 47 KB/s: the roots of 600 MB of film each second, far more than the line
    /// brings.
    static let share = 1.0 / 16
    /// A share that was not used is kept for so long: a newcomer is told the next minutes of the film at
    /// once.
    static let saved = Duration.seconds(1)
    /// Bytes of a list beside its roots: frame, item, count and signature.
    static let listBytes = 96
    /// Bytes of a root with the number of its chunk.
    static let entryBytes = 36

    private var feeds: [ItemID: RootFeed] = [:]
    /// Bytes that may be told now; below zero after a list that was larger.
    private var allowance = 0.0
    private var counted: MonotonicInstant?
    /// Who was told something last.
    private var last: PeerID?

    /// Feeds of no item.
    public init() {}

    /// An item whose roots are to be told.
    public mutating func add(_ item: ItemID, _ geometry: ChunkGeometry) {
        feeds[item] = RootFeed(item: item, geometry: geometry)
    }

    /// The host hashed a chunk; ignored for an item that was not added.
    public mutating func learn(_ root: ChunkRoot, of chunk: ChunkIndex, in item: ItemID) {
        feeds[item]?.learn(root, of: chunk)
    }

    /// Whether the chunk was hashed; `nil` for an item that was not added.
    public func knows(_ chunk: ChunkIndex, of item: ItemID) -> Bool? { feeds[item]?.knows(chunk) }

    /// A peer is gone, or there anew: it is told everything again.
    public mutating func forget(_ peer: PeerID) {
        for item in feeds.keys { feeds[item]?.forget(peer) }
    }

    /// What a peer must be told before this block; `nil` when it knows.
    public mutating func list(for peer: PeerID, before address: BlockAddress) -> RootList? {
        feeds[address.item]?.list(for: peer, before: address.block.chunk)
    }

    /// What is told now without a block that needs it, to these peers in turn.
    ///
    /// - Parameters:
    ///   - items: those that guests have open, the most wanted first.
    ///   - peers: everybody who is connected.
    ///   - pace: bytes per second that leave at the most.
    ///   - now: the time; calls may be any time apart.
    public mutating func trickle(
        of items: [ItemID], to peers: [PeerID], pace: Double, now: MonotonicInstant
    ) -> [(peer: PeerID, list: RootList)] {
        let rate = pace * Self.share
        let rested = counted.map { min(max(now - $0, .zero), Self.saved) } ?? Self.saved
        allowance = min(allowance + rate * rested.inSeconds, rate * Self.saved.inSeconds)
        counted = now
        var told: [(peer: PeerID, list: RootList)] = []
        for item in items {
            var waiting = inTurn(peers)
            while allowance > 0, !waiting.isEmpty {
                let peer = waiting.removeFirst()
                guard let list = feeds[item]?.nextList(for: peer) else { continue }
                waiting.append(peer)
                allowance -= Double(Self.listBytes + Self.entryBytes * list.entries.count)
                last = peer
                told.append((peer, list))
            }
        }
        return told
    }

    /// Everybody, beginning behind whoever was told something last.
    private func inTurn(_ peers: [PeerID]) -> [PeerID] {
        let sorted = peers.sorted()
        guard let last else { return sorted }
        return sorted.filter { $0 > last } + sorted.filter { $0 <= last }
    }
}

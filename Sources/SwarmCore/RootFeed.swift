// Which roots go to whom, and when.
//
// Guests can use a block only under a root the room signed, but all roots of a long film are megabytes,
// and a film's first blocks must not wait behind them. So a root goes to a peer at the latest just
// before the first block of its chunk, together with its neighbours, and the others trickle behind.
//
// Invariant: a root in `sent` of a peer was handed to that peer's control connection before.

import PartyModel

/// What each peer was told of one item's roots.
struct RootFeed: Sendable {
    private let geometry: ChunkGeometry
    private let item: ItemID
    private var roots: [UInt32: ChunkRoot] = [:]
    private var sent: [PeerID: Set<UInt32>] = [:]
    private var cursors: [PeerID: UInt32] = [:]
    /// The chunk that a block was sent of last: its neighbours are needed next, by everybody.
    private var front: UInt32 = 0

    /// A feed that knows no root yet.
    init(item: ItemID, geometry: ChunkGeometry) {
        self.item = item
        self.geometry = geometry
    }

    /// The host hashed a chunk.
    mutating func learn(_ root: ChunkRoot, of chunk: ChunkIndex) {
        roots[chunk.number] = root
    }

    /// Whether the chunk was hashed.
    func knows(_ chunk: ChunkIndex) -> Bool { roots[chunk.number] != nil }

    /// A peer is gone, or there anew: it is told everything again.
    mutating func forget(_ peer: PeerID) {
        sent[peer] = nil
        cursors[peer] = nil
    }

    /// What a peer must be told before a block of this chunk: its root and those of the chunks right
    /// behind it that are known and not told yet; `nil` when it knows.
    mutating func list(for peer: PeerID, before chunk: ChunkIndex) -> RootList? {
        front = chunk.number
        guard isUntold(chunk.number, to: peer) else { return nil }
        return list(from: chunk.number, for: peer)
    }

    /// More of what a peer was not told yet, the chunks around the last block first and then from where
    /// it was left off; `nil` when it knows all that is known.
    mutating func nextList(for peer: PeerID) -> RootList? {
        guard sent[peer]?.count ?? 0 < roots.count else { return nil }
        let count = UInt32(geometry.chunkCount)
        let near = front..<min(front + UInt32(Limits.rootsPerList), count)
        if let number = near.first(where: { isUntold($0, to: peer) }) {
            return list(from: number, for: peer)
        }
        let start = cursors[peer] ?? 0
        for step in 0..<count {
            let number = (start + step) % count
            guard isUntold(number, to: peer) else { continue }
            cursors[peer] = number
            return list(from: number, for: peer)
        }
        return nil
    }

    private func isUntold(_ number: UInt32, to peer: PeerID) -> Bool {
        roots[number] != nil && !(sent[peer]?.contains(number) ?? false)
    }

    private mutating func list(from first: UInt32, for peer: PeerID) -> RootList {
        var told = sent[peer] ?? []
        sent[peer] = nil
        let end = min(first + UInt32(Limits.rootsPerList), UInt32(geometry.chunkCount))
        let entries = (first..<end).compactMap { number -> RootList.Entry? in
            guard let root = roots[number], told.insert(number).inserted else { return nil }
            return RootList.Entry(chunk: number, root: root)
        }
        sent[peer] = told
        return RootList(item: item, entries: entries)
    }
}

// How long does it take after a jump until everybody can go on?

import PartyModel

/// Measures from a jump until everyone who was there has what follows the place.
struct SeekClock {
    /// What everyone needs: mpv's stream buffer, and at 8 Mbit/s a second of film.
    static let bytesNeeded: Int64 = 1 << 20

    private let start: MonotonicInstant
    private let blocks: Range<Int>
    private var lacking: [Int]
    private var last: MonotonicInstant

    init(
        from start: MonotonicInstant, offset: Int64, geometry: ChunkGeometry, nodes: [SimulatedNode]
    ) {
        let blockSize = Int64(ChunkGeometry.blockSize)
        let first = Int(offset / blockSize)
        let end = min(
            Int((offset + Self.bytesNeeded + blockSize - 1) / blockSize), geometry.blockCount)
        self.start = start
        last = start
        blocks = first..<max(first, end)
        lacking = nodes.map { node in
            node.isHere ? (first..<max(first, end)).count { !node.held[$0] } : 0
        }
    }

    mutating func gained(_ block: Int, by node: Int, at time: MonotonicInstant) {
        guard blocks.contains(block), lacking[node] > 0 else { return }
        lacking[node] -= 1
        if lacking[node] == 0 { last = time }
    }

    /// How long it took; of those who did not leave in between.
    func elapsed(nodes: [SimulatedNode]) -> Duration? {
        let areAllServed = zip(lacking, nodes).allSatisfy { $0 == 0 || !$1.isHere }
        return areAllServed ? last - start : nil
    }
}

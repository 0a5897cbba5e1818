// Which bytes this host's own player read before its first frame: what a guest's player will read too.

import PartyModel

/// Collects reads into few ranges, in the order they first happened.
struct PrefetchRecorder {
    private(set) var ranges: [Range<Int64>] = []

    /// Reads closer together than this are one range: asking for the gap costs less than a seek.
    static let gap: Int64 = 256 * 1024
    /// What a hint may weigh in all: measured, a first frame takes 0.2 to 1 MB; on a local disk mpv
    /// reads far more before it shows one.
    static let bytesHinted: Int64 = 8 << 16
    /// What one range may weigh, three blocks: a head or an index.
    ///
    /// The pictures a late guest needs are elsewhere, and each block here delays them.
    static let bytesPerRange: Int64 = 3 << 16

    mutating func note(_ read: Range<Int64>) {
        guard !read.isEmpty else { return }
        if let index = ranges.firstIndex(where: {
            read.lowerBound <= $0.upperBound + Self.gap
                && read.upperBound >= $0.lowerBound - Self.gap
        }) {
            let known = ranges[index]
            ranges[index] =
                min(known.lowerBound, read.lowerBound)..<max(known.upperBound, read.upperBound)
        } else if ranges.count < Limits.prefetchRanges {
            ranges.append(read)
        }
    }

    /// What the index of a Matroska film takes, mostly, at its end.
    static let indexBytes: Int64 = 32 * 1024
    /// Names of films that keep their index at the end, where only a player that does not begin at the
    /// start reads it; others keep it in front, or every player reads it.
    private static let lateIndexed: Set<Substring> = ["mkv", "webm", "mka", "mk3d"]

    /// Where a player that comes late looks for the index, if the host's own had no need of it.
    static func lateIndex(of item: PlaylistItem) -> Range<Int64>? {
        let size = item.geometry.size
        guard let dot = item.name.lastIndex(of: "."), size > 0,
            lateIndexed.contains(Substring(item.name[dot...].dropFirst().lowercased()))
        else { return nil }
        return max(0, size - indexBytes)..<size
    }

    /// The hint for an item, as much as may be hinted.
    func hint(for item: ItemID) -> [Welcome.Prefetch] {
        var left = Self.bytesHinted
        return ranges.compactMap { range in
            let length = min(range.upperBound - range.lowerBound, Self.bytesPerRange, left)
            guard length > 0 else { return nil }
            left -= length
            return Welcome.Prefetch(item: item, offset: range.lowerBound, length: length)
        }
    }
}

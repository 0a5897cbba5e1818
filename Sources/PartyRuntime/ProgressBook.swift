// How much came and went, and from whom.

import PartyModel

/// Counts bytes; rates are over the time between two looks.
struct ProgressBook {
    private var downTotal: Int64 = 0
    private var upTotal: Int64 = 0
    private var lastLook: (at: MonotonicInstant, down: Int64, up: Int64)?
    private var sources: [ItemID: [PeerID: Int64]] = [:]
    private var started: [ItemID: MonotonicInstant] = [:]
    private var finished: Set<ItemID> = []

    mutating func received(_ bytes: Int) { downTotal += Int64(bytes) }

    mutating func sent(_ bytes: Int) { upTotal += Int64(bytes) }

    mutating func begin(_ item: ItemID, at now: MonotonicInstant) {
        if started[item] == nil { started[item] = now }
    }

    mutating func verified(_ item: ItemID, from peer: PeerID, _ bytes: Int) {
        sources[item, default: [:]][peer, default: 0] += Int64(bytes)
    }

    /// Bytes per second that arrive, smoothed over some seconds.
    private(set) var arriving = 0.0
    /// How much the newest second counts in ``arriving``.
    private static let weight = 0.3

    /// Bytes per second since the last look; `nil` at the first.
    mutating func rates(at now: MonotonicInstant) -> (down: Double, up: Double)? {
        defer { lastLook = (now, downTotal, upTotal) }
        guard let lastLook, now > lastLook.at else { return nil }
        let seconds = (now - lastLook.at).inSeconds
        let down = Double(downTotal - lastLook.down) / seconds
        arriving = arriving == 0 ? down : arriving * (1 - Self.weight) + down * Self.weight
        return (
            Double(downTotal - lastLook.down) / seconds, Double(upTotal - lastLook.up) / seconds
        )
    }

    /// The event of a finished item, once.
    mutating func completion(
        of item: PlaylistItem, path: String?, at now: MonotonicInstant
    ) -> PartyEvent? {
        guard finished.insert(item.id).inserted else { return nil }
        let seconds = started[item.id].map { (now - $0).inSeconds } ?? 0
        let sources = (sources[item.id] ?? [:]).map { ($0.key.description, $0.value) }
        return .complete(
            bytes: item.geometry.size, seconds: seconds,
            from: Dictionary(uniqueKeysWithValues: sources), path: path)
    }
}

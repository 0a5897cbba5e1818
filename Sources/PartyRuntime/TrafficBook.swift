// How fast film goes between this process and each of its peers.

import PartyModel

/// Counts the bytes of blocks by peer; rates are smoothed over some seconds.
struct TrafficBook {
    private struct Direction {
        var bytes = 0
        var rate = 0.0

        /// What a look takes in: the newest interval counts for so much.
        static let weight = 0.4
        /// Less is silence that has not faded out yet.
        static let silence = 1_000.0

        mutating func look(after seconds: Double) {
            rate += (Double(bytes) / seconds - rate) * Self.weight
            if rate < Self.silence { rate = 0 }
            bytes = 0
        }
    }

    private var down: [PeerID: Direction] = [:]
    private var up: [PeerID: Direction] = [:]
    private var lastLook: MonotonicInstant?

    mutating func received(_ bytes: Int, from peer: PeerID) {
        down[peer, default: Direction()].bytes += bytes
    }

    mutating func sent(_ bytes: Int, to peer: PeerID) {
        up[peer, default: Direction()].bytes += bytes
    }

    mutating func left(_ peer: PeerID) {
        down[peer] = nil
        up[peer] = nil
    }

    /// Turns what was counted since the last look into rates.
    mutating func look(at now: MonotonicInstant) {
        defer { lastLook = now }
        guard let lastLook, now > lastLook else { return }
        let seconds = (now - lastLook).inSeconds
        for peer in down.keys { down[peer]?.look(after: seconds) }
        for peer in up.keys { up[peer]?.look(after: seconds) }
    }

    /// Bytes per second with one peer, as of the last look.
    func rates(with peer: PeerID) -> (down: Double?, up: Double?) {
        (down[peer]?.rate ?? 0, up[peer]?.rate ?? 0)
    }

    /// Bytes per second with all of them.
    var rates: (down: Double?, up: Double?) {
        (down.values.reduce(0) { $0 + $1.rate }, up.values.reduce(0) { $0 + $1.rate })
    }
}

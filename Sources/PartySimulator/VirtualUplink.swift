// When does a block leave? A peer's own line is what its links have to share.
//
// Among the peers for whom blocks wait, the uplink serves one block at a time, round and round, as
// equally paced connections would. Messages do not wait for that; what they take of the line, the
// next block is later.

import PartyModel

/// The sending side of a peer's line.
struct VirtualUplink {
    let bytesPerSecond: Double
    /// Whether a block is leaving.
    var isBusy = false
    /// The peers that have blocks waiting, in the order they are served.
    var round = Fifo<Int>()
    /// Bytes of messages that no block made room for yet.
    private var messageBytes = 0

    init(bytesPerSecond: Double) { self.bytesPerSecond = bytesPerSecond }

    /// How long a message is on the line.
    mutating func send(messageOf bytes: Int) -> Duration {
        messageBytes += bytes
        return time(for: bytes)
    }

    /// How long the next block is on the line.
    mutating func send(blockOf bytes: Int) -> Duration {
        defer { messageBytes = 0 }
        return time(for: bytes + messageBytes)
    }

    private func time(for bytes: Int) -> Duration {
        .nanoseconds(Int64((Double(bytes) / bytesPerSecond * 1e9).rounded(.up)))
    }
}

// How large is a message on the line? As large as its frame, and what TLS and TCP put around it.

import PartyModel

extension Message {
    /// TLS record header, type and tag (22), and TCP and IP headers with timestamps (52).
    private static let envelope = 74
    /// Length and type of a frame.
    private static let frameHeader = 5

    /// What a block's frame has beyond the block: header with eight leaves, and its length and type.
    static let blockFrameOverhead = 330

    /// Bytes on the line.
    var frameBytes: Int { Self.envelope + Self.frameHeader + payloadBytes }

    private var payloadBytes: Int {
        switch self {
        case .bitfield(let page): 22 + page.bits.count
        case .have(let have): 20 + 5 * have.entries.count
        case .request(let request), .cancel(let request), .reject(let request):
            21 + 6 * request.runs.count
        case .relay(let order): 24 + 16 * (order.first.count + order.others.count)
        case .reach(let reach): 2 + 16 * reach.peers.count
        case .appetite: 1
        case .status: 41
        case .ping: 8
        case .pong: 33
        // What no swarm sends.
        case .introduction, .welcome, .roster, .keptRoster, .playlist, .roots, .timeline, .hold,
            .rules, .chat,
            .bye:
            256
        }
    }
}

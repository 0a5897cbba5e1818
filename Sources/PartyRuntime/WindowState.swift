// What the window shows of the room: a value, so that it can be compared, and drawn by whoever draws.

import PartyModel

/// The room as its viewers see it.
struct WindowState: Hashable, Sendable {
    /// One viewer.
    struct Viewer: Hashable, Sendable {
        let peer: PeerID
        let name: String
        let isMe: Bool
        let isHost: Bool
        let isReady: Bool
        /// Whether the room goes on without them.
        let isExcused: Bool
        /// Tenths of seconds that could be played without receiving anything more; `nil` when not
        /// known.
        let buffered: Int?
        /// In how many seconds nothing is left, if all goes on as lately.
        let runsDry: Int?
    }

    /// For whom the room stands.
    struct Wait: Hashable, Sendable {
        /// Who cannot play on, and how many tenths of seconds they have.
        struct Straggler: Hashable, Sendable {
            let peer: PeerID
            let name: String
            let isMe: Bool
            let buffered: Int
            /// Seconds until it is enough, as it looks.
            let needed: Int?
        }

        let stragglers: [Straggler]
        /// Seconds until the room goes on without them.
        let limit: Int
        /// Whether this user may go on at once.
        let canSkip: Bool
    }

    /// Who the room gets ready with.
    struct Lobby: Hashable, Sendable {
        let isReady: Bool
        let ready: Int
        let viewers: Int
    }

    var viewers: [Viewer] = []
    var wait: Wait?
    var lobby: Lobby?
    /// Seconds until the film starts for all, when that is long enough to be counted down.
    var countdown: Int?
}

extension WindowState {
    /// What stands at the top of the picture; empty when there is nothing to say.
    var banner: String {
        if let countdown { return "Starting in \(countdown)" }
        if let wait { return wait.sentence }
        if let lobby {
            let call = lobby.isReady ? "You are ready" : "Say when you are ready"
            return "\(call) · \(lobby.ready) of \(lobby.viewers) are"
        }
        return ""
    }
}

extension WindowState.Wait {
    /// "Waiting for Ana (0.4 s of film there), 12 s at most".
    fileprivate var sentence: String {
        guard !stragglers.isEmpty else { return "Going on" }
        let names = stragglers.map { straggler in
            let amount = "\(straggler.buffered / 10).\(straggler.buffered % 10) s"
            return "\(straggler.isMe ? "you" : straggler.name) (\(amount) there)"
        }
        return "Waiting for \(names.joined(separator: ", ")) · \(limit) s at most"
    }
}

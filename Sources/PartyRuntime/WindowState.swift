// What the window shows of the room: a value, so that it can be compared, and drawn by whoever draws.
//
// Invariant: what is not known is `nil`, and shown as nothing.

import PartyModel

/// The room as its viewers see it.
struct WindowState: Hashable, Sendable {
    /// Somebody in the room.
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
        /// Whether they keep the room while its host is away.
        var isKeeper = false
        /// Nobody watches there.
        var isHeadless = false
        var link = Link.direct
        /// Whether the player stands still because nothing is left to play.
        var isStalled = false
        /// Room less player.
        var error: Duration?
        /// The room's clock less the viewer's own.
        var offset: Duration?
        var roundTrip: Duration?
        /// How much faster than the room the player runs, as a fraction.
        var correction: Double?
        /// Bytes per second that come from there; of this user: from everybody.
        var down: Double?
        /// Bytes per second that go there; of this user: to everybody.
        var up: Double?
    }

    /// How somebody is connected to this process.
    enum Link: String, Hashable, Sendable {
        case direct
        /// Not connected; what comes from there comes through others.
        case relayed
        /// The connection is lost and tried again.
        case lost
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

    /// The film on its way here.
    struct Download: Hashable, Sendable {
        /// Bytes that are here and checked.
        let have: Int64
        /// Bytes of the film.
        let total: Int64
        /// How much of equal parts of the film is here, each from 0 to 1.
        let shares: [Double]
    }

    /// What plays.
    var film: String?
    /// Everybody in the room, in the roster's order.
    var viewers: [Viewer] = []
    var wait: Wait?
    var lobby: Lobby?
    /// Seconds until the film starts for all, when that is long enough to be counted down.
    var countdown: Int?
    /// `nil` once the film is whole, and at the host.
    var download: Download?
}

// What a party tells scripts and tests: the contract of `--events`.

public import PartyModel

/// One event.
///
/// Seconds are seconds; rates are bytes per second.
public enum PartyEvent: Sendable {
    /// Connections are accepted.
    case listening(port: Int)
    /// The host's room is open and its player up: the token leads somewhere.
    ///
    /// At a guest: it keeps the room in the host's stead, and this token leads to it.
    case room(token: String, addresses: [String])
    /// The host took us in.
    case joined(room: String, peer: String, name: String)
    /// The playlist has this item.
    case item(index: Int, name: String, size: Int64)
    /// A member came or went, or its connection to us was made or lost.
    case peer(id: String, name: String, state: PeerState, direct: Bool)
    /// The host is gone, and this member keeps the room in its stead, perhaps here; or the host is
    /// back.
    case keeper(id: String, name: String, isHost: Bool, isHere: Bool)
    /// What of the film is left when the host is gone; again when that changes.
    case supply(FilmSupply)
    /// The player shows the film.
    case firstFrame(position: Double)
    /// Somebody's player has nothing left to play.
    case buffering(peer: String, name: String, seconds: Double)
    /// It goes on.
    case resumed(peer: String, name: String)
    /// In so many seconds somebody's player will have nothing left, if all goes on as lately.
    case runningDry(peer: String, name: String, seconds: Double)
    /// The room stands for these; nobody: it goes on. Once a second, and when they change.
    case wait(peers: [String], seconds: Double, limit: Double)
    /// A viewer is ready for the start, or not.
    case ready(peer: String, name: String, isReady: Bool)
    /// The film starts for all in so many seconds.
    case countdown(seconds: Int)
    /// The room's timeline changed; by nobody after a wait, at a film's end, and when all are ready.
    case state(
        paused: Bool, isWaiting: Bool, position: Double, speed: Double, by: String?,
        revision: UInt64)
    /// How well this player follows; once a second while playing.
    case sync(SyncReport, buffered: Double)
    /// How the download goes; once a second while it runs.
    case progress(have: Int64, total: Int64, down: Double, up: Double)
    /// The film plays faster than it arrives: a smooth rest would have to wait so long.
    ///
    /// At the host: than it can arrive at everybody.
    case shortfall(rate: Double, needed: Double, wait: Double)
    /// An item is whole, checked, and where it belongs.
    case complete(bytes: Int64, seconds: Double, from: [String: Int64], path: String?)
    /// A peer sent a block that does not match its hash.
    case verifiedBad(peer: String, chunk: UInt32, block: Int)
    /// Somebody says something, be it this user.
    case chat(from: String, text: String)
    /// Somebody shows a feeling, be it this user.
    case reaction(from: String, reaction: Reaction)
    /// The film's end is reached.
    case end(index: Int)
    /// Something failed.
    case error(PartyError)
    /// The party is over.
    case left(reason: String)

    /// How a member is connected.
    public enum PeerState: String, Sendable {
        /// It is here.
        case joined
        /// It is gone.
        case left
        /// Its connection is lost and tried again.
        case reconnecting
    }
}

extension PartyEvent {
    /// The event's name.
    var name: String {
        switch self {
        case .listening: "listening"
        case .room: "room"
        case .joined: "joined"
        case .item: "item"
        case .peer: "peer"
        case .keeper: "keeper"
        case .supply: "supply"
        case .firstFrame: "first-frame"
        case .buffering: "buffering"
        case .resumed: "resumed"
        case .runningDry: "running-dry"
        case .wait: "wait"
        case .ready: "ready"
        case .countdown: "countdown"
        case .state: "state"
        case .sync: "sync"
        case .progress: "progress"
        case .shortfall: "shortfall"
        case .complete: "complete"
        case .verifiedBad: "verified-bad"
        case .chat: "chat"
        case .reaction: "reaction"
        case .end: "end"
        case .error: "error"
        case .left: "left"
        }
    }

    /// The event's fields, in the order they are written.
    var fields: [(String, JSONValue)] {
        switch self {
        case .listening(let port): [("port", .number(Double(port)))]
        case .room(let token, let addresses):
            [("token", .text(token)), ("addresses", .array(addresses.map(JSONValue.text)))]
        case .joined(let room, let peer, let name):
            [("room", .text(room)), ("peer", .text(peer)), ("name", .text(name))]
        case .item(let index, let name, let size):
            [("index", .count(Int64(index))), ("name", .text(name)), ("size", .count(size))]
        case .peer(let id, let name, let state, let direct):
            [
                ("id", .text(id)), ("name", .text(name)), ("state", .text(state.rawValue)),
                ("direct", .flag(direct)),
            ]
        case .keeper(let id, let name, let isHost, let isHere):
            [
                ("id", .text(id)), ("name", .text(name)), ("host", .flag(isHost)),
                ("here", .flag(isHere)),
            ]
        case .supply(let supply):
            [("complete", .flag(supply.isComplete)), ("seconds", .optional(supply.seconds))]
        case .firstFrame(let position): [("position", .number(position))]
        case .buffering(let peer, let name, let seconds):
            [("peer", .text(peer)), ("name", .text(name)), ("seconds", .number(seconds))]
        case .resumed(let peer, let name): [("peer", .text(peer)), ("name", .text(name))]
        case .runningDry(let peer, let name, let seconds):
            [("peer", .text(peer)), ("name", .text(name)), ("seconds", .number(seconds))]
        case .wait(let peers, let seconds, let limit):
            [
                ("peers", .array(peers.map(JSONValue.text))), ("seconds", .number(seconds)),
                ("limit", .number(limit)),
            ]
        case .ready(let peer, let name, let isReady):
            [("peer", .text(peer)), ("name", .text(name)), ("ready", .flag(isReady))]
        case .countdown(let seconds): [("seconds", .count(Int64(seconds)))]
        case .state(
            let paused, let isWaiting, let position, let speed, let by, let revision):
            [
                ("paused", .flag(paused)), ("waiting", .flag(isWaiting)),
                ("position", .number(position)), ("speed", .number(speed)),
                ("by", by.map(JSONValue.text) ?? .null),
                ("revision", .count(Int64(clamping: revision))),
            ]
        case .sync(let report, let buffered):
            [
                ("error_ms", .optional(report.error?.inMilliseconds)),
                ("offset_ms", .number(report.offset.inMilliseconds)),
                ("rtt_ms", .number(report.roundTrip.inMilliseconds)),
                ("clock_error_ms", .number(report.clockError.inMilliseconds)),
                ("correction", .number(Double(report.trim) / 1e6)),
                ("buffered_s", .number(buffered)),
            ]
        case .progress(let have, let total, let down, let up):
            [
                ("have", .count(have)), ("total", .count(total)),
                ("down_bps", .number(down.rounded())), ("up_bps", .number(up.rounded())),
            ]
        case .shortfall(let rate, let needed, let wait):
            [
                ("rate_bps", .number(rate.rounded())), ("needed_bps", .number(needed.rounded())),
                ("wait_s", .number(wait.rounded(.up))),
            ]
        case .complete(let bytes, let seconds, let from, let path):
            [
                ("bytes", .count(bytes)), ("seconds", .number(seconds)),
                (
                    "from",
                    .object(from.sorted { $0.key < $1.key }.map { ($0.key, .count($0.value)) })
                ),
                ("path", path.map(JSONValue.text) ?? .null),
            ]
        case .verifiedBad(let peer, let chunk, let block):
            [
                ("peer", .text(peer)), ("chunk", .count(Int64(chunk))),
                ("block", .count(Int64(block))),
            ]
        case .chat(let from, let text): [("from", .text(from)), ("text", .text(text))]
        case .reaction(let from, let reaction):
            [("from", .text(from)), ("reaction", .text(reaction.name))]
        case .end(let index): [("index", .count(Int64(index)))]
        case .error(let error):
            [("code", .text(error.code)), ("message", .text(error.description))]
        case .left(let reason): [("reason", .text(reason))]
        }
    }
}

extension Duration {
    fileprivate var inMilliseconds: Double { inSeconds * 1000 }
}

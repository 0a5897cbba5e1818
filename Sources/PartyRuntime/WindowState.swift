// What the window shows of the room: one value, from which the script draws everything that lasts.
//
// Invariant: numbers are rounded to what is shown, so that two states that look alike are equal and
// the script is not told what nobody would see. What is not known is `nil`, and left out.

import PartyModel

/// The room as its window shows it.
struct WindowState: Hashable, Sendable {
    /// What plays.
    var film: String?
    /// Everybody in the room, in the roster's order.
    var viewers: [Viewer] = []
    /// For whom the room waits.
    var wait: Wait?
    /// Who is ready, before the room starts.
    var start: Start?
    /// How the film gets here; `nil` once it is whole, and at the host.
    var download: Download?

    /// Somebody in the room.
    struct Viewer: Hashable, Sendable {
        var name: String
        var isMe = false
        var isHost = false
        /// Nobody watches there.
        var isHeadless = false
        var link = Link.direct
        /// Whether its player stands still because nothing is left to play.
        var isStalled = false
        /// Whether it is ready to start; `nil` where nobody asks.
        var isReady: Bool?
        /// How much it could play without receiving anything more.
        var buffered: Duration?
        /// Room less player.
        var error: Duration?
        /// The room's clock less its own.
        var offset: Duration?
        var roundTrip: Duration?
        /// How much faster than the room its player runs, as a fraction.
        var correction: Double?
        /// Bytes per second that come from it; of this user: from everybody.
        var down: Double?
        /// Bytes per second that go to it; of this user: to everybody.
        var up: Double?
    }

    /// How somebody is connected to this process.
    enum Link: String, Hashable, Sendable {
        case direct
        /// Not connected; what it sends comes through others.
        case relayed
        /// The connection is lost and tried again.
        case lost
    }

    /// The room stands still for somebody.
    struct Wait: Hashable, Sendable {
        /// For whom.
        var names: [String]
        /// How much the one with the least has buffered.
        var buffered: Duration
        /// How much is needed to go on.
        var needed: Duration?
        /// After how long the room goes on without them.
        var left: Duration?
    }

    /// The room has not started yet.
    struct Start: Hashable, Sendable {
        /// How many are ready.
        var ready: Int
        /// How many are asked.
        var all: Int
        /// After how long it starts; `nil` while it waits.
        var countdown: Duration?
    }

    /// The film on its way here.
    struct Download: Hashable, Sendable {
        /// Bytes that are here and checked.
        var have: Int64
        /// Bytes of the film.
        var total: Int64
        /// How much of equal parts of the film is here, each from 0 to 1.
        var shares: [Double]
    }
}

// MARK: - As the script reads it

extension WindowState {
    /// The state as one line of JSON; the fields are listed in docs/window.md.
    var json: String {
        JSONValue.object(
            [
                ("film", film.map(JSONValue.text)),
                ("viewers", .array(viewers.map(\.json))),
                ("wait", wait?.json), ("start", start?.json), ("download", download?.json),
            ].known
        ).line
    }
}

extension WindowState.Viewer {
    fileprivate var json: JSONValue {
        .object(
            [
                ("name", .text(name)), ("me", .flag(isMe)), ("host", .flag(isHost)),
                ("headless", .flag(isHeadless)), ("link", .text(link.rawValue)),
                ("stalled", .flag(isStalled)), ("ready", isReady.map(JSONValue.flag)),
                ("buffered", buffered.map { .seconds($0, digits: 1) }),
                ("error_ms", error.map(JSONValue.milliseconds)),
                ("offset_ms", offset.map(JSONValue.milliseconds)),
                ("rtt_ms", roundTrip.map(JSONValue.milliseconds)),
                ("correction", correction.map { .number(($0 * 1e4).rounded() / 1e4) }),
                ("down", down.map(JSONValue.rate)), ("up", up.map(JSONValue.rate)),
            ].known)
    }
}

extension WindowState.Wait {
    fileprivate var json: JSONValue {
        .object(
            [
                ("names", .array(names.map(JSONValue.text))),
                ("buffered", .seconds(buffered, digits: 1)),
                ("needed", needed.map { .seconds($0, digits: 1) }),
                ("left", left.map(JSONValue.countdown)),
            ].known)
    }
}

extension WindowState.Start {
    fileprivate var json: JSONValue {
        .object(
            [
                ("ready", .count(Int64(ready))), ("all", .count(Int64(all))),
                ("countdown", countdown.map(JSONValue.countdown)),
            ].known)
    }
}

extension WindowState.Download {
    /// Bytes that change nothing anybody sees: a megabyte.
    private static let step: Int64 = 1 << 20

    fileprivate var json: JSONValue {
        .object([
            ("have", .count(have == total ? have : have / Self.step * Self.step)),
            ("total", .count(total)), ("parts", .text(String(shares.map(Self.digit)))),
        ])
    }

    /// Nine only for what is all there, and nought for what is all missing.
    private static func digit(_ share: Double) -> Character {
        guard share < 1 else { return "9" }
        return Character(String(share > 0 ? 1 + Int(share * 8) : 0))
    }
}

extension JSONValue {
    fileprivate static func seconds(_ duration: Duration, digits: Int) -> JSONValue {
        let step = digits == 0 ? 1.0 : 10
        return .number((duration.inSeconds * step).rounded() / step)
    }

    fileprivate static func milliseconds(_ duration: Duration) -> JSONValue {
        let milliseconds = duration.inSeconds * 1000
        // A tenth matters only where there are few.
        return .number(
            abs(milliseconds) < 10
                ? (milliseconds * 10).rounded() / 10 : milliseconds.rounded())
    }

    /// Whole seconds that are left: the last one is shown until it is over.
    fileprivate static func countdown(_ left: Duration) -> JSONValue {
        .number(max(0, left.inSeconds.rounded(.up)))
    }

    /// Ten kilobytes a second are the least that is told apart.
    fileprivate static func rate(_ bytesPerSecond: Double) -> JSONValue {
        .number((bytesPerSecond / 10_000).rounded() * 10_000)
    }
}

extension [(String, JSONValue?)] {
    fileprivate var known: [(String, JSONValue)] {
        compactMap { name, value in value.map { (name, $0) } }
    }
}

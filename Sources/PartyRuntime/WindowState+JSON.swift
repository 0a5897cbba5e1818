// The window's state as the script in it reads it.
//
// Invariant: numbers are rounded to what is shown, so that the script is not told what nobody would
// see.

import PartyModel

extension WindowState {
    /// The state as one line of JSON; docs/window.md lists the fields.
    var json: String {
        JSONValue.object(
            [
                ("film", film.map(JSONValue.text)),
                ("viewers", .array(viewers.map { $0.json(asked: lobby != nil) })),
                ("wait", wait?.json), ("start", startJSON), ("download", download?.json),
            ].known
        ).line
    }

    private var startJSON: JSONValue? {
        guard lobby != nil || countdown != nil else { return nil }
        return .object(
            [
                ("ready", lobby.map { .count(Int64($0.ready)) }),
                ("all", lobby.map { .count(Int64($0.viewers)) }),
                ("mine", lobby.map { .flag($0.isReady) }),
                ("countdown", countdown.map { .count(Int64($0)) }),
            ].known)
    }
}

extension WindowState.Viewer {
    fileprivate func json(asked: Bool) -> JSONValue {
        .object(
            [
                ("name", .text(name)), ("me", .flag(isMe)), ("host", .flag(isHost)),
                ("keeper", isKeeper ? .flag(true) : nil), ("headless", .flag(isHeadless)),
                ("link", .text(link.rawValue)),
                ("stalled", .flag(isStalled)), ("excused", .flag(isExcused)),
                ("ready", asked && !isHeadless ? .flag(isReady) : nil),
                ("buffered", buffered.map(JSONValue.tenths)),
                ("runs_dry", runsDry.map { .count(Int64($0)) }),
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
                ("names", .array(stragglers.map { .text($0.isMe ? "you" : $0.name) })),
                ("buffered", stragglers.map(\.buffered).min().map(JSONValue.tenths)),
                // All of them have to be able to go on.
                (
                    "needed",
                    stragglers.compactMap(\.needed).max().map { .count(Int64($0)) }
                ),
                ("left", .count(Int64(limit))), ("skip", .flag(canSkip)),
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
    fileprivate static func tenths(_ tenths: Int) -> JSONValue { .number(Double(tenths) / 10) }

    fileprivate static func milliseconds(_ duration: Duration) -> JSONValue {
        let milliseconds = duration.inSeconds * 1000
        // A tenth matters only where there are few.
        return .number(
            abs(milliseconds) < 10
                ? (milliseconds * 10).rounded() / 10 : milliseconds.rounded())
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

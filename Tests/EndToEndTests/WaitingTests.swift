// Whom the room waits for, who may do what in it, and how it starts.

import Foundation
import Testing

extension EndToEnd {
    @Suite("Waiting")
    struct Waiting {
        @Test("the room waits for a guest whose film stops coming, and goes on when it comes again")
        func waits() throws {
            try Self.cutOff { link, host, guest in
                let wait = try host.wait(for: "wait") { $0.names("peers") == ["guest"] }
                #expect(wait.number("limit") == 15)
                try MpvIPC(host).wait(for: "pause", toBe: true)
                let seen = host.events.count
                link.flow()
                try host.wait(for: "wait", from: seen) { $0.names("peers") == [] }
                let state = try host.wait(for: "state", from: seen) { $0.flag("paused") == false }
                #expect(state["by"] == .null)
                for peer in [host, guest] {
                    let position = try #require(state.number("position"))
                    try MpvIPC(peer).wait(untilPast: position + 1)
                }
                #expect(
                    guest.events.contains { $0.name == "wait" && $0.names("peers") == ["guest"] })
            }
        }

        @Test("a key goes on without waiting, and the guest catches up by itself")
        func skips() throws {
            try Self.cutOff { link, host, guest in
                try host.wait(for: "wait") { $0.names("peers") == ["guest"] }
                let seen = host.events.count
                let player = try MpvIPC(host)
                try player.command("script-message", "peerwatch", "skip-wait")
                let state = try host.wait(for: "state", from: seen) { $0.flag("paused") == false }
                #expect(state.text("by") == "host")
                let position = try #require(state.number("position"))
                try player.wait(untilPast: position + 1)
                link.flow()
                try MpvIPC(guest).wait(untilPast: position + 3)
                let later = host.events.drop { $0.number("t") != state.number("t") }
                #expect(later.allSatisfy { $0.name != "wait" || $0.names("peers") == [] })
            }
        }

        @Test("a guest whose line is too slow for the film stops nobody by joining")
        func lateJoiner() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.long()])
                let player = try MpvIPC(host)
                try player.wait(untilPast: 1)
                let (link, token) = try stage.slowLink(
                    to: host, bytesPerSecond: Films.longRate / 3)
                defer { withExtendedLifetime(link) {} }
                let guest = try stage.guest(token)
                try guest.wait(for: "joined")
                try player.wait(untilPast: 7)
                #expect(!host.events.contains { $0.name == "wait" })
                #expect(
                    !host.events.contains { $0.name == "state" && $0.flag("waiting") == true })
            }
        }

        /// A host, and a guest that runs dry because nothing of the host's reaches it any more.
        private static func cutOff(
            _ body: (SlowLink, RunningPeerwatch, RunningPeerwatch) throws -> Void
        ) throws {
            try Stage.run { stage in
                let host = try stage.host([Films.long()])
                let (link, token) = try stage.slowLink(
                    to: host, bytesPerSecond: Films.longRate * 3)
                let guest = try stage.guest(token)
                try guest.wait(for: "first-frame")
                // In step once: before, it is a late joiner.
                try guest.wait(for: "sync") { $0.number("buffered_s").map { $0 > 2 } ?? false }
                try MpvIPC(guest).wait(untilPast: 2)
                link.stall()
                try body(link, host, guest)
            }
        }
    }

    @Suite("Rules")
    struct Rules {
        @Test("with --control host a guest's pause is undone, and the host's is everybody's")
        func control() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.long()], ["--control", "host"])
                let guest = try stage.guest(host.token)
                for peer in [host, guest] { try peer.wait(for: "first-frame") }
                let (one, other) = (try MpvIPC(host), try MpvIPC(guest))
                for player in [one, other] { try player.wait(untilPast: 0.5) }
                let seen = host.events.count
                try other.pause()
                try other.wait(for: "pause", toBe: false)
                #expect(!host.events.dropFirst(seen).contains { $0.name == "state" })
                try one.pause()
                try other.wait(for: "pause", toBe: true)
            }
        }

        @Test("with --lobby the film starts by a countdown when everybody is ready")
        func lobby() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.long()], ["--lobby"])
                let guest = try stage.guest(host.token)
                for peer in [host, guest] { try peer.wait(for: "first-frame") }
                let players = [try MpvIPC(host), try MpvIPC(guest)]
                for player in players { #expect(try player.get("pause") == true) }
                try players[0].command("script-message", "peerwatch", "ready")
                try guest.wait(for: "ready") {
                    $0.text("name") == "host" && $0.flag("ready") == true
                }
                #expect(!host.events.contains { $0.name == "countdown" })
                try players[1].command("script-message", "peerwatch", "ready")
                for seconds in [3.0, 2, 1] {
                    for peer in [host, guest] {
                        try peer.wait(for: "countdown") { $0.number("seconds") == seconds }
                    }
                }
                for player in players { try player.wait(untilPast: 1) }
            }
        }

        @Test("the second film starts for all from its first frame")
        func secondFilm() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.brief(1), Films.brief(2)])
                let guest = try stage.guest(host.token)
                for peer in [host, guest] {
                    try peer.wait(for: "end") { $0.number("index") == 0 }
                    let ended = try #require(peer.events.firstIndex { $0.name == "end" })
                    let frame = try peer.wait(for: "first-frame", from: ended)
                    #expect(frame.number("position").map { $0 < 0.2 } ?? false)
                    try peer.wait(for: "end") { $0.number("index") == 1 }
                }
            }
        }
    }
}

extension Event {
    /// A list of names in one of the event's fields.
    fileprivate func names(_ field: String) -> [String]? {
        guard case .list(let values)? = self[field] else { return nil }
        return values.compactMap(\.text)
    }
}

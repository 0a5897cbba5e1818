// Leaving: within a second, with status 0, and with nothing left behind, whatever goes on.

import Foundation
import Glibc
import Testing

/// A signal that asks a program to end.
enum Request: Int32, CaseIterable, CustomTestStringConvertible {
    case interrupt = 2
    case terminate = 15

    var testDescription: String { self == .interrupt ? "Ctrl-C" : "SIGTERM" }
}

extension EndToEnd {
    @Suite("Leaving")
    struct Leaving {
        @Test(
            "either side leaves when it is asked to", arguments: Request.allCases, Presser.allCases)
        func asked(_ request: Request, _ presser: Presser) throws {
            try Stage.run { stage in
                let host = try stage.host([Films.short(.mkv)])
                let guest = try stage.guest(host.token)
                for peer in [host, guest] { try peer.wait(for: "first-frame") }
                let (leaver, other) = presser == .host ? (host, guest) : (guest, host)
                let name = leaver.name
                try stage.leave(leaver, by: request.rawValue)
                try other.wait(for: "peer") {
                    $0.text("name") == name && $0.text("state") != "joined"
                }
                #expect(other.isRunning)
            }
        }

        @Test("a guest whose host has left sees the film to its end, and may pause it")
        func hostGone() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.short(.mkv)])
                let guest = try stage.guest(host.token)
                try guest.wait(for: "first-frame")
                try guest.wait(for: "complete")
                try stage.leave(host, by: SIGINT)
                try guest.wait(for: "peer") {
                    $0.text("name") == "host" && $0.text("state") != "joined"
                }
                let player = try MpvIPC(guest)
                try player.pause()
                try guest.wait(for: "state") { $0.flag("paused") == true }
                try player.set("pause", to: false)
                try guest.wait(for: "end")
            }
        }

        @Test("closing the window leaves", arguments: Presser.allCases)
        func quit(_ presser: Presser) throws {
            try Stage.run { stage in
                let host = try stage.host([Films.short(.mkv)])
                let guest = try stage.guest(host.token)
                for peer in [host, guest] { try peer.wait(for: "first-frame") }
                let leaver = presser == .host ? host : guest
                // What the window's close button and the key q do.
                try MpvIPC(leaver).command("quit")
                let outcome = try leaver.outcome(within: Stage.timeToLeave)
                #expect(outcome.status == 0)
                #expect(leaver.events.last?.name == "left")
            }
        }

        @Test("a guest leaves before its player has anything to show")
        func blockedInTheFirstRead() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.long()])
                let (link, token) = try stage.slowLink(to: host, bytesPerSecond: Films.longRate)
                let guest = try stage.guest(token)
                try guest.wait(for: "state")
                link.stall()
                try MpvIPC(guest).wait(for: "path") { $0.text != nil }
                try stage.leave(guest, by: SIGINT)
                #expect(!guest.events.contains { $0.name == "first-frame" })
            }
        }

        @Test("a guest leaves while its player waits for the rest of the film")
        func blockedInALaterRead() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.long()])
                let (link, token) = try stage.slowLink(
                    to: host, bytesPerSecond: 2 * Films.longRate)
                let guest = try stage.guest(token)
                // At its first frame it may have no more than that; here it is to have played.
                try guest.wait(for: "sync") { $0.number("error_ms") != nil }
                link.stall()
                try guest.wait(for: "buffering") { $0.text("name") == "guest" }
                try stage.leave(guest, by: SIGINT)
            }
        }

        @Test("a guest leaves while the host does not answer")
        func dialling() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.short(.mkv)])
                let (link, token) = try stage.slowLink(to: host, bytesPerSecond: 10_000)
                link.stall()
                let guest = try stage.guest(token)
                try guest.wait(for: "listening")
                try MpvIPC(guest).wait(for: "idle-active", toBe: true)
                try stage.leave(guest, by: SIGINT)
            }
        }

        @Test("a host without a player leaves, and so does a guest without one")
        func headless() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.long()], command: "seed")
                let guest = try stage.guest(host.token, ["--headless"])
                try guest.wait(for: "complete")
                try stage.leave(host, by: SIGTERM)
                try stage.leave(guest, by: SIGTERM)
            }
        }

        @Test("a seed that nohup started outlives its terminal, and leaves when it is asked to")
        func nohup() throws {
            try Stage.run { stage in
                let film = try Films.short(.mkv)
                let host = try stage.run(
                    [
                        "seed", film.path, "--bind", stage.address, "--name", "host", "--events",
                        "-",
                    ],
                    name: "host", wrapper: ["/usr/bin/nohup"])
                let token = try host.token
                host.signal(SIGHUP)
                let kept = try stage.makeDirectory("kept")
                let guest = try stage.guest(token, ["--headless", "--out", kept.path])
                try guest.expectComplete(film, in: kept)
                try stage.leave(guest, by: SIGHUP)
                try stage.leave(host, by: SIGTERM)
            }
        }

        @Test("a second Ctrl-C does not wait for good order")
        func secondTime() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.short(.mkv)])
                try host.wait(for: "first-frame")
                // Both are there when it looks: signals of one kind would count once.
                host.signal(SIGSTOP)
                host.signal(SIGINT)
                host.signal(SIGTERM)
                host.signal(SIGCONT)
                #expect(try host.outcome(within: Stage.timeToLeave).status == 130)
                #expect(host.events.last?.name != "left")
            }
        }
    }
}

// mpv's own keys and commands in a room: each means something for everybody, or is undone.

import Foundation
import Testing

extension EndToEnd {
    @Suite("mpv's own keys")
    struct OwnKeys {
        @Test("a step by a frame, forth and back, is everybody's", arguments: Presser.allCases)
        func frameStep(_ presser: Presser) throws {
            try Following.watching { host, guest in
                let (one, other) = presser == .host ? (host, guest) : (guest, host)
                try one.pause()
                try MpvIPC.expectSameFrame([one, other])
                let start = try #require(try one.get("time-pos").number)

                try one.command("keypress", ".")
                try MpvIPC.expectSameFrame(
                    [one, other], at: start + MpvIPC.frame, within: MpvIPC.frame / 2)
                try one.command("keypress", ".")
                try MpvIPC.expectSameFrame(
                    [one, other], at: start + 2 * MpvIPC.frame, within: MpvIPC.frame / 2)
                try one.command("frame-back-step")
                try MpvIPC.expectSameFrame(
                    [one, other], at: start + MpvIPC.frame, within: MpvIPC.frame / 2)
                for player in [one, other] { #expect(try player.get("pause") == true) }
            }
        }

        @Test("the last jump is undone for everybody")
        func undo() throws {
            try Following.watching { host, guest in
                try host.pause()
                try MpvIPC.expectSameFrame([host, guest])
                let start = try #require(try host.get("time-pos").number)
                try guest.command("seek", 40, "absolute+exact")
                try MpvIPC.expectSameFrame([host, guest], at: 40)
                try host.waitForScript()
                try host.command("script-message", "undo-seek")
                try MpvIPC.expectSameFrame([host, guest], at: start)
            }
        }

        @Test("the film of a room cannot be stopped or replaced by one of them")
        func replaced() throws {
            try Following.watching { host, guest in
                let title = try guest.get("media-title")
                try guest.command("stop")
                try guest.wait(for: "media-title", toBe: title)
                try guest.wait(for: "pause", toBe: false)
                try guest.command("loadfile", .text(try Films.short(.mkv).path))
                try guest.wait(for: "path") { "\($0)".contains("peerwatch://") }
                try guest.wait(for: "media-title", toBe: title)
                try guest.wait(untilPast: 0.2)
                try host.pause()
                try guest.wait(for: "pause", toBe: true)
                try MpvIPC.expectSameFrame([host, guest])
            }
        }

        @Test("a loop from A to B takes everybody along")
        func loop() throws {
            try Following.watching { host, guest in
                try host.command("seek", 30, "absolute+exact")
                try guest.wait(untilPast: 30.2)
                try host.set("ab-loop-a", to: 29)
                try host.set("ab-loop-b", to: 32)
                try guest.wait(untilPast: 31.5)
                try guest.wait(for: "time-pos") { $0.number.map { $0 < 31 } ?? false }
                try guest.wait(untilPast: 31.5)
            }
        }

        @Test("the keys of mpv's playlist turn the room's", arguments: Presser.allCases)
        func playlist(_ presser: Presser) throws {
            try Stage.run { stage in
                let host = try stage.host([Films.long(), Films.short(.mkv)])
                let guest = try stage.guest(host.token)
                for peer in [host, guest] { try peer.wait(for: "first-frame") }
                let one = try MpvIPC(presser == .host ? host : guest)
                let other = try MpvIPC(presser == .host ? guest : host)
                let first = try other.get("media-title")
                try one.command("keypress", ">")
                try other.wait(for: "media-title") { $0 != first && $0 != .null }
                try other.wait(untilPast: 0.5)
                try one.command("keypress", "<")
                try other.wait(for: "media-title", toBe: first)
            }
        }
    }
}

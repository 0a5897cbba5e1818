// What is drawn over the film: pages opened by real keys, seen in pictures of the screen and in what
// the script itself says.

import Foundation
import Testing

extension EndToEnd {
    @Suite("Panels")
    struct Panels {
        private static let left = Area(x: 0, y: 0, width: 640, height: 360)
        private static let right = Area(x: 640, y: 0, width: 640, height: 360)

        private static func window(at area: Area, called name: String) -> [String] {
            ["--vo=x11", "--ao=null", "--geometry=\(area)", "--no-border", "--title=\(name)"]
        }

        /// Where each page stands in a window of 640 by 360, from its upper left corner: a part that
        /// it covers, whatever is in it.
        private static let pages = [
            ("a", "peers", Area(x: 500, y: 14, width: 100, height: 24)),
            ("D", "stats", Area(x: 140, y: 70, width: 300, height: 4)),
            ("H", "help", Area(x: 300, y: 40, width: 200, height: 24)),
            ("C", "talk", Area(x: 470, y: 14, width: 140, height: 24)),
            ("y", "card", Area(x: 140, y: 40, width: 180, height: 80)),
        ]

        @Test("each key opens its page and closes it again, and nothing else is touched")
        func pages() throws {
            let display = try Display()
            defer { display.close() }
            try Stage.run { stage in
                let host = try stage.host(
                    [Films.long()], mpv: Self.window(at: Self.left, called: "left"), on: display)
                let player = try Self.pausedPlayer(of: host)
                try display.press("y", inWindowOf: "left")
                try player.wait(forScript: "page", toSay: "none")
                let bare = try display.screenshot(to: stage.directory.appending(path: "bare.png"))
                for (key, page, place) in Self.pages {
                    try display.press(key, inWindowOf: "left")
                    try player.wait(forScript: "page", toSay: .text(page))
                    let open = try display.screenshot(
                        to: stage.directory.appending(path: "\(page).png")
                    ) { picture in
                        try picture.brightness(of: place) < bare.brightness(of: place) * 0.7
                    }
                    // The lower edge belongs to mpv's own controls.
                    let edge = Area(x: 0, y: 320, width: 640, height: 40)
                    #expect(try open.difference(from: bare, in: edge) == 0)
                    try display.press(key, inWindowOf: "left")
                    try player.wait(forScript: "page", toSay: "none")
                    _ = try display.screenshot(
                        to: stage.directory.appending(path: "\(page)-closed.png")
                    ) { picture in
                        try picture.difference(from: bare, in: Self.left) == 0
                    }
                }
            }
        }

        @Test("a line written in one window is read in the other, and moves nobody's film")
        func chat() throws {
            let display = try Display()
            defer { display.close() }
            try Stage.run { stage in
                let host = try stage.host(
                    [Films.long()], mpv: Self.window(at: Self.left, called: "left"), on: display)
                let guest = try stage.guest(
                    host.token, mpv: Self.window(at: Self.right, called: "right"), on: display)
                let (here, there) = (try Self.pausedPlayer(of: host), try MpvIPC(guest))
                try guest.wait(for: "first-frame")
                try there.wait(for: "pause", toBe: true)

                try there.waitForScript()
                try display.press("c", inWindowOf: "right")
                try there.wait(forScript: "input", toSay: "line")
                let place = try there.get("time-pos")
                // q would leave, space would play, m would mute; shift+Prior goes on by ten minutes
                // and the others by a second or so.
                for key in [
                    "q", "space", "eacute", "m", "shift+Left", "shift+Right", "shift+Prior", "Next",
                    "shift+BackSpace", "m", "braceleft",
                ] {
                    try display.press(key, inWindowOf: "right")
                }
                try display.press("Return", inWindowOf: "right")
                try there.wait(forScript: "input", toSay: "none")
                for peer in [host, guest] {
                    let chat = try peer.wait(for: "chat")
                    #expect(chat.text("from") == "guest")
                    #expect(chat.text("text") == "q ém{")
                }
                try here.wait(forScript: "feed") { $0.contains("q ém{") }
                #expect(try there.get("pause") == true)
                #expect(try there.get("mute") == false)
                #expect(try there.get("time-pos") == place)

                try display.press("h", inWindowOf: "left")
                try here.wait(forScript: "input", toSay: "reactions")
                try display.press("1", inWindowOf: "left")
                let reaction = try guest.wait(for: "reaction")
                #expect(reaction.text("from") == "host")
                #expect(reaction.text("reaction") == "heart")

                try display.press("c", inWindowOf: "left")
                try here.wait(forScript: "input", toSay: "line")
                try display.press("Escape", inWindowOf: "left")
                try here.wait(forScript: "input", toSay: "none")
                try display.press("space", inWindowOf: "left")
                try there.wait(for: "pause", toBe: false)
                #expect(host.events.count { $0.name == "chat" } == 1)
            }
        }

        @Test(
            "whatever somebody is called and writes, only the panel changes",
            arguments: [
                #"{\an8\fs200}BIG"#, #"\N\N\N\h{\p1}m 0 0 l 999 0 999 999 0 999{\p0}"#,
                "\u{202E}gnp.exe שלום عليكم", String(repeating: "W", count: 64),
                "👩‍👩‍👧‍👦🎬🎬🎬", "a\u{0301}\u{0301}\u{0301}\u{0301}\u{0301}\u{0301}\u{0301}",
            ])
        func hostileNames(name: String) throws {
            let display = try Display()
            defer { display.close() }
            try Stage.run { stage in
                let host = try stage.host(
                    [Films.long()], mpv: Self.window(at: Self.left, called: "left"), on: display)
                let player = try Self.pausedPlayer(of: host)
                try display.press("y", inWindowOf: "left")
                try player.wait(forScript: "page", toSay: "none")
                let bare = try display.screenshot(to: stage.directory.appending(path: "bare.png"))
                let guest = try stage.guest(host.token, called: name)
                try guest.wait(for: "first-frame")
                let there = try MpvIPC(guest)
                try there.waitForScript()
                try there.command("script-message-to", "peerwatch", "say", .text(name + name))
                try host.wait(for: "chat")
                try display.press("a", inWindowOf: "left")
                try player.wait(forScript: "page", toSay: "peers")
                // The panel at the upper right, the feed at the lower left; the rest is the film.
                let outside = [
                    Area(x: 0, y: 0, width: 360, height: 160),
                    Area(x: 320, y: 180, width: 320, height: 180),
                    Area(x: 0, y: 320, width: 640, height: 40),
                ]
                let inside = Area(x: 500, y: 14, width: 100, height: 24)
                let open = try display.screenshot(
                    to: stage.directory.appending(path: "open.png")
                ) { picture in
                    try picture.brightness(of: inside) < bare.brightness(of: inside) * 0.7
                }
                for area in outside { #expect(try open.difference(from: bare, in: area) == 0) }
            }
        }

        @Test("the token is copied on its key")
        func copies() throws {
            let display = try Display()
            defer { display.close() }
            try Stage.run { stage in
                let host = try stage.host(
                    [Films.brief(1)], mpv: Self.window(at: Self.left, called: "left"), on: display)
                let player = try MpvIPC(host)
                try player.wait(forScript: "page", toSay: "card")
                try display.press("ctrl+y", inWindowOf: "left")
                try player.wait(forScript: "feed") { $0.contains("copied") }
                #expect(try display.clipboard() == host.token)
                // Whoever holds the old selection ends with it.
                try display.takeClipboard()
            }
        }

        /// The player of a peer that has shown its film, and pauses it.
        private static func pausedPlayer(of peer: RunningPeerwatch) throws -> MpvIPC {
            try peer.wait(for: "first-frame")
            let player = try MpvIPC(peer)
            try player.waitForScript()
            try player.wait(untilPast: 0.2)
            try player.set("pause", to: true)
            try player.wait(for: "pause", toBe: true)
            return player
        }
    }
}

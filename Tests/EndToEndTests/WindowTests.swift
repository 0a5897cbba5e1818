// What stands on the screen: two real windows beside each other, and keys pressed in them.

import Foundation
import Testing

extension EndToEnd {
    @Suite("Windows")
    struct Windows {
        private static let left = Area(x: 0, y: 0, width: 640, height: 360)
        private static let right = Area(x: 640, y: 0, width: 640, height: 360)

        @Test(
            "both windows show the film, the host's the token; space in one pauses both; q leaves"
        )
        func sideBySide() throws {
            let display = try Display()
            defer { display.close() }
            try Stage.run { stage in
                let host = try stage.host(
                    [Films.long()], mpv: Self.window(at: Self.left, called: "left"), on: display)
                let guest = try stage.guest(
                    host.token, mpv: Self.window(at: Self.right, called: "right"), on: display)
                let players = try [host, guest].map { peer in
                    try peer.wait(for: "first-frame")
                    return try MpvIPC(peer)
                }
                for player in players { try player.wait(untilPast: 0.5) }

                let screenshot = try display.screenshot(
                    to: stage.directory.appending(path: "screen.png"))
                for area in [Self.left, Self.right] {
                    #expect(try screenshot.brightness(of: area) > 0.1)
                    #expect(try screenshot.contrast(of: area) > 0.1)
                }
                // The token stands on a dark card over the colours of the film.
                let covered = try screenshot.brightness(of: Self.card(in: Self.left))
                let open = try screenshot.brightness(of: Self.card(in: Self.right))
                #expect(covered < open / 2)

                try display.press("space", inWindowOf: "right")
                for player in players { try player.wait(for: "pause", toBe: true) }
                try display.press("space", inWindowOf: "left")
                for player in players { try player.wait(for: "pause", toBe: false) }

                try display.press("q", inWindowOf: "right")
                #expect(try guest.outcome(within: Stage.timeToLeave).status == 0)
                #expect(host.isRunning)
            }
        }

        /// The middle of where a window shows the token.
        private static func card(in window: Area) -> Area {
            Area(x: window.x + 140, y: window.y + 40, width: 180, height: 80)
        }

        private static func window(at area: Area, called name: String) -> [String] {
            ["--vo=x11", "--ao=null", "--geometry=\(area)", "--no-border", "--title=\(name)"]
        }
    }
}

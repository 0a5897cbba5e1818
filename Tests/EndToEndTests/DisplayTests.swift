// Where the film is shown: on a display that is there, in the way it takes, or nowhere.

import Foundation
import Testing

extension EndToEnd {
    @Suite("Displays")
    struct Displays {
        private static let howToGoOn = "; set DISPLAY or WAYLAND_DISPLAY, or use --headless."

        @Test(
            "without a display it says so, and opens neither port nor room",
            arguments: [
                ([:], "There is no display to open a window on"),
                (["DISPLAY": ":9999"], "The display does not answer (DISPLAY=:9999)"),
                (
                    ["DISPLAY": ":9999", "WAYLAND_DISPLAY": "gone"],
                    "The display does not answer (WAYLAND_DISPLAY=gone, DISPLAY=:9999)"
                ),
            ])
        func noDisplay(_ variables: [String: String], _ sentence: String) throws {
            try Stage.run { stage in
                let host = try stage.host([Films.brief(1)], command: "seed")
                for words in [["play", try Films.brief(1).path], ["join", try host.token]] {
                    let peer = try stage.run(
                        words + ["--bind", stage.address, "--events", "-"],
                        environment: variables)
                    let outcome = try peer.outcome()
                    #expect(outcome.complaints == ["peerwatch: " + sentence + Self.howToGoOn])
                    #expect(outcome.status == 1)
                    #expect(peer.events.map(\.name) == ["error", "left"])
                }
            }
        }

        @Test("a display is not needed by who chose an output that needs none, or no player")
        func noneNeeded() throws {
            try Stage.run { stage in
                let film = try Films.brief(1).path
                let home = try stage.home(of: "configured")
                let configuration = try home.mpvConfiguration("vo=null\nao=null\n")
                defer { try? FileManager.default.removeItem(at: configuration) }
                let common = ["--bind", stage.address, "--events", "-"]
                try stage.run(["play", film] + common, name: "configured").wait(for: "first-frame")
                try stage.run(["play", film] + common + ["--", "--vo=null", "--ao=null"])
                    .wait(for: "first-frame")
                try stage.run(["play", film, "--headless"] + common, name: "headless")
                    .wait(for: "room")
            }
        }

        @Test(
            "without a graphics card the window still shows the film",
            arguments: [[], ["-extension", "GLX"]])
        func software(_ missing: [String]) throws {
            let display = try Display(missing)
            defer { display.close() }
            try Stage.run { stage in
                let host = try stage.host(
                    [Films.long()], mpv: ["--ao=null", "--geometry=640x360+0+0"], on: display)
                try host.wait(for: "first-frame")
                let player = try MpvIPC(host)
                try player.wait(untilPast: 0.5)
                #expect(try player.get("current-vo") == "x11")
                let screenshot = try display.screenshot(
                    to: stage.directory.appending(path: "screen.png"))
                let window = Area(x: 0, y: 0, width: 640, height: 360)
                #expect(try screenshot.contrast(of: window) > 0.1)
                #expect(try display.hasWindow(of: "peerwatch"))
            }
        }

        @Test("a dead Wayland display beside a live X display does no harm")
        func deadWayland() throws {
            let display = try Display()
            defer { display.close() }
            try Stage.run { stage in
                let peer = try stage.run(
                    ["play", Films.brief(1).path, "--bind", stage.address, "--events", "-"]
                        + ["--", "--ao=null"],
                    environment: ["DISPLAY": display.name, "WAYLAND_DISPLAY": "gone"])
                try peer.wait(for: "first-frame")
            }
        }

        @Test("an output the user chose is taken, and is not replaced where it fails")
        func chosen() throws {
            let display = try Display()
            defer { display.close() }
            try Stage.run { stage in
                let home = try stage.home(of: "sdl")
                let configuration = try home.mpvConfiguration("vo=sdl\nao=null\n")
                defer { try? FileManager.default.removeItem(at: configuration) }
                let socket = stage.directory.appending(path: "sdl.mpv").path
                let words = [
                    "play", try Films.brief(1).path, "--bind", stage.address, "--events", "-",
                    "--", "--input-ipc-server=\(socket)",
                ]
                let peer = try stage.run(
                    words, name: "sdl", socket: socket, environment: ["DISPLAY": display.name])
                try peer.wait(for: "first-frame")
                #expect(try MpvIPC(peer).get("current-vo") == "sdl")

                let failing = try stage.run(
                    ["play", Films.brief(1).path, "--bind", stage.address, "--no-config"]
                        + ["--", "--ao=null", "--vo=wlshm"],
                    environment: ["DISPLAY": display.name]
                ).outcome()
                #expect(
                    failing.complaints.last
                        == "peerwatch: mpv cannot open a window (vo=wlshm); choose another vo, "
                        + "or use --headless.")
                #expect(failing.status == 1)
            }
        }
    }
}

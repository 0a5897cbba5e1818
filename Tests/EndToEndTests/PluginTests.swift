// The mpv that people already have, with the plugin: it joins rooms, opens them and lives on.

import Foundation
import PartyModel
import Testing

extension EndToEnd {
    @Suite("A stock mpv")
    struct Plugin {
        @Test("a link joins; what one presses reaches the other; the film plays to its end")
        func link() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.short(.mp4)])
                let stock = try stage.stockMpv(["peerwatch://join/\(host.token)"])
                let (there, here) = (try MpvIPC(host), try MpvIPC(stock))
                try here.wait(for: "media-title", toBe: "short.mp4")
                try Self.expectRunning(here)

                try here.pause()
                try there.wait(for: "pause", toBe: true)
                try MpvIPC.expectSameFrame([here, there])
                try there.command("seek", 3, "absolute+exact")
                try MpvIPC.expectSameFrame([here, there], at: 3)
                try there.set("pause", to: false)
                try here.wait(for: "pause", toBe: false)
                try here.wait(for: "eof-reached", toBe: true)
                try host.wait(for: "end")

                try stage.quit(stock)
                try host.wait(for: "peer") {
                    $0.text("name") == "stock" && $0.text("state") == "left"
                }
            }
        }

        @Test("the token is in nothing that mpv writes when it is told to remember everything")
        func secrecy() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.long()])
                let token = try host.token
                let home = try stage.home(of: "stock")
                let memory = [
                    "--save-position-on-quit", "--write-filename-in-watch-later-config",
                    "--title=${path} ${filename}", "--term-playing-msg=${path}",
                    "--osd-playing-msg=${path}",
                ]
                let stock = try stage.stockMpv(memory + ["peerwatch://join/\(token)"])
                let player = try MpvIPC(stock)
                try Self.expectRunning(player)
                for property in ["path", "playlist", "title", "media-title", "stream-path"] {
                    let value = try player.get(property)
                    #expect(!"\(value)".contains(token), "\(property)")
                }
                // The one that is asked for by name keeps the film's address: no secret.
                try player.command("quit-watch-later")
                let outcome = try stock.outcome(within: Stage.timeToLeave)
                #expect(!outcome.output.contains { $0.contains(token) })
                let written = try Self.files(in: home.directory)
                #expect(written.contains { $0.contains("watch_later/") })
                for file in written {
                    let bytes = try Data(contentsOf: URL(filePath: file))
                    #expect(bytes.range(of: Data(token.utf8)) == nil, "\(file)")
                }
                for file in written where file.contains("watch_later/") {
                    try FileManager.default.removeItem(atPath: file)
                }
            }
        }

        @Test("a message joins; leaving brings back what was open, and the user's own settings")
        func message() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.long()])
                let own = try Films.short(.mkv).path
                let stock = try stage.stockMpv([own, "--pause", "--start=2", "--speed=1.25"])
                let player = try MpvIPC(stock)
                try player.wait(for: "time-pos") { $0.number.map { $0 >= 1.9 } ?? false }

                try player.command("script-message", "peerwatch", "join", .text(host.token))
                try player.wait(for: "media-title", toBe: "long.mkv")
                try Self.expectRunning(player)
                #expect(try player.get("options/keep-open") == "always")
                #expect(try player.get("options/access-references") == false)
                #expect(try player.get("speed") == 1)

                try Self.leave(player, of: stock)
                try player.wait(for: "path", toBe: .text(own))
                try player.wait(for: "time-pos") { $0.number.map { abs($0 - 2) < 0.1 } ?? false }
                #expect(try player.get("pause") == true)
                #expect(try player.get("speed") == 1.25)
                #expect(try player.get("options/keep-open") == false)
                #expect(try player.get("options/access-references") == true)
                #expect(try player.get("options/idle") == false)
                try stage.quit(stock)
            }
        }

        @Test("the playlist is there again after a room, with what was open in its place")
        func ownPlaylist() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.long()])
                let own = try [Films.short(.mkv), Films.short(.mp4), Films.short(.avi)].map(\.path)
                let stock = try stage.stockMpv(own + ["--pause", "--playlist-start=1"])
                let player = try MpvIPC(stock)
                try player.wait(for: "path", toBe: .text(own[1]))
                try player.command("script-message", "peerwatch", "join", .text(host.token))
                try Self.expectRunning(player)
                #expect(try player.get("playlist-count") == 1)

                try Self.leave(player, of: stock)
                try player.wait(for: "path", toBe: .text(own[1]))
                try player.wait(for: "playlist-pos", toBe: 1)
                try Self.expectPlaylist(own, in: player)
                try stage.quit(stock)
            }
        }

        @Test("a link in a playlist leaves the rest of it there")
        func linkAmongOthers() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.long()])
                let own = try [Films.short(.mkv), Films.short(.mp4)].map(\.path)
                let stock = try stage.stockMpv([
                    own[0], "peerwatch://join/\(host.token)", own[1], "--playlist-start=1",
                ])
                let player = try MpvIPC(stock)
                try Self.expectRunning(player)
                try Self.leave(player, of: stock)
                try player.wait(for: "playlist-count", toBe: 2)
                try player.wait(for: "idle-active", toBe: true)
                try Self.expectPlaylist(own, in: player)
                try stage.quit(stock)
            }
        }

        @Test("who is in a room opens none beside it, and stays")
        func playInRoom() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.long()])
                let stock = try stage.stockMpv(["peerwatch://join/\(host.token)"])
                let player = try MpvIPC(stock)
                try Self.expectRunning(player)
                try player.command("script-message", "peerwatch", "play")
                try stock.wait(
                    forPluginToSay: "You are in a room; leave it before you open one of your own.")
                try player.pause()
                try MpvIPC(host).wait(for: "pause", toBe: true)
                try stage.quit(stock)
            }
        }

        @Test("mpv stays when the room ends, and joins the next one")
        func endOfTheRoom() throws {
            try Stage.run { stage in
                let stock = try stage.stockMpv(["--idle"])
                let player = try MpvIPC(stock)
                for name in ["first", "second"] {
                    let host = try stage.host([Films.short(.mkv)], name: name)
                    try player.command("loadfile", .text("peerwatch://\(host.token)"))
                    try host.wait(for: "peer") {
                        $0.text("name") == "stock" && $0.text("state") == "joined"
                    }
                    try Self.expectRunning(player)
                    if name == "first" {
                        try Self.leave(player, of: stock)
                        try player.wait(for: "idle-active", toBe: true)
                    }
                }
                try stage.quit(stock)
            }
        }

        @Test("the film that is open is shared from where it is")
        func hosting() throws {
            try Stage.run { stage in
                let own = try Films.long().path
                let stock = try stage.stockMpv([own, "--start=20"])
                let player = try MpvIPC(stock)
                try player.wait(untilPast: 20.2)
                try player.command("script-message-to", "libpeerwatch_mpv", "play")
                let token = try stock.wait(forLine: "PeerWatch: Friends join with ")
                let guest = try stage.guest(token)
                let first = try guest.wait(for: "first-frame").number("position")
                #expect(try #require(first) > 20)
                try MpvIPC(guest).pause()
                try player.wait(for: "pause", toBe: true)

                try player.command("script-message", "peerwatch", "leave")
                try player.wait(for: "path", toBe: .text(own))
                try stage.quit(stock)
            }
        }

        @Test("it is installed by a link in mpv's own directory, and brings no second libmpv")
        func installed() throws {
            try Stage.run { stage in
                let home = try stage.home(of: "stock")
                let configuration = try #require(home.environment["XDG_CONFIG_HOME"])
                let scripts = URL(filePath: configuration).appending(path: "mpv/scripts")
                try FileManager.default.createDirectory(
                    at: scripts, withIntermediateDirectories: true)
                defer { try? FileManager.default.removeItem(at: scripts) }
                let link = scripts.appending(path: "peerwatch_mpv.so").path
                try FileManager.default.createSymbolicLink(
                    atPath: link, withDestinationPath: Stage.plugin)

                let host = try stage.host([Films.short(.mkv)])
                let stock = try stage.stockMpv(["--idle"], script: nil)
                let player = try MpvIPC(stock)
                try player.command(
                    "script-message-to", "peerwatch_mpv", "join", .text(host.token))
                try Self.expectRunning(player)
                let process = Int(try #require(try player.get("pid").number))
                let maps = try Tool.run(["cat", "/proc/\(process)/maps"])
                #expect(maps.contains("libpeerwatch_mpv.so"))
                #expect(!maps.contains("libmpv.so"))
                try stage.quit(stock)
                try FileManager.default.removeItem(at: scripts)
            }
        }

        @Test("a host that is not there is said, and mpv stays with what it had open")
        func noHost() throws {
            try Stage.run { stage in
                let token = try Token.nobodys.text
                let own = try Films.short(.mkv).path
                let stock = try stage.stockMpv([own, "--pause"])
                let player = try MpvIPC(stock)
                try player.wait(for: "path", toBe: .text(own))
                try player.command("script-message", "peerwatch", "join", .text(token))
                try stock.wait(forPluginToSay: "The host does not answer (")
                try player.wait(for: "path", toBe: .text(own))
                try stage.quit(stock)
            }
        }

        @Test("mpv quits at once while the host does not answer")
        func quitWhileJoining() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.short(.mkv)], command: "seed")
                let (link, token) = try stage.slowLink(to: host, bytesPerSecond: Films.longRate)
                link.stall()
                let stock = try stage.stockMpv(["peerwatch://join/\(token)"])
                try stock.wait(forPluginToSay: "Joining …")
                try stage.quit(stock)
            }
        }

        @Test("what is no token is said, and changes nothing")
        func badToken() throws {
            try Stage.run { stage in
                let own = try Films.short(.mkv).path
                let stock = try stage.stockMpv([own, "--pause"])
                let player = try MpvIPC(stock)
                try player.wait(for: "path", toBe: .text(own))
                try player.command("script-message", "peerwatch", "join", "pw_1Ahg9")
                try stock.wait(
                    forPluginToSay: "The token is cut off; copy it again, from pw_ to its last "
                        + "character.")
                #expect(try player.get("path") == .text(own))
                try stage.quit(stock)
            }
        }

        @Test("a film that is a playlist opens nothing")
        func playlist() throws {
            try Stage.run { stage in
                let secret = try Films.short(.mkv)
                let trap = stage.directory.appending(path: "film.m3u")
                try Data("#EXTM3U\n\(secret.path)\n".utf8).write(to: trap)
                let host = try stage.host([trap], command: "seed")
                let stock = try stage.stockMpv(["peerwatch://join/\(host.token)"])
                try stock.wait(forPluginToSay: "mpv cannot play film.m3u: ")
                let player = try MpvIPC(stock)
                try player.wait(for: "idle-active", toBe: true)
                #expect(try player.get("playlist") == .list([]))
                try stage.quit(stock)
            }
        }

        /// Waits until a film runs, and the room knows that it does.
        private static func expectRunning(_ player: MpvIPC) throws {
            try player.wait(for: "core-idle", toBe: false)
            let position = try player.wait(for: "time-pos") { $0.number != nil }.number ?? 0
            try player.wait(untilPast: position + 0.5)
        }

        private static func leave(_ player: MpvIPC, of stock: RunningPeerwatch) throws {
            try player.command("script-message", "peerwatch", "leave")
            try stock.wait(forPluginToSay: "You have left the room.")
        }

        private static func expectPlaylist(_ paths: [String], in player: MpvIPC) throws {
            for (index, path) in paths.enumerated() {
                #expect(try player.get("playlist/\(index)/filename") == .text(path), "\(index)")
            }
        }

        private static func files(in directory: URL) throws -> [String] {
            let names = try FileManager.default.subpathsOfDirectory(atPath: directory.path)
            return names.map { directory.appending(path: $0).path }.filter { path in
                var isDirectory = ObjCBool(false)
                return unsafe FileManager.default.fileExists(
                    atPath: path, isDirectory: &isDirectory) && !isDirectory.boolValue
            }
        }
    }
}

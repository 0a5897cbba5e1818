// Options that cannot be followed: ports, addresses, places to write to, displays, mpv's own.

import Foundation
import Testing

extension EndToEnd {
    @Suite("Options that cannot be followed")
    struct BadOptions {
        @Test("a port that was asked for is taken; one that was not is the next free one")
        func portInUse() throws {
            try Stage.run { stage in
                let film = try Films.brief(1)
                let first = try stage.host([film], name: "first", command: "seed")
                #expect(try first.port == 9876)
                try stage.expect(
                    ["seed", film.path, "--bind", stage.address, "--port", "9876"],
                    toSay:
                        "Port 9876 is in use by another program; choose another one with --port.",
                    status: 1)
                let second = try stage.host([film], name: "second", command: "seed")
                #expect(try second.port == 9877)
            }
        }

        @Test("a port that is none", arguments: ["0", "65536", "-1", "http"])
        func noPort(_ port: String) throws {
            try Stage.run { stage in
                try stage.expectMisuse(["seed", "film.mkv", "--port=\(port)"])
            }
        }

        @Test("an address of another machine to listen on")
        func foreignAddress() throws {
            try Stage.run { stage in
                try stage.expect(
                    ["seed", Films.brief(1).path, "--bind", "192.0.2.1"],
                    toSay: "Cannot listen on 192.0.2.1: the address is none of this machine's; "
                        + "choose another address with --bind.",
                    status: 1)
            }
        }

        @Test("an address that is none", arguments: ["--bind", "--advertise"])
        func noAddress(_ option: String) throws {
            try Stage.run { stage in
                try stage.expect(
                    ["seed", Films.brief(1).path, option, "my house:1"],
                    toSay: "my house:1 is no address; write HOST or HOST:PORT, IPv6 in brackets.",
                    status: 2)
            }
        }

        @Test("options that mpv does not take")
        func badMpvOptions() throws {
            try Stage.run { stage in
                let play = ["play", try Films.brief(1).path, "--bind", stage.address]
                // The reason is mpv's own.
                try stage.expect(
                    play + ["--", "--no-such-thing=1"],
                    toSay: "mpv does not take --no-such-thing=1: "
                        + "Error parsing option no-such-thing (option not found).",
                    status: 2)
                try stage.expect(
                    play + ["--", "film.mkv"],
                    toSay: "mpv does not take film.mkv: options are written --name=value, "
                        + "and films are named before the --.",
                    status: 2)
            }
        }

        @Test(
            "words that the command line does not know",
            arguments: [
                ["play", "film.mkv", "--no-such-option"], ["play"], ["join"],
                ["watch", "film.mkv"],
                ["play", "film.mkv", "--max-viewers", "0"],
                ["play", "film.mkv", "--control", "nobody"],
                ["seed", "film.mkv", "--wait", "some"],
                ["seed", "film.mkv", "--max-viewers", "65"],
                ["seed", "film.mkv", "--headless"],
            ])
        func misused(_ arguments: [String]) throws {
            try Stage.run { stage in try stage.expectMisuse(arguments) }
        }

        @Test("a place where events cannot be written")
        func events() throws {
            try Stage.run { stage in
                let path = stage.directory.appending(path: "nowhere/events").path
                try stage.expect(
                    ["seed", Films.brief(1).path, "--events", path],
                    toSay: "Events cannot be written to \(path): it cannot be opened.", status: 1)
            }
        }

        @Test("a directory for films that is a file, and one that may not be written")
        func outputDirectory() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.brief(1)], command: "seed")
                let join = ["join", try host.token, "--headless", "--bind", stage.address]
                let file = stage.directory.appending(path: "file")
                try Data([1]).write(to: file)
                try stage.expectAtLast(
                    join + ["--out", file.path],
                    toSay: "The directory \(file.path) cannot be used: not a directory.")
                let locked = try stage.makeDirectory("locked")
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o555], ofItemAtPath: locked.path)
                try stage.expectAtLast(
                    join + ["--out", locked.path],
                    toSay: "The directory \(locked.path) cannot be used: permission denied.",
                    wrapper: stage.powerless)
            }
        }
    }
}

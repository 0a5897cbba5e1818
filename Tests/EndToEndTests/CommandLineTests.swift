// The contract that scripts rely on: what stands on standard output, and the spellings of options.

import Foundation
import PartyModel
import Testing

extension EndToEnd {
    @Suite("Command line")
    struct CommandLineContract {
        @Test("standard output carries the token on a line of its own, and nothing else")
        func tokenAlone() throws {
            try Stage.run { stage in
                let host = try stage.run(
                    ["play", Films.short(.mkv).path, "--bind", stage.address, "--no-config"]
                        + ["--verbose", "--"] + Stage.silent,
                    name: "host")
                let token = try host.firstLine()
                let guest = try stage.run(
                    ["join", token, "--bind", stage.address, "--no-config", "--verbose", "--"]
                        + Stage.silent,
                    name: "guest")
                try host.wait(forSentence: "\(NSUserName()) is here.")
                try guest.wait(forSentence: "You are in.")
                for peer in [guest, host] { peer.signal(SIGINT) }
                #expect(try host.outcome().output == [token])
                #expect(try guest.outcome().output == [])
                #expect(try Token(reading: token).text == token)
            }
        }

        @Test("events go to a file as well, the token among them, as lines of JSON")
        func eventsInAFile() throws {
            try Stage.run { stage in
                let file = stage.directory.appending(path: "events")
                let host = try stage.run(
                    ["seed", Films.brief(1).path, "--bind", stage.address]
                        + ["--events", file.path],
                    name: "host")
                let token = try host.firstLine()
                host.signal(SIGINT)
                #expect(try host.outcome().status == 0)
                let events = try String(contentsOf: file, encoding: .utf8)
                    .split(separator: "\n").map { try Event(line: String($0)) }
                #expect(events.map(\.name) == ["listening", "item", "room", "state", "left"])
                #expect(events[2].text("token") == token)
                let times = events.compactMap { $0.number("t") }
                #expect(times == times.sorted())
            }
        }

        @Test("start means play, and single dashes are as good")
        func spellings() throws {
            try Stage.run { stage in
                let film = try Films.brief(1)
                let kept = try stage.makeDirectory("kept")
                let host = try stage.host([film], ["-port", "12345"], command: "start")
                #expect(try host.port == 12345)
                let guest = try stage.guest(host.token, ["-out", kept.path, "-port", "12346"])
                #expect(try guest.port == 12346)
                try guest.expectComplete(film, in: kept)
            }
        }

        @Test("addresses to advertise stand first in the token, with the port listened on")
        func advertised() throws {
            try Stage.run { stage in
                let host = try stage.host(
                    [Films.brief(1)],
                    ["--advertise", "films.example", "--advertise", "203.0.113.7:80"],
                    command: "seed")
                let expected = ["films.example:9876", "203.0.113.7:80", "\(stage.address):9876"]
                #expect(try Token(reading: host.token).addresses.map(\.description) == expected)
                let room = try host.wait(for: "room")
                #expect(room["addresses"] == .list(expected.map(JSON.text)))
            }
        }

        @Test("a film starts where the host's --start says, for everybody")
        func start() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.long()], mpv: Stage.silent + ["--start=0:30"])
                let guest = try stage.guest(host.token)
                for peer in [host, guest] {
                    let position = try #require(
                        try peer.wait(for: "first-frame").number("position"))
                    #expect(position > 29.9 && position < 40)
                }
            }
        }

        @Test("a name is shown to the others")
        func names() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.brief(1)], name: "Hanna", command: "seed")
                let guest = try stage.guest(host.token, ["--headless"], name: "Gus")
                #expect(try guest.wait(for: "joined").text("name") == "Gus")
                try guest.wait(for: "peer") { $0.text("name") == "Hanna" }
                try host.wait(for: "peer") { $0.text("name") == "Gus" }
            }
        }

        @Test("help and version are answers", arguments: ["--help", "--version"])
        func answers(_ option: String) throws {
            try Stage.run { stage in
                let outcome = try stage.run([option]).outcome()
                #expect(outcome.status == 0)
                #expect(!outcome.output.isEmpty)
                #expect(outcome.complaints == [])
            }
        }
    }
}

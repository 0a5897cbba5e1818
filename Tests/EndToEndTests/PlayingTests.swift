// A film from its start to its end, in every container, with one guest or with more.

import Foundation
import Testing

extension EndToEnd {
    @Suite("Playing")
    struct Playing {
        @Test(
            "a film plays to its end on both sides, and the guest has the very same file",
            arguments: Container.allCases)
        func toTheEnd(_ container: Container) throws {
            try Stage.run { stage in
                let film = try Films.short(container)
                let kept = try stage.makeDirectory("kept")
                let host = try stage.host([film])
                let guest = try stage.guest(host.token, ["--out", kept.path])
                for peer in [host, guest] {
                    let item = try peer.wait(for: "item")
                    #expect(item.text("name") == film.lastPathComponent)
                    try peer.wait(for: "first-frame")
                    let end = try peer.wait(for: "end")
                    #expect(end.number("index") == 0)
                }
                try guest.expectComplete(film, in: kept)
            }
        }

        @Test("several films play one after the other, for everybody")
        func oneAfterTheOther() throws {
            try Stage.run { stage in
                let films = try [Films.brief(1), Films.brief(2), Films.brief(3)]
                let kept = try stage.makeDirectory("kept")
                let host = try stage.host(films)
                let guest = try stage.guest(host.token, ["--out", kept.path])
                for peer in [host, guest] {
                    for (index, film) in films.enumerated() {
                        let item = try peer.wait(for: "item") {
                            $0.number("index") == Double(index)
                        }
                        #expect(item.text("name") == film.lastPathComponent)
                    }
                    try peer.wait(for: "end") { $0.number("index") == 2 }
                    #expect(peer.events.count { $0.name == "first-frame" } == 3)
                }
                for film in films {
                    let copy = kept.appending(path: film.lastPathComponent)
                    try guest.wait(for: "complete") { $0.text("path") == copy.path }
                    #expect(
                        FileManager.default.contentsEqual(atPath: film.path, andPath: copy.path))
                }
                // Whoever is there first takes everybody on to the next film.
                #expect(
                    [host, guest].contains { peer in
                        peer.events.contains { $0.name == "end" && $0.number("index") == 0 }
                    })
            }
        }

        @Test(
            "a seek beyond the end goes to the end, and on to the next film, for everybody",
            arguments: [true, false])
        func beyondTheEnd(isPaused: Bool) throws {
            try Stage.run { stage in
                let host = try stage.host([Films.short(.mkv), Films.brief(1)])
                let guest = try stage.guest(host.token)
                for peer in [host, guest] { try peer.wait(for: "first-frame") }
                let players = try [host, guest].map { try MpvIPC($0) }
                if isPaused {
                    try players[0].pause()
                    for player in players { try player.wait(for: "pause", toBe: true) }
                    // mpv knows one seek at a time: one in the very moment in which the guest is put on
                    // the host's frame would be lost in it.
                    try MpvIPC.expectSameFrame(players)
                }
                try players[1].command("seek", "3600")
                if isPaused {
                    let length = try #require(try players[0].get("duration").number)
                    for player in players { try player.wait(untilPast: length - 0.2) }
                    try players[0].command("set", "pause", "no")
                }
                for peer in [host, guest] {
                    try peer.wait(for: "end") { $0.number("index") == 0 }
                    try peer.wait(for: "end") { $0.number("index") == 1 }
                }
            }
        }

        @Test("three guests, one without a window, connect to each other and all get the film")
        func threeGuests() throws {
            try Stage.run { stage in
                let film = try Films.long()
                let host = try stage.host([film], command: "seed")
                let token = try host.token
                let names = ["ann", "bob", "cyd"]
                let guests = try names.map { name in
                    let kept = try stage.makeDirectory("\(name)-kept")
                    let options = ["--out", kept.path] + (name == "cyd" ? ["--headless"] : [])
                    return (try stage.guest(token, options, name: name), kept)
                }
                for (guest, kept) in guests {
                    for other in names + ["host"] where other != guest.name {
                        try guest.wait(for: "peer") {
                            $0.text("name") == other && $0.text("state") == "joined"
                                && $0.flag("direct") == true
                        }
                    }
                    try guest.expectComplete(film, in: kept)
                }
                for (guest, _) in guests.prefix(2) { try guest.wait(for: "first-frame") }
            }
        }
    }
}

extension RunningPeerwatch {
    /// Waits until a film is whole, and expects nothing but the very same file in `directory`.
    func expectComplete(
        _ film: URL, in directory: URL, within seconds: TimeInterval = patience
    ) throws {
        let complete = try wait(for: "complete", within: seconds)
        let size = Double(try film.fileSize)
        let copy = directory.appending(path: film.lastPathComponent)
        #expect(complete.number("bytes") == size)
        #expect(complete.received <= size)
        #expect(complete.text("path") == copy.path)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: directory.path)
                == [film.lastPathComponent])
        #expect(FileManager.default.contentsEqual(atPath: film.path, andPath: copy.path))
    }
}

extension Event {
    /// Of a finished film: the bytes that each of the others sent in this run.
    var sources: [String: Double] {
        fields["from"]?.fields.compactMapValues(\.number) ?? [:]
    }

    /// The same of all of them; no number where the event does not say.
    var received: Double { fields["from"] == nil ? .nan : sources.values.reduce(0, +) }
}

extension URL {
    /// Bytes of the file.
    var fileSize: Int {
        get throws { try #require(try resourceValues(forKeys: [.fileSizeKey]).fileSize) }
    }
}

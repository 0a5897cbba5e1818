// Several real processes, each behind a slow line of its own. `scripts/netlab` makes the lines, and runs
// these tests beside them; how long anything takes there is measured by `scripts/bench`.

import Foundation
import Testing

extension EndToEnd {
    @Suite("Over slow lines", .enabled(if: Lab.isHere, "scripts/netlab makes the lines"))
    struct SlowLines {
        /// A room whose host shares a film without watching, and four who want to keep it.
        private static func downloading(
            _ body: (Stage, URL, [(guest: RunningPeerwatch, kept: URL)]) throws -> Void
        ) throws {
            try Stage.run { stage in
                let film = try Films.long()
                let host = try stage.host([film], command: "seed", at: Lab.host)
                let token = try host.token
                let guests = try Lab.guests.enumerated().map { number, end in
                    let kept = try stage.makeDirectory("kept\(number)")
                    let options = ["--headless", "--out", kept.path]
                    return (try stage.guest(token, options, name: "guest\(number)", at: end), kept)
                }
                try body(stage, film, guests)
            }
        }

        /// Who a guest is to the others.
        private static func id(of guest: RunningPeerwatch) throws -> String {
            try #require(try guest.wait(for: "joined").text("peer"))
        }

        /// How many films' worth of film came from the host.
        private static func copies(of film: URL, to guests: [RunningPeerwatch]) throws -> Double {
            let ids = try guests.map(id)
            let sent = try guests.flatMap { guest in
                try guest.wait(for: "complete").sources.filter { !ids.contains($0.key) }.values
            }
            return sent.reduce(0, +) / Double(try film.fileSize)
        }

        @Test("a film reaches four guests whole, and leaves the host less than twice")
        func striped() throws {
            try Self.downloading { _, film, guests in
                for (guest, kept) in guests { try guest.expectComplete(film, in: kept) }
                // Whoever asks the host for everything makes it send four.
                #expect((1..<2).contains(try Self.copies(of: film, to: guests.map(\.guest))))
            }
        }

        @Test("two that cannot reach each other get the film all the same, and not all of it twice")
        func apart() throws {
            let (one, other) = (Lab.guests[0], Lab.guests[1])
            let route = ["ip", "route", "add", "blackhole", other.address]
            try Tool.run(one.prefix + route)
            defer {
                _ = try? Tool.run(
                    one.prefix + ["ip", "route", "delete", "blackhole", other.address])
            }
            try Self.downloading { _, film, guests in
                for (guest, kept) in guests { try guest.expectComplete(film, in: kept) }
                let sources = try guests[0].guest.wait(for: "complete").sources
                #expect(sources[try Self.id(of: guests[1].guest)] == nil)
                #expect((1..<2.5).contains(try Self.copies(of: film, to: guests.map(\.guest))))
            }
        }

        @Test("when one that passes film on is gone, the others complete it")
        func relayGone() throws {
            try Self.downloading { _, film, guests in
                let (first, others) = (guests[0].guest, guests.dropFirst())
                let name = try Self.id(of: first)
                for (guest, _) in others {
                    try guest.wait(for: "progress") { $0.number("have") ?? 0 > 1_000_000 }
                }
                try first.destroy()
                for (guest, kept) in others { try guest.expectComplete(film, in: kept) }
                // It had passed on its share.
                for (guest, _) in others {
                    #expect(try guest.wait(for: "complete").sources[name] ?? 0 > 0)
                }
            }
        }

        @Test("who comes in mid-film sees the key frame before the place first, then plays in step")
        func inMidFilm() throws {
            try Stage.run { stage in
                let began = 20.5
                let host = try stage.host(
                    [Films.long()], mpv: Stage.silent + ["--start=\(began)"], at: Lab.host)
                try host.wait(for: "first-frame")
                let token = try host.token
                let guests = try Lab.guests.prefix(2).enumerated().map { number, end in
                    try stage.guest(token, name: "guest\(number)", at: end)
                }
                for guest in guests {
                    let first = try guest.wait(for: "first-frame")
                    let position = try #require(first.number("position"))
                    // The film has a key frame each second.
                    let beyond = position.truncatingRemainder(dividingBy: 1)
                    #expect(position >= began.rounded(.down) && (beyond < 0.05 || beyond > 0.95))
                }
                for guest in guests {
                    // At most two frames off, which a trim makes up for.
                    try guest.wait(for: "sync") { event in
                        event.number("error_ms").map { abs($0) < 80 } ?? false
                    }
                }
                let players = try ([host] + guests).map { try MpvIPC($0) }
                try players[1].pause()
                for player in players { try player.wait(for: "pause", toBe: true) }
                try MpvIPC.expectSameFrame(players)
            }
        }
    }
}

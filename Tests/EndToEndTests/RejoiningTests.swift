// A guest that was killed comes back and keeps what it had.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Rejoining")
    struct Rejoining {
        @Test("a guest that was killed and joins again fetches only what it lacks")
        func killed() throws {
            try Stage.run { stage in
                let film = try Films.long()
                let kept = try stage.makeDirectory("kept")
                let host = try stage.host([film])
                let rate = 5 * Films.longRate
                let (link, slowToken) = try stage.slowLink(to: host, bytesPerSecond: rate)
                let options = ["--out", kept.path]
                let first = try stage.guest(slowToken, options, name: "first")
                let third = Double(try film.fileSize / 3)
                let progress = try first.wait(for: "progress") { $0.number("have") ?? 0 > third }
                try first.destroy()

                let second = try stage.guest(host.token, options, name: "second")
                try second.expectComplete(film, in: kept)
                let received = try second.wait(for: "complete").received
                let had = try #require(progress.number("have"))
                // The journal is written once a second, and what is checked again may come again first.
                let lost = Double(3 * rate)
                #expect(received <= Double(try film.fileSize) - had + lost)
                #expect(first.home.leftovers == [])
                withExtendedLifetime(link) {}
            }
        }
    }
}

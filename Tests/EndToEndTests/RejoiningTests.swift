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
                let (link, slowToken) = try stage.slowLink(
                    to: host, bytesPerSecond: 10 * Films.longRate)
                let options = ["--out", kept.path]
                let first = try stage.guest(slowToken, options, name: "first")
                let third = Double(try film.fileSize / 3)
                let progress = try first.wait(for: "progress") { $0.number("have") ?? 0 > third }
                try first.destroy()

                let second = try stage.guest(host.token, options, name: "second")
                try second.expectComplete(film, in: kept)
                let received = try second.wait(for: "complete").received
                let had = try #require(progress.number("have"))
                // What was on its way to the disk when it was killed does not count as kept.
                #expect(received <= Double(try film.fileSize) - had + 1_048_576)
                #expect(first.home.leftovers == [])
                withExtendedLifetime(link) {}
            }
        }
    }
}

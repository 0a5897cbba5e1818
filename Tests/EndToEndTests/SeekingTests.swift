// A seek to where the film has not come yet, over a line that needs its time for the film.

import Foundation
import Testing

extension EndToEnd {
    @Suite("Seeking")
    struct Seeking {
        @Test(
            "a seek into the part not downloaded yet plays on from there, for the room as well",
            arguments: [Container.mkv, .mp4])
        func ahead(_ container: Container) throws {
            try Stage.run { stage in
                let film = try Films.long(container)
                let host = try stage.host([film])
                // Three times what the film needs, and far from what its rest would need at once.
                let (link, token) = try stage.slowLink(
                    to: host, bytesPerSecond: 3 * Films.longRate)
                let guest = try stage.guest(token)
                try guest.wait(for: "first-frame")
                let player = try MpvIPC(guest)
                // It stands until the room comes by: a seek of its own may be under way until then.
                try player.wait(for: "pause", toBe: false)
                try player.wait(untilPast: 0.5)

                let target = 0.75 * Double(Films.longSeconds)
                let have = guest.events.last { $0.name == "progress" }?.number("have") ?? 0
                #expect(have < 0.5 * Double(try film.fileSize))
                try player.command("seek", .number(target), "absolute")
                try player.wait(untilPast: target + 1)
                try MpvIPC(host).wait(untilPast: target + 1)
                let seek = try host.wait(for: "state") { $0.text("by") == "guest" }
                #expect(abs((seek.number("position") ?? 0) - target) < 1)
                #expect(!guest.events.contains { $0.name == "complete" })
                withExtendedLifetime(link) {}
            }
        }
    }
}

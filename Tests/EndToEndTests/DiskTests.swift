// Disks: one that fills up, and a film that changes under the room.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Disks")
    struct Disks {
        @Test(
            "a full disk pauses the download, is told, and holds nobody up once there is room again",
            .enabled(if: SmallDisk.isAllowed, "only root may mount a small disk"))
        func full() throws {
            try Stage.run { stage in
                let film = try Films.long()
                let size = try film.fileSize
                let disk = try SmallDisk(at: stage.makeDirectory("disk"), bytes: size + size / 2)
                defer { disk.close() }
                let ballast = disk.directory.appending(path: "ballast")
                try Data(count: size).write(to: ballast)
                let kept = disk.directory.appending(path: "kept")

                let host = try stage.host([film], command: "seed")
                let guest = try stage.guest(host.token, ["--headless", "--out", kept.path])
                let error = try guest.wait(for: "error")
                #expect(error.text("code") == "disk-full")
                let sentence = try #require(error.text("message"))
                #expect(sentence.hasPrefix("The disk that holds \(kept.path)/"))
                #expect(
                    sentence.hasSuffix(
                        " is full; the download waits until there is room again."))
                try guest.wait(forSentence: sentence)
                #expect(!guest.events.contains { $0.name == "complete" })

                try FileManager.default.removeItem(at: ballast)
                try guest.expectComplete(film, in: kept)
                try stage.leave(guest, by: SIGINT)
            }
        }

        @Test("a film that changes while it is shared ends the room, and everybody is told why")
        func changed() throws {
            try Stage.run { stage in
                let film = stage.directory.appending(path: "film.mkv")
                try FileManager.default.copyItem(at: Films.long(), to: film)
                let host = try stage.host([film])
                let (link, token) = try stage.slowLink(
                    to: host, bytesPerSecond: 2 * Films.longRate)
                let guest = try stage.guest(token)
                try guest.wait(for: "first-frame")

                let file = try FileHandle(forWritingTo: film)
                try file.seek(toOffset: UInt64(film.fileSize / 2))
                try file.write(contentsOf: Data("another film".utf8))
                try file.close()

                let why =
                    "film.mkv changed while it was shared, so the room had to stop; "
                    + "start it again."
                for (peer, sentence, code) in [
                    (host, why, "film-changed"),
                    (guest, "The room has ended: \(why)", "room-closed"),
                ] {
                    let outcome = try peer.outcome()
                    #expect(outcome.status == 1)
                    #expect(outcome.complaints.last == "peerwatch: " + sentence)
                    // Who hangs up because of it is not somebody to dial again.
                    #expect(!outcome.complaints.contains { $0.contains("cannot be reached") })
                    let error = try peer.wait(for: "error")
                    #expect(error.text("code") == code)
                    #expect(error.text("message") == sentence)
                    #expect(peer.events.last?.name == "left")
                    #expect(peer.events.last?.text("reason") == code)
                }
                withExtendedLifetime(link) {}
            }
        }
    }
}

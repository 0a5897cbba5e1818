import Foundation
import PartyModel
import Testing

@testable import MpvPlayer

@Suite("A film in mpv", .serialized)
struct PlaybackTests {
    @Test(
        "plays from its stream to its end",
        arguments: ["mkv", "mp4 with its index at the end"])
    func playsToTheEnd(_ kind: String) throws {
        let bytes = kind == "mkv" ? SampleFilms.matroska : SampleFilms.mp4IndexLast
        let item = try ItemID.sample(1)
        try Screening.run([item: MemoryFilm(bytes)]) { screening in
            screening.player.setSpeed(PlaybackSpeed(factor: 4))
            screening.player.load(item, title: "Short", startingAt: .start, paused: false)
            let journal = screening.journal
            try journal.wait(for: .fileLoaded(item))
            try journal.wait(for: .playbackRestarted)
            try journal.wait(for: .speed(PlaybackSpeed(factor: 4)))
            let end = try journal.wait(for: .endOfFilm(true))
            let positions = journal.events[..<end].compactMap { event in
                if case .position(let position) = event { position.seconds } else { nil }
            }
            let last = try #require(positions.last)
            #expect((2.8...3.2).contains(last))
            #expect(!journal.events.contains(.paused(true)))
            #expect(screening.player.snapshot()?.audioPosition == nil)
        }
    }

    @Test("starts where it is told, paused, and seeks to the very place")
    func startsAndSeeks() throws {
        let item = try ItemID.sample(2)
        try Screening.run([item: MemoryFilm(SampleFilms.long)]) { screening in
            let player = screening.player
            player.load(
                item, title: "A \"title\" with, signs ${=path}",
                startingAt: MediaPosition(seconds: 12.5), paused: true)
            let loaded = try screening.journal.wait(for: .playbackRestarted)
            let first = try #require(player.snapshot())
            #expect(first.isPaused)
            #expect((12.45...12.6).contains(try #require(first.framePosition).seconds))
            #expect(first.speed == .normal)
            #expect(first.frameDuration == .nanoseconds(41_666_666))
            #expect(!first.passesAudioThrough)
            let title = player.handle.command(
                .command("expand-text", PlayerConfiguration().windowTitle))
            #expect(title == .string("A \"title\" with, signs ${=path} – PeerWatch"))

            player.seek(to: MediaPosition(seconds: 31.25))
            let sought = try screening.journal.wait(for: .seeking, after: loaded)
            try screening.journal.wait(for: .playbackRestarted, after: sought)
            let second = try #require(player.snapshot())
            #expect((31.2...31.35).contains(try #require(second.framePosition).seconds))
            #expect(second.isPaused)
        }
    }

    @Test("opened at a key frame, it seeks exactly all the same")
    func opensAtAKeyFrame() throws {
        let item = try ItemID.sample(2)
        try Screening.run([item: MemoryFilm(SampleFilms.long)]) { screening in
            let player = screening.player
            player.load(
                item, title: "Long", startingAt: MediaPosition(seconds: 12.5), exactly: false,
                paused: true)
            let loaded = try screening.journal.wait(for: .playbackRestarted)
            let shown = try #require(player.snapshot()?.framePosition).seconds
            #expect((12..<12.1).contains(shown))
            try screening.wait(for: "exact seeks") { screening.option("hr-seek") == "yes" }
            // As a key of the user's does.
            _ = player.handle.command(.command("seek", "31.25", "absolute"))
            try screening.journal.wait(for: .playbackRestarted, after: loaded)
            let sought = try #require(player.snapshot()?.framePosition).seconds
            #expect((31.2...31.35).contains(sought))
        }
    }

    @Test("tells one consistent position while it plays")
    func snapshotsAreConsistent() throws {
        let item = try ItemID.sample(3)
        try Screening.run([item: MemoryFilm(SampleFilms.long)]) { screening in
            let player = screening.player
            player.load(item, title: "Long", startingAt: .start, paused: false)
            let playing = try screening.journal.wait(for: .playbackRestarted)
            try screening.watch(frames: 12, after: playing)
            let first = try #require(player.snapshot())
            try screening.watch(frames: 24, after: screening.journal.events.count)
            let last = try #require(player.snapshot())
            let elapsed = (last.takenAt - first.takenAt).inSeconds
            let moved =
                try #require(last.audioPosition).seconds
                - #require(first.audioPosition).seconds
            #expect(abs(moved - elapsed) < 0.25)
            #expect(!last.isPaused && !last.isBuffering && last.speed == .normal)
            let frame = try #require(last.framePosition).seconds
            #expect(abs(frame - (try #require(last.audioPosition).seconds)) < 0.5)
            #expect(last.buffered > .zero)
        }
    }

    @Test("tells who paused it, by key or by call")
    func tellsPause() throws {
        let item = try ItemID.sample(4)
        try Screening.run([item: MemoryFilm(SampleFilms.long)]) { screening in
            let journal = screening.journal
            screening.player.load(item, title: "Long", startingAt: .start, paused: false)
            try journal.wait(for: .playbackRestarted)
            _ = screening.player.handle.command(.command("keypress", "SPACE"))
            let paused = try journal.wait(for: .paused(true))
            screening.player.setPaused(false)
            try journal.wait(for: .paused(false), after: paused)
        }
    }

    @Test("that does not exist fails by name")
    func missingFilm() throws {
        let item = try ItemID.sample(5)
        try Screening.run([:], expecting: ["peerwatch://"]) { screening in
            screening.player.load(item, title: "None", startingAt: .start, paused: false)
            try screening.journal.wait(for: .failed(item, reason: "loading failed"))
        }
    }

    @Test("that is none of the room's is told with its address")
    func foreignFile() throws {
        #expect(!SampleFilms.matroska.isEmpty)
        let path = SampleFilms.directory.appending(path: "short.mkv").path
        try Screening.run([:]) { screening in
            screening.player.handle.commandAsync(.command("loadfile", path), for: .load)
            try screening.journal.wait(for: .foreignFile(path))
            try screening.journal.wait(for: .playbackRestarted)
            #expect(
                !screening.journal.events.contains { event in
                    if case .fileLoaded = event { true } else { false }
                })
        }
    }

    @Test("ends when the viewer quits, and nothing follows")
    func quits() throws {
        try Screening.run([:]) { screening in
            screening.player.quit()
            try screening.journal.wait(for: .quit)
            screening.player.setSpeed(.normal)
            _ = screening.player.snapshot()
            screening.player.terminate()
            #expect(screening.journal.events.last == .quit)
            #expect(screening.player.snapshot() == nil)
            screening.player.setPaused(true)
            screening.player.terminate()
        }
    }
}

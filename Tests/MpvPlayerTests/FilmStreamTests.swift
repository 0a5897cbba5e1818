import Foundation
import PartyModel
import Testing

@testable import MpvPlayer

@Suite("A stream whose bytes are not there", .serialized)
struct FilmStreamTests {
    /// Where the long film is cut: within the first 15 s, which mpv reads ahead at once.
    static let hole: Range<Int64> = 1_000_000..<4_000_000

    @Test("does not hold up the end of the player", arguments: [0, Self.hole.lowerBound])
    func terminatesWhileBlocked(_ start: Int64) throws {
        let item = try ItemID.sample(1)
        var film: MemoryFilm? = MemoryFilm(SampleFilms.long, withheld: start..<Int64.max)
        weak let released = film
        try {
            let film = try #require(film)
            try Screening.run([item: film]) { screening in
                screening.player.load(item, title: "Stuck", startingAt: .start, paused: false)
                try film.wait(for: "blocked read") { $0.blockedAt == start }
                let streams = screening.player.streams
                #expect(FilmStreamRegistry.openCount(of: streams) == 1)
                screening.player.terminate()
                #expect(film.state.cancels > 0)
                #expect(film.state.blockedAt == nil)
                #expect(FilmStreamRegistry.openCount(of: streams) == 0)
            }
        }()
        film = nil
        #expect(released == nil)
    }

    @Test("lets a seek through to where bytes are", arguments: ["mkv", "mp4"])
    func seeksPastTheHole(_ kind: String) throws {
        let item = try ItemID.sample(2)
        let bytes = kind == "mkv" ? SampleFilms.long : SampleFilms.longMp4
        let film = MemoryFilm(bytes, withheld: Self.hole)
        try Screening.run([item: film]) { screening in
            let journal = screening.journal
            screening.player.load(item, title: "Holed", startingAt: .start, paused: false)
            let playing = try journal.wait(for: .playbackRestarted)
            try film.waitForOldRead { $0 == Self.hole.lowerBound }
            screening.player.seek(to: MediaPosition(seconds: 50))
            let sought = try journal.wait(for: .seeking, after: playing)
            try journal.wait(for: .playbackRestarted, after: sought)
            let position = try #require(screening.player.snapshot()?.framePosition)
            #expect((49.9...51).contains(position.seconds))
            #expect(!journal.events.contains(.endOfFilm(true)))
            #expect(film.state.cancels == 0)
        }
    }

    @Test("is not ended by a seek to what mpv still holds", arguments: ["mkv", "mp4"])
    func seeksInsideTheCache(_ kind: String) throws {
        let item = try ItemID.sample(4)
        let bytes = kind == "mkv" ? SampleFilms.long : SampleFilms.longMp4
        let film = MemoryFilm(bytes, withheld: Self.hole)
        try Screening.run([item: film]) { screening in
            let journal = screening.journal
            screening.player.load(item, title: "Holed", startingAt: .start, paused: false)
            let playing = try journal.wait(for: .playbackRestarted)
            try film.waitForOldRead { $0 == Self.hole.lowerBound }
            screening.player.seek(to: MediaPosition(seconds: 1))
            let sought = try journal.wait(for: .seeking, after: playing)
            try journal.wait(for: .playbackRestarted, after: sought)
            #expect(film.state.blockedAt == Self.hole.lowerBound)
            film.release()
            screening.player.setSpeed(PlaybackSpeed(factor: 16))
            try journal.wait(for: "position behind the hole") { event in
                if case .position(let position) = event { position.seconds > 30 } else { false }
            }
            #expect(!journal.events.contains(.endOfFilm(true)))
        }
    }

    @Test("lets the last of many seeks through")
    func seeksAgainAndAgain() throws {
        let item = try ItemID.sample(5)
        let film = MemoryFilm(SampleFilms.long, withheld: Self.hole)
        try Screening.run([item: film]) { screening in
            let journal = screening.journal
            screening.player.load(item, title: "Holed", startingAt: .start, paused: false)
            var seen = try journal.wait(for: .playbackRestarted)
            for seconds in [12.0, 13, 14, 15, 50] {
                try film.waitForOldRead(Self.hole.contains)
                screening.player.seek(to: MediaPosition(seconds: seconds))
                seen = try journal.wait(for: .seeking, after: seen)
            }
            try journal.wait(for: .playbackRestarted, after: seen)
            let position = try #require(screening.player.snapshot()?.framePosition)
            #expect((49.9...51).contains(position.seconds))
            #expect(!journal.events.contains(.endOfFilm(true)))
        }
    }

    @Test("plays on when the bytes come")
    func resumes() throws {
        let item = try ItemID.sample(3)
        let film = MemoryFilm(SampleFilms.long, withheld: Self.hole)
        try Screening.run([item: film]) { screening in
            let journal = screening.journal
            screening.player.load(
                item, title: "Holed", startingAt: MediaPosition(seconds: 4), paused: false)
            try journal.wait(for: .playbackRestarted)
            let dry = try journal.wait(for: .bufferingForCache(true))
            #expect(screening.player.snapshot()?.isBuffering == true)
            #expect(!journal.events.contains(.paused(true)))
            film.release()
            try journal.wait(for: .bufferingForCache(false), after: dry)
            #expect(!journal.events.contains(.endOfFilm(true)))
        }
    }

    @Test("takes an interrupt meant for an earlier read for none")
    func retriesAfterStrayInterrupt() throws {
        let film = MemoryFilm(Array(repeating: 7, count: 100), withheld: 10..<20)
        let stream = FilmStream(film, owner: FilmStreams(Films(films: [:])))
        #expect(stream.seek(to: 15) == 15)
        let answer = EventJournal()
        Thread.detachNewThread {
            var bytes = [UInt8](repeating: 0, count: 64)
            let count = unsafe bytes.withUnsafeMutableBytes { unsafe stream.read(into: $0) }
            answer.record(.scriptMessage(["\(count)", "\(bytes[0])"]))
        }
        try film.wait(for: "blocked read") { $0.blockedAt == 15 }
        film.interrupt()
        try film.wait(for: "second try") { $0.readOffsets == [15, 15] }
        film.release()
        try answer.wait(for: .scriptMessage(["64", "7"]))
    }

    @Test("tells mpv what became of a read")
    func readResults() {
        let film = MemoryFilm(Array(0..<100))
        let stream = FilmStream(film, owner: FilmStreams(Films(films: [:])))
        var bytes = [UInt8](repeating: 0, count: 60)
        let read = { unsafe bytes.withUnsafeMutableBytes { unsafe stream.read(into: $0) } }
        #expect(stream.size == 100)
        #expect(read() == 60)
        #expect(read() == 40)
        #expect(read() == 0)
        #expect(stream.seek(to: -1) < 0)
        #expect(stream.seek(to: 98) == 98)
        #expect(read() == 2)
        stream.cancel()
        #expect(stream.seek(to: 0) == 0)
        #expect(read() == -1)
    }

    @Test("names items by address, and nothing else")
    func addresses() throws {
        let item = try ItemID.sample(0xAB)
        let address = FilmStreams.address(of: item)
        #expect(address == "peerwatch://" + String(repeating: "ab", count: 16))
        #expect(FilmStreams.item(at: address) == item)
        #expect(FilmStreams.item(at: "peerwatch://ab") == nil)
        #expect(FilmStreams.item(at: "http://" + address) == nil)
    }
}

import PartyModel
import Testing

@testable import MpvPlayer

@Suite("What a player reads that opens a film", .serialized)
struct OpeningProbeTests {
    private static let blockSize = Int64(ChunkGeometry.blockSize)

    /// Whole blocks, as films come.
    private func blocks(_ read: Range<Int64>) -> Range<Int64> {
        let size = Self.blockSize
        return read.lowerBound / size * size..<(read.upperBound + size - 1) / size * size
    }

    @Test(
        "is little, and all that a player needs for a picture there",
        arguments: ["mkv", "mp4"], [0.0, 20.5])
    func enough(_ kind: String, _ seconds: Double) throws {
        let item = try ItemID.sample(9)
        let bytes = kind == "mkv" ? SampleFilms.long : SampleFilms.longMp4
        let position = MediaPosition(seconds: seconds)
        let reads = try OpeningProbe(Films(films: [item: MemoryFilm(bytes)]))
            .reads(of: item, openedAt: .position(position), exactly: false)
        let there = reads.map(blocks).sorted { $0.lowerBound < $1.lowerBound }
        #expect(there.map { $0.upperBound - $0.lowerBound }.reduce(0, +) <= 8 * Self.blockSize)

        let film = MemoryFilm(bytes)
        var end: Int64 = 0
        for range in there {
            if range.lowerBound > end { film.withhold(end..<range.lowerBound) }
            end = max(end, range.upperBound)
        }
        film.withhold(end..<Int64.max)
        try Screening.run([item: film]) { screening in
            screening.player.load(
                item, title: "Holed", startingAt: position, exactly: false, paused: true)
            try screening.journal.wait(for: .playbackRestarted)
            let shown = try #require(screening.player.snapshot()?.framePosition).seconds
            // A key frame each second, and the one before is shown.
            #expect((seconds - 1...seconds + 0.05).contains(shown))
        }
    }

    @Test("goes as far as the picture itself where it has to be that one")
    func exactly() throws {
        let item = try ItemID.sample(9)
        let reads = try [false, true].map { isExact in
            try OpeningProbe(Films(films: [item: MemoryFilm(SampleFilms.long)]))
                .reads(
                    of: item, openedAt: .position(MediaPosition(seconds: 20.9)), exactly: isExact)
        }
        // Head and index are the same, and the place begins at the same key frame.
        #expect(reads[0].dropLast() == reads[1].dropLast())
        let places = reads.compactMap(\.last)
        #expect(places[0].lowerBound == places[1].lowerBound)
        #expect(places[0].upperBound < places[1].upperBound)
    }

    @Test("is looked for at hundredths of the film, too")
    func percent() throws {
        let item = try ItemID.sample(9)
        let places = [OpeningProbe.Place.percent(50), .position(MediaPosition(seconds: 29.5))]
        let reads = try places.map {
            try OpeningProbe(Films(films: [item: MemoryFilm(SampleFilms.long)]))
                .reads(of: item, openedAt: $0, exactly: false)
        }
        #expect(reads[0] == reads[1])
        #expect(reads[0].count == 3)
    }

    @Test("is nothing where there is no film")
    func noFilm() throws {
        let item = try ItemID.sample(9)
        let noise = MemoryFilm(Array(repeating: 7, count: 100_000))
        for films in [[:], [item: noise]] {
            let reads = try OpeningProbe(Films(films: films))
                .reads(of: item, openedAt: .position(.start), exactly: true)
            #expect(reads.isEmpty)
        }
    }
}

import PartyModel
import Testing

@testable import PartyRuntime

@Suite("What a guest's player will read first")
struct PrefetchRecorderTests {
    private func item(_ name: String, size: Int64) throws -> PlaylistItem {
        PlaylistItem(
            id: ItemID(.random()), name: name, geometry: try #require(ChunkGeometry(size: size)))
    }

    @Test("is what the host's did, in few ranges that weigh little")
    func ranges() throws {
        var recorder = PrefetchRecorder()
        let item = ItemID(.random())
        for read: Range<Int64> in [0..<65_536, 65_536..<300_000, 9_000_000..<9_000_500, 0..<0] {
            recorder.note(read)
        }
        #expect(recorder.ranges == [0..<300_000, 9_000_000..<9_000_500])
        let hint = recorder.hint(for: item)
        #expect(hint.map(\.offset) == [0, 9_000_000])
        #expect(hint.map(\.length) == [PrefetchRecorder.bytesPerRange, 500])
        #expect(hint.allSatisfy { $0.item == item })
    }

    @Test(
        "is the index at the end, too, of a Matroska film that is joined late",
        arguments: [
            ("film.mkv", 1_000_000, 967_232..<1_000_000), ("Film.WebM", 1_000, 0..<1_000),
            ("film.mp4", 1_000_000, nil), ("mkv", 1_000_000, nil), ("film.mkv.avi", 1_000, nil),
        ] as [(String, Int64, Range<Int64>?)])
    func lateIndex(name: String, size: Int64, range: Range<Int64>?) throws {
        #expect(PrefetchRecorder.lateIndex(of: try item(name, size: size)) == range)
    }
}

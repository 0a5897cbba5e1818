import Foundation
import PartyModel
import Testing

@testable import MpvPlayer

@Suite("What a player reads that opens a film", .serialized)
struct OpeningProbeTests {
    @Test("x", arguments: ["32s-4mbit-film.mkv","60s-4mbit-index-at-end.mp4","60s-4mbit-faststart.mp4","60s-4mbit-film.webm","60s-4mbit-film.avi"])
    func probe(_ kind: String) throws {
        let item = try ItemID.sample(9)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "/work/main/.build-release/bench-films/\(kind)")))
        for at in [0.0, 20, 20, 31.3] {
        let film = MemoryFilm(bytes)
            let t = MonotonicInstant.now()
            let reads = try OpeningProbe(Films(films: [item: film])).reads(of: item, openedAt: MediaPosition(seconds: at), exactly: false)
            print(kind, at, reads.map { (Double($0.lowerBound)/65536, Double($0.upperBound)/65536) }, (MonotonicInstant.now() - t).inSeconds)
        }
    }
}

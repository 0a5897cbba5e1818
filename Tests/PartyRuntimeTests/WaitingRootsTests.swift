import PartyModel
import Testing

@testable import PartyRuntime

@Suite("Roots of a film that is not open yet")
struct WaitingRootsTests {
    private let item = ItemID(.random())

    private func list(from chunk: UInt32, of item: ItemID) throws -> Signed<RootList> {
        let root = ChunkRoot(try #require(Bytes32([UInt8](repeating: 7, count: 32))))
        let signature = try #require(Signature([UInt8](repeating: 0, count: 64)))
        let entry = RootList.Entry(chunk: chunk, root: root)
        return Signed(content: RootList(item: item, entries: [entry]), signature: signature)
    }

    private func playlist(of items: [ItemID]) throws -> Playlist {
        let geometry = try #require(ChunkGeometry(size: 1_000_000))
        let films = items.map { PlaylistItem(id: $0, name: "film.mkv", geometry: geometry) }
        return Playlist(version: 1, items: films)
    }

    @Test("wait for the playlist as for the film, and come in their order, once")
    func order() throws {
        var waiting = WaitingRoots()
        #expect(waiting.hasPlace(for: item, of: nil))
        let lists = [try list(from: 3, of: item), try list(from: 0, of: item)]
        for list in lists { waiting.keep(list) }
        #expect(waiting.hasPlace(for: item, of: try playlist(of: [item])))
        #expect(waiting.take(of: item) == lists)
        #expect(waiting.take(of: item).isEmpty)
    }

    @Test("are of no use where the playlist does not have the film")
    func unknown() throws {
        let waiting = WaitingRoots()
        #expect(!waiting.hasPlace(for: item, of: try playlist(of: [ItemID(.random())])))
    }

    @Test("are limited for each film, so that none takes the place of another's")
    func limit() throws {
        var waiting = WaitingRoots()
        let other = ItemID(.random())
        for chunk in 0..<UInt32(WaitingRoots.listsKept) {
            #expect(waiting.hasPlace(for: item, of: nil))
            waiting.keep(try list(from: chunk, of: item))
        }
        #expect(!waiting.hasPlace(for: item, of: nil))
        waiting.keep(try list(from: 9_999, of: item))
        #expect(waiting.hasPlace(for: other, of: nil))
        #expect(waiting.take(of: item).count == WaitingRoots.listsKept)
    }
}

import Foundation
import NIOCore
import PartyModel
import Testing

@testable import FilmStore

@Suite("Host's film")
struct HostFilmTests {
    static let size = 2 * ChunkGeometry.chunkSize + ChunkGeometry.blockSize + 1_000

    @Test("bytes, leaves and roots are those of the file")
    func reading() throws {
        let place = try TemporaryDirectory()
        let sample = try SampleFilm(size: Self.size)
        let film = try HostFilm(
            path: place.write(sample.bytes, as: "film.mkv"), item: sample.item.id, hashes: nil)
        #expect(film.name == "film.mkv")
        #expect(film.geometry == sample.geometry)
        for block in sample.geometry.blocks.reversed() {
            let stored = try film.read(block)
            #expect(stored.block == block)
            #expect(stored.bytes == sample.bytes(of: block))
            #expect(stored.leaves == (try sample.leaves(of: block.chunk)))
            #expect(stored.root == (try sample.root(of: block.chunk)))
            #expect(try film.root(of: block.chunk) == stored.root)
        }
    }

    @Test("what was read for a hash is sent without reading it again, once")
    func fresh() throws {
        let place = try TemporaryDirectory()
        let sample = try SampleFilm(size: Self.size)
        let film = try HostFilm(
            path: place.write(sample.bytes, as: "film.mkv"), item: sample.item.id, hashes: nil)
        let first = try sample.chunk(0)
        let block = try #require(sample.geometry.blocks(of: first).first)
        #expect(film.fresh(block) == nil)
        _ = try film.root(of: sample.chunk(1))
        #expect(
            sample.geometry.blocks(of: try sample.chunk(1)).allSatisfy { film.fresh($0) == nil })
        _ = try film.root(of: first, toBeSent: true)
        let stored = try #require(film.fresh(block))
        #expect(stored == (try film.read(block)))
        #expect(film.fresh(block) == nil)
    }

    @Test("keeps only so much of what was read for a hash")
    func freshIsBounded() throws {
        let place = try TemporaryDirectory()
        let sample = try SampleFilm(
            size: (FreshBlocks.capacity + 8) * ChunkGeometry.blockSize)
        let film = try HostFilm(
            path: place.write(sample.bytes, as: "film.mkv"), item: sample.item.id, hashes: nil)
        for number in 0..<sample.geometry.chunkCount {
            _ = try film.root(of: sample.chunk(number), toBeSent: true)
        }
        let kept = sample.geometry.blocks.filter { film.fresh($0) != nil }
        #expect(kept.map(\.number) == (8..<UInt32(FreshBlocks.capacity + 8)).map { $0 })
    }

    @Test("roots are the published ones")
    func publishedRoots() throws {
        let place = try TemporaryDirectory()
        let sample = try SampleFilm(size: 512 * 1_024 + 65_536 + 1_000)
        let film = try HostFilm(
            path: place.write(sample.bytes, as: "film.mkv"), item: sample.item.id, hashes: nil)
        let roots = try [0, 1].map { try film.root(of: sample.chunk($0)).raw.bytes.hexadecimal }
        #expect(
            roots == [
                "0be3c242239c3885efc5d32938add09162a61938383342297b4d998890179dee",
                "b22616681a297e27a0e22f56190d0fdcf2445b9102e5411f3874963b0bf2b1ef",
            ])
    }

    @Test(
        "opening reads nothing: a film of a terabyte is open at once and hashed where it is wanted")
    func lazy() throws {
        let place = try TemporaryDirectory()
        let path = try place.write([], as: "huge.mkv")
        try RawFile(path, for: .updating).resize(to: 1 << 40)
        let item = try SampleFilm(size: 1).item.id
        let film = try HostFilm(path: path, item: item, hashes: nil)
        let last = try #require(film.geometry.block(at: film.geometry.blockCount - 1))
        #expect(try film.read(last).bytes.readableBytes == ChunkGeometry.blockSize)
        #expect(try film.root(of: last.chunk) == film.read(last).root)
    }

    @Test("many threads that want the same chunks get the same hashes")
    func threads() async throws {
        let place = try TemporaryDirectory()
        let sample = try SampleFilm(size: Self.size)
        let film = try HostFilm(
            path: place.write(sample.bytes, as: "film.mkv"), item: sample.item.id, hashes: nil)
        let blocks = (0..<8).flatMap { _ in sample.geometry.blocks }
        let stored = try await withThrowingTaskGroup(of: StoredBlock.self) { group in
            for block in blocks { group.addTask { try film.read(block) } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(stored.count == sample.geometry.blockCount)
        for block in stored {
            #expect(block.bytes == sample.bytes(of: block.block))
            #expect(block.root == (try sample.root(of: block.block.chunk)))
        }
    }

    enum Change: CaseIterable { case rewritten, longer, shorter }

    @Test("a film that changes while it is shared is noticed", arguments: Change.allCases)
    func change(_ change: Change) throws {
        let place = try TemporaryDirectory()
        let sample = try SampleFilm(size: Self.size)
        let path = try place.write(sample.bytes, as: "film.mkv")
        // The modification below must have a time of its own, however coarse the clock is.
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: path)
        let film = try HostFilm(path: path, item: sample.item.id, hashes: nil)
        _ = try film.read(sample.block(0))
        let file = try RawFile(path, for: .updating)
        switch change {
        case .rewritten: try file.write([1, 2, 3], at: 100)
        case .longer: try file.write([1], at: Int64(Self.size))
        case .shorter: try file.resize(to: Int64(Self.size - 1))
        }
        for number in [0, sample.geometry.blockCount - 1] {
            #expect(throws: PartyError.filmChanged(name: "film.mkv")) {
                try film.read(sample.block(number))
            }
        }
        #expect(throws: PartyError.filmChanged(name: "film.mkv")) {
            try film.root(of: sample.chunk(1))
        }
    }

    @Test("a film that is renamed while it is shared is the same film")
    func renamed() throws {
        let place = try TemporaryDirectory()
        let sample = try SampleFilm(size: 1_000)
        let path = try place.write(sample.bytes, as: "film.mkv")
        let film = try HostFilm(path: path, item: sample.item.id, hashes: nil)
        try FileManager.default.moveItem(atPath: path, toPath: path + ".old")
        #expect(try film.read(sample.block(0)).bytes == sample.bytes(of: sample.block(0)))
    }

    @Test("what is no film is refused by name")
    func refusals() throws {
        let place = try TemporaryDirectory()
        let item = try SampleFilm(size: 1).item.id
        func open(_ path: String) throws { _ = try HostFilm(path: path, item: item, hashes: nil) }

        let missing = place.path + "/missing"
        #expect(throws: PartyError.fileMissing(path: missing)) { try open(missing) }
        #expect(throws: PartyError.fileIsDirectory(path: place.path)) { try open(place.path) }
        let empty = try place.write([], as: "empty")
        #expect(throws: PartyError.fileEmpty(path: empty)) { try open(empty) }
        let inFile = empty + "/film"
        #expect(throws: PartyError.fileMissing(path: inFile)) { try open(inFile) }
        #expect(throws: PartyError.fileNotRegular(path: "/dev/null")) { try open("/dev/null") }
        let huge = try place.write([], as: "huge")
        try RawFile(huge, for: .updating).resize(to: Limits.itemSize + 1)
        #expect(throws: PartyError.fileTooLarge(path: huge)) { try open(huge) }
    }

    @Test("a chunk of another film is refused")
    func foreignChunk() throws {
        let place = try TemporaryDirectory()
        let sample = try SampleFilm(size: 1_000)
        let path = try place.write(sample.bytes, as: "film.mkv")
        let film = try HostFilm(path: path, item: sample.item.id, hashes: nil)
        let foreign = try SampleFilm(size: Self.size).block(9)
        let refusal = PartyError.fileUnreadable(path: path, reason: "it has no chunk 1")
        #expect(throws: refusal) { try film.read(foreign) }
        #expect(throws: refusal) { try film.root(of: foreign.chunk) }
    }
}

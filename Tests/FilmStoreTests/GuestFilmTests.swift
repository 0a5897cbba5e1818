import Foundation
import NIOCore
import PartyModel
import Testing

@testable import FilmStore

@Suite("Guest's film")
struct GuestFilmTests {
    static let size = 2 * ChunkGeometry.chunkSize + ChunkGeometry.blockSize + 1_000

    let place: TemporaryDirectory
    let sample: SampleFilm
    let film: GuestFilm

    init() throws {
        place = try TemporaryDirectory()
        sample = try SampleFilm(size: Self.size)
        film = try GuestFilm(
            item: sample.item, room: sample.room, place: .beside(directory: place.path))
    }

    @Test("a block that was stored is read back with its proof")
    func store() throws {
        #expect(film.learn(try sample.allRoots) == LearnOutcome())
        #expect(try film.read(sample.block(9)) == nil)
        for block in sample.geometry.blocks.reversed() {
            #expect(!film.isComplete)
            #expect(try film.store(block, of: sample) == .stored)
            #expect(try film.store(block, of: sample) == .alreadyThere)
            let stored = try #require(try film.read(block))
            #expect(stored.bytes == sample.bytes(of: block))
            #expect(stored.leaves == (try sample.leaves(of: block.chunk)))
            #expect(stored.root == (try sample.root(of: block.chunk)))
        }
        #expect(film.isComplete)
        #expect(film.verifiedBytes == Int64(Self.size))
        #expect(film.verifiedMasks.map(\.bits) == [0xFF, 0xFF, 0x03])
    }

    @Test("what is verified is counted by block and by chunk")
    func counting() throws {
        _ = film.learn(try sample.allRoots)
        for number in [1, 9, 17] { _ = try film.store(sample.block(number), of: sample) }
        #expect(film.verifiedBytes == 2 * 65_536 + 1_000)
        #expect(film.verifiedMasks.map(\.bits) == [0b10, 0b10, 0b10])
        #expect(film.verifiedMask(of: try sample.chunk(2)).bits == 0b10)
    }

    @Test("anything wrong with a block is a mismatch, and leaves no trace")
    func mismatches() throws {
        _ = film.learn(try sample.allRoots)
        let block = try sample.block(9)
        let bytes = sample.bytes(of: block)
        let leaves = try sample.leaves(of: block.chunk)
        var flipped = bytes
        flipped.setInteger(UInt8(bytes.getInteger(at: 77, as: UInt8.self) ?? 0) ^ 1, at: 77)
        let forged = LeafHash(Bytes32.sha256(of: [1]))
        let last = try sample.block(17)
        let attempts: [(BlockIndex, [LeafHash], ByteBuffer)] = [
            (block, leaves, flipped),
            (block, leaves, bytes.getSlice(at: 0, length: 65_535) ?? bytes),
            (block, leaves, ByteBuffer(bytes: Array(bytes.readableBytesView) + [0])),
            (block, leaves, ByteBuffer()),
            (block, leaves.dropLast(), bytes),
            (block, leaves + [forged], bytes),
            (block, [], bytes),
            (block, leaves.dropLast() + [forged], bytes),
            (block, leaves.reversed(), bytes),
            (block, try sample.leaves(of: sample.chunk(0)), bytes),
            (try sample.block(8), leaves, bytes),
            (last, try sample.leaves(of: last.chunk), bytes),
            (try SampleFilm(size: 3 * Self.size).block(30), leaves, bytes),
        ]
        for (block, leaves, bytes) in attempts {
            #expect(try film.store(block, leaves: leaves, bytes: bytes) == .mismatch)
        }
        #expect(film.verifiedBytes == 0)
        #expect(try film.store(block, of: sample) == .stored)
    }

    @Test("a block waits for its root; the one that then does not match is named")
    func held() throws {
        let (good, bad) = (try sample.block(3), try sample.block(4))
        #expect(try film.store(good, of: sample) == .held)
        #expect(try film.store(good, of: sample) == .tooManyHeld)
        let wrong = sample.bytes(of: good)
        let leaves = try sample.leaves(of: bad.chunk)
        #expect(try film.store(bad, leaves: leaves, bytes: wrong) == .held)
        #expect(try film.read(good) == nil)
        #expect(film.learn(try sample.signedRoots(of: [1])) == LearnOutcome())

        var expected = LearnOutcome()
        expected.verified = [good]
        expected.mismatched = [bad]
        #expect(film.learn(try sample.signedRoots(of: [0])) == expected)
        #expect(try film.read(good)?.bytes == sample.bytes(of: good))
        #expect(try film.read(bad) == nil)
        #expect(try film.store(bad, of: sample) == .stored)
    }

    @Test("only so many blocks wait, and their places are free again once their root is known")
    func heldLimit() throws {
        let sample = try SampleFilm(size: 10 * ChunkGeometry.chunkSize)
        let place = try TemporaryDirectory()
        let film = try GuestFilm(
            item: sample.item, room: sample.room, place: .beside(directory: place.path))
        for block in sample.geometry.blocks {
            let expected: StoreOutcome =
                block.number < FilmLedger.heldLimit ? .held : .tooManyHeld
            #expect(try film.store(block, of: sample) == expected)
        }
        let learnt = film.learn(try sample.signedRoots(of: [1]))
        #expect(learnt.verified.map(\.number) == Array(8..<16))
        #expect(try film.store(sample.block(79), of: sample) == .held)
    }

    @Test("lists with strange contents change nothing they should not")
    func strangeLists() throws {
        let root = ChunkRoot(Bytes32.sha256(of: [9]))
        let outside = RootList(
            item: sample.item.id,
            entries: [.init(chunk: 3, root: root), .init(chunk: .max, root: root)])
        #expect(film.learn(try Signed(signing: outside, with: sample.key)) == LearnOutcome())
        let foreign = RootList(
            item: ItemID(try #require(Bytes16([UInt8](repeating: 1, count: 16)))),
            entries: [.init(chunk: 0, root: root)])
        #expect(film.learn(try Signed(signing: foreign, with: sample.key)) == LearnOutcome())
        _ = film.learn(try sample.allRoots)
        let second = RootList(item: sample.item.id, entries: [.init(chunk: 0, root: root)])
        #expect(film.learn(try Signed(signing: second, with: sample.key)) == LearnOutcome())
        #expect(try film.store(sample.block(0), of: sample) == .stored)
    }

    @Test("the host's list can be passed on as it came")
    func passingOn() throws {
        let lists = try [sample.signedRoots(of: [2, 0]), sample.signedRoots(of: [1])]
        for list in lists { _ = film.learn(list) }
        #expect(try film.signedRoots(of: sample.chunk(0)) == lists[0])
        #expect(try film.signedRoots(of: sample.chunk(1)) == lists[1])
        #expect(try film.signedRoots(of: sample.chunk(2)) == lists[0])
    }

    @Test("many threads store the film, each block several times, and it is whole")
    func threads() async throws {
        _ = film.learn(try sample.allRoots)
        let (film, sample) = (film, sample)
        let stored = try await withThrowingTaskGroup(of: StoreOutcome.self) { group in
            for block in (0..<4).flatMap({ _ in sample.geometry.blocks }) {
                group.addTask { try film.store(block, of: sample) }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(stored.isSubset(of: [.stored, .alreadyThere]))
        #expect(film.isComplete)
        let path = try film.finish(as: "film.mkv", in: place.path)
        #expect(try contents(of: path) == sample.bytes)
    }

    @Test("a finished film takes the next free name, replaces nothing and can still be read")
    func finish() throws {
        _ = film.learn(try sample.allRoots)
        _ = try place.write([1], as: "a film.mkv")
        try FileManager.default.createDirectory(
            atPath: place.path + "/a film (2).mkv", withIntermediateDirectories: false)
        #expect(throws: PartyError.self) { try film.finish(as: "a film.mkv", in: place.path) }
        for block in sample.geometry.blocks { _ = try film.store(block, of: sample) }

        let path = try film.finish(as: "a film.mkv", in: place.path)
        #expect(path == place.path + "/a film (3).mkv")
        #expect(try contents(of: path) == sample.bytes)
        #expect(try contents(of: place.path + "/a film.mkv") == [1])
        #expect(try place.names() == ["a film.mkv", "a film (2).mkv", "a film (3).mkv"])

        #expect(try film.finish(as: "again.mkv", in: place.path) == path)
        film.discard()
        #expect(try contents(of: path) == sample.bytes)
        let block = try sample.block(12)
        #expect(try film.read(block)?.bytes == sample.bytes(of: block))
        #expect(try film.signedRoots(of: block.chunk) == sample.allRoots)
    }

    @Test("a film is finished under a safe name, in a directory that is made for it")
    func finishSafely() throws {
        _ = film.learn(try sample.allRoots)
        for block in sample.geometry.blocks { _ = try film.store(block, of: sample) }
        let path = try film.finish(as: "../../evil\u{202E}.mkv", in: place.path + "/new/films")
        #expect(path == place.path + "/new/films/_.._evil.mkv")
    }

    @Test("a film that is discarded leaves nothing")
    func discard() throws {
        _ = film.learn(try sample.allRoots)
        _ = try film.store(sample.block(0), of: sample)
        film.discard()
        #expect(try place.names().isEmpty)
    }

    @Test("a full disk, or quota, is told from other failures")
    func fullDisk() {
        #expect(SystemError(code: 28).whileWriting(to: "x") == .diskFull(path: "x"))
        #expect(SystemError(code: 122).whileWriting(to: "x") == .diskFull(path: "x"))
        #expect(
            SystemError(code: 5).whileWriting(to: "x")
                == .diskFailed(path: "x", reason: "input/output error"))
    }
}

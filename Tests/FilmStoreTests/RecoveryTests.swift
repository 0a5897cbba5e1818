import Foundation
import PartyModel
import Testing

@testable import FilmStore

/// A guest that was killed, in whatever state its files were.
@Suite("Recovery")
struct RecoveryTests {
    static let size = ChunkGeometry.chunkSize + ChunkGeometry.blockSize + 1_000

    let place: TemporaryDirectory
    let sample: SampleFilm

    /// Stores seven blocks of two chunks, in several records, and lets go.
    init() throws {
        place = try TemporaryDirectory()
        sample = try SampleFilm(size: Self.size)
        let film = try open()
        for (chunk, blocks) in [(0, [0, 1, 2]), (1, [8, 9]), (0, [6, 7])] {
            _ = film.learn(try sample.signedRoots(of: [chunk]))
            for block in blocks {
                #expect(try film.store(sample.block(block), of: sample) == .stored)
            }
            try film.flush()
        }
    }

    static let stored = [0, 1, 2, 6, 7, 8, 9]

    func open() throws -> GuestFilm {
        try GuestFilm(
            item: sample.item, room: sample.room, place: .beside(directory: place.path))
    }

    func path(of file: FilmDirectory.File) throws -> String {
        let name = try #require(place.names().first { $0.hasPrefix("peerwatch-") })
        return "\(place.path)/\(name)/\(file.rawValue)"
    }

    /// Opens the film again and checks that every block it serves is right; returns their numbers.
    func recovered() throws -> [Int] {
        let film = try open()
        var verified: [Int] = []
        #expect(film.verifiedBytes == 0)
        while let outcome = film.recheck() {
            #expect(outcome.mismatched.isEmpty && outcome.lost.isEmpty && outcome.failure == nil)
            verified += outcome.verified.map { Int($0.number) }
        }
        for block in sample.geometry.blocks {
            let stored = try film.read(block)
            #expect((stored != nil) == verified.contains(Int(block.number)))
            guard let stored else { continue }
            #expect(stored.bytes == sample.bytes(of: block))
            #expect(stored.leaves == (try sample.leaves(of: block.chunk)))
        }
        return verified.sorted()
    }

    /// Fetches what is missing and checks that the film is whole and right.
    func complete() throws {
        let film = try open()
        _ = film.learn(try sample.allRoots)
        while film.recheck() != nil {}
        for block in sample.geometry.blocks {
            let outcome = try film.store(block, of: sample)
            #expect(outcome == .stored || outcome == .alreadyThere)
        }
        let finished = try film.finish(as: "film", in: place.path)
        #expect(try contents(of: finished) == sample.bytes)
    }

    @Test("a guest that comes again has what it had, once it has checked it")
    func untouched() throws {
        #expect(try recovered() == Self.stored)
        #expect(try recovered() == Self.stored)
        try complete()
    }

    @Test("a recovered list can be passed on")
    func lists() throws {
        let film = try open()
        while film.recheck() != nil {}
        #expect(try film.signedRoots(of: sample.chunk(1)) == sample.signedRoots(of: [1]))
    }

    @Test("wherever the journal ends, what it still says is recovered and nothing else is")
    func cutJournal() throws {
        let path = try path(of: .journal)
        let whole = try contents(of: path)
        var counts: [Int] = []
        for end in stride(from: whole.count, through: 0, by: -1) {
            try Data(whole[..<end]).write(to: URL(filePath: path))
            counts.append(try recovered().count)
        }
        #expect(counts.first == 7)
        #expect(counts == counts.sorted(by: >))
        #expect(Set(counts) == [0, 3, 5, 7])
        try complete()
    }

    @Test("whatever bit of the journal is wrong, no block is")
    func damagedJournal() throws {
        let path = try path(of: .journal)
        let whole = try contents(of: path)
        for index in whole.indices {
            var damaged = whole
            damaged[index] ^= 1 << (index % 8)
            try Data(damaged).write(to: URL(filePath: path))
            #expect(try recovered().count < 7)
        }
        try complete()
    }

    @Test("garbage behind the journal is dropped, and what is noted next is recovered")
    func garbage() throws {
        let path = try path(of: .journal)
        let whole = try contents(of: path)
        try Data(whole + [0, 12, 3, 0, 0, 0, 1]).write(to: URL(filePath: path))
        do {
            let film = try open()
            while film.recheck() != nil {}
            #expect(try film.store(sample.block(4), of: sample) == .stored)
        }
        #expect(try recovered() == [0, 1, 2, 4, 6, 7, 8, 9])
    }

    @Test(
        "wherever the film's file ends, blocks that are not whole are not served",
        arguments: Array(stride(from: 0, through: size, by: 49_999)))
    func cutFilm(end: Int) throws {
        try RawFile(path(of: .film), for: .updating).resize(to: Int64(end))
        let expected = Self.stored.filter { number in
            sample.geometry.blocks[number].number < end / ChunkGeometry.blockSize
        }
        #expect(try recovered() == expected)
        try complete()
    }

    @Test("a block with one wrong bit is fetched again", arguments: stored)
    func damagedFilm(number: Int) throws {
        let film = try RawFile(path(of: .film), for: .updating)
        let offset = sample.geometry.byteRange(of: try sample.block(number)).lowerBound + 500
        try film.write([sample.bytes[Int(offset)] ^ 4], at: offset)
        #expect(try recovered() == Self.stored.filter { $0 != number })
        try complete()
    }

    @Test("without its leaves a chunk is fetched again", arguments: [0, 1, 100, 263, 264, 400])
    func damagedLeaves(offset: Int) throws {
        let path = try path(of: .leaves)
        let whole = try contents(of: path)
        try RawFile(path, for: .updating).write([whole[offset] ^ 1], at: Int64(offset))
        let chunk = offset / LeafFile.entrySize
        #expect(try recovered() == Self.stored.filter { $0 / 8 != chunk })
        try complete()
    }

    @Test("a list in the journal that the host did not sign counts for nothing")
    func forgedList() throws {
        let other = try SampleFilm(size: Self.size)
        let forged = Signed(
            content: try other.signedRoots(of: [0, 1]).content,
            signature: try #require(Signature([UInt8](repeating: 1, count: 64))))
        let subject = JournalSubject(
            room: try sample.room, item: sample.item.id, geometry: sample.geometry)
        let records = [
            JournalRecord.film(subject), .roots(forged), .blocks([0, 1, 2, 6, 7, 8, 9]),
        ]
        try Data(records.flatMap(\.bytes)).write(to: URL(filePath: path(of: .journal)))
        #expect(try recovered().isEmpty)
        let film = try open()
        while film.recheck() != nil {}
        let learnt = film.learn(try sample.allRoots)
        #expect(learnt.verified.map { Int($0.number) } == Self.stored)
    }

    @Test("numbers in the journal that the film has not are ignored")
    func strangeNumbers() throws {
        let subject = JournalSubject(
            room: try sample.room, item: sample.item.id, geometry: sample.geometry)
        let records = [
            JournalRecord.film(subject), .blocks([.max, 10, 9, 9]), .roots(try sample.allRoots),
        ]
        try Data(records.flatMap(\.bytes)).write(to: URL(filePath: path(of: .journal)))
        #expect(try recovered() == [9])
    }
}

import Foundation
import PartyModel
import Testing

@testable import FilmStore

@Suite("Cache of hashes")
struct HashCacheTests {
    @Test("leaves outlive the film's reader, and are believed")
    func remembered() throws {
        let place = try TemporaryDirectory()
        let sample = try SampleFilm(size: 2_000_000)
        let path = try place.write(sample.bytes, as: "film.mkv")
        let cache = try HashCache(directory: place.path + "/hashes")
        let film = try HostFilm(path: path, item: sample.item.id, hashes: cache)
        _ = try film.root(of: sample.chunk(2))

        let identity = try FileFacts(path: path).identity
        let leafFile = try #require(cache.leafFile(of: identity))
        #expect(
            try leafFile.leaves(of: sample.chunk(2), count: 8) == sample.leaves(of: sample.chunk(2))
        )
        #expect(try leafFile.leaves(of: sample.chunk(1), count: 8) == nil)

        // Leaves that are not the film's show that the second reader takes them from the cache.
        let planted = try sample.leaves(of: sample.chunk(2))
        try leafFile.keep(planted, of: sample.chunk(1))
        let second = try HostFilm(path: path, item: sample.item.id, hashes: cache)
        #expect(try second.read(sample.block(8)).leaves == planted)
    }

    @Test("a film that was changed since is hashed anew")
    func changed() throws {
        let place = try TemporaryDirectory()
        let sample = try SampleFilm(size: 200_000)
        let path = try place.write([UInt8](repeating: 7, count: 200_000), as: "film.mkv")
        let cache = try HashCache(directory: place.path + "/hashes")
        let before = try HostFilm(path: path, item: sample.item.id, hashes: cache)
        _ = try before.root(of: sample.chunk(0))
        try RawFile(path, for: .updating).write(sample.bytes, at: 0)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: path)
        let after = try HostFilm(path: path, item: sample.item.id, hashes: cache)
        #expect(try after.root(of: sample.chunk(0)) == sample.root(of: sample.chunk(0)))
    }

    @Test("an entry with any byte damaged, or cut short, is no entry")
    func damaged() throws {
        let place = try TemporaryDirectory()
        let sample = try SampleFilm(size: 200_000)
        let chunk = try sample.chunk(0)
        let file = try place.file("leaves")
        let leafFile = LeafFile(file: file, subject: [1, 2, 3])
        #expect(try leafFile.leaves(of: chunk, count: 4) == nil)
        let leaves = try sample.leaves(of: chunk)
        for index in 0..<LeafFile.entrySize {
            try leafFile.keep(leaves, of: chunk)
            #expect(try leafFile.leaves(of: chunk, count: 4) == leaves)
            let entry = try contents(of: place.path + "/leaves")
            try file.write([entry[index] ^ 0x10], at: Int64(index))
            #expect(try leafFile.leaves(of: chunk, count: 4) == nil)
            try leafFile.keep(leaves, of: chunk)
            try file.resize(to: Int64(index))
            #expect(try leafFile.leaves(of: chunk, count: 4) == nil)
        }
    }

    @Test("entries of one subject or chunk are none of another")
    func foreign() throws {
        let place = try TemporaryDirectory()
        let sample = try SampleFilm(size: 2_000_000)
        let file = try place.file("leaves")
        let leaves = try sample.leaves(of: sample.chunk(0))
        try LeafFile(file: file, subject: [1]).keep(leaves, of: sample.chunk(0))
        #expect(try LeafFile(file: file, subject: [2]).leaves(of: sample.chunk(0), count: 8) == nil)
        let entry = try contents(of: place.path + "/leaves")
        try file.write(entry, at: Int64(LeafFile.entrySize))
        #expect(try LeafFile(file: file, subject: [1]).leaves(of: sample.chunk(1), count: 8) == nil)
    }

    @Test("of too many films the ones used longest ago are forgotten, and so is what is too old")
    func collected() throws {
        let place = try TemporaryDirectory()
        let cache = try HashCache(directory: place.path)
        let ages = (0..<70).map { $0 * 3_600 } + [Int(HashCache.ageLimit) + 10]
        for (number, age) in ages.enumerated() {
            let path = try place.write([], as: "leaves-old\(number)")
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -Double(age))], ofItemAtPath: path)
        }
        _ = try place.write([], as: "somebody else's")
        let identity = FileIdentity(device: 1, inode: 2, size: 3, modified: 4)
        _ = try #require(cache.leafFile(of: identity))
        let names = try place.names()
        #expect(names.count == HashCache.fileLimit + 1)
        #expect(names.contains("somebody else's"))
        #expect(names.contains("leaves-old0"))
        #expect(!names.contains("leaves-old69"))
        #expect(!names.contains("leaves-old70"))
    }

    @Test("a cache that cannot be used is no failure of the film")
    func unusable() throws {
        let place = try TemporaryDirectory()
        let sample = try SampleFilm(size: 1_000)
        let path = try place.write(sample.bytes, as: "film.mkv")
        let cache = try HashCache(directory: place.path + "/hashes")
        try FileManager.default.removeItem(atPath: place.path + "/hashes")
        let film = try HostFilm(path: path, item: sample.item.id, hashes: cache)
        #expect(try film.root(of: sample.chunk(0)) == sample.root(of: sample.chunk(0)))
    }
}

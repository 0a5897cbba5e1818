import Foundation
import PartyModel
import Testing

@testable import FilmStore

@Suite("Film directories and the cache")
struct FilmDirectoryTests {
    let place: TemporaryDirectory
    let sample: SampleFilm

    init() throws {
        place = try TemporaryDirectory()
        sample = try SampleFilm(size: 1_000)
    }

    func guest(in place: FilmPlace) throws -> GuestFilm {
        try GuestFilm(item: sample.item, room: sample.room, place: place)
    }

    @Test("a second guest beside the same file is refused, and let in when the first has left")
    func locked() throws {
        let out = FilmPlace.beside(directory: place.path + "/out")
        var first: GuestFilm? = try guest(in: out)
        let name = "peerwatch-03a107bff3ce10be-000102030405060708090a0b0c0d0e0f"
        #expect(throws: PartyError.filmLocked(path: "\(place.path)/out/\(name)")) {
            try guest(in: out)
        }
        #expect(first?.isComplete == false)
        first = nil
        _ = try guest(in: out)
    }

    @Test("guests in the cache get a directory each, and the first free one again")
    func copies() throws {
        let cache = FilmPlace.cache(try CacheDirectory(at: place.path + "/cache"))
        let first = try guest(in: cache)
        var second: GuestFilm? = try guest(in: cache)
        let third = try guest(in: cache)
        let name = "peerwatch-03a107bff3ce10be-000102030405060708090a0b0c0d0e0f"
        let all: Set = [name, name + "-2", name + "-3"]
        #expect(try place.names(in: "cache/films") == all)
        #expect(second?.isComplete == false)
        second = nil
        let fourth = try guest(in: cache)
        #expect(try place.names(in: "cache/films") == all)
        for film in [first, third, fourth] { film.discard() }
        #expect(try place.names(in: "cache/films").isEmpty)
    }

    @Test("collection removes old films that nobody holds, and nothing else")
    func collection() throws {
        let cache = try CacheDirectory(at: place.path + "/cache")
        let held = try guest(in: .cache(cache))
        do { _ = try guest(in: .cache(cache)) }
        let foreign = [
            "films", "peerwatch-", "peerwatch-03a107bff3ce10be-0001",
            "peerwatch-03a107bff3ce10be-000102030405060708090a0b0c0d0e0f-1",
            "peerwatch-03a107bff3ce10be-000102030405060708090a0b0c0d0e0f-2-3",
        ]
        for name in foreign {
            try FileManager.default.createDirectory(
                atPath: "\(cache.films)/\(name)", withIntermediateDirectories: false)
        }
        #expect(cache.collectAbandoned().isEmpty)
        let removed = cache.collectAbandoned(after: 0)
        let name = "peerwatch-03a107bff3ce10be-000102030405060708090a0b0c0d0e0f"
        #expect(removed == ["\(cache.films)/\(name)-2"])
        #expect(try place.names(in: "cache/films") == Set(foreign + [name]))
        #expect(!held.isComplete)
    }

    @Test("what somebody else put into a film's directory is left there")
    func strangeFile() throws {
        let out = FilmPlace.beside(directory: place.path)
        let film = try guest(in: out)
        let name = try #require(place.names().first)
        _ = try place.write([1], as: name + "/notes.txt")
        film.discard()
        #expect(try place.names(in: name) == ["notes.txt"])
    }

    @Test("the cache is where the environment says, and only its user may enter it")
    func environment() throws {
        let xdg = try CacheDirectory(environment: ["XDG_CACHE_HOME": place.path + "/x"].subscripted)
        #expect(xdg.path == place.path + "/x/peerwatch")
        let home = try CacheDirectory(environment: ["HOME": place.path + "/h"].subscripted)
        #expect(home.path == place.path + "/h/.cache/peerwatch")
        let relative = try CacheDirectory(
            environment: ["XDG_CACHE_HOME": "relative", "HOME": place.path].subscripted)
        #expect(relative.path == place.path + "/.cache/peerwatch")
        let temporary = try CacheDirectory(
            environment: ["HOME": "/dev/null", "TMPDIR": place.path].subscripted)
        #expect(temporary.path == "\(place.path)/peerwatch-\(RawDirectory.user)")
        #expect(
            temporary.setback
                == .cacheUnusable(
                    path: "/dev/null/.cache/peerwatch", reason: "not a directory",
                    instead: temporary.path))
        #expect([xdg, home, relative].allSatisfy { $0.setback == nil })
        for cache in [xdg, home, temporary] {
            let attributes = try FileManager.default.attributesOfItem(atPath: cache.path)
            #expect(attributes[.posixPermissions] as? Int == 0o700)
        }
        #expect(throws: PartyError.self) {
            try CacheDirectory(environment: ["TMPDIR": "/dev/null"].subscripted)
        }
    }
}

extension [String: String] {
    fileprivate var subscripted: (String) -> String? { { self[$0] } }
}

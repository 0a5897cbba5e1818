// A "film" from somebody else that is really a list of other things.

import Foundation
import PartyModel
import Testing

@testable import MpvPlayer

@Suite("A film that is no film", .serialized)
struct FalseFilmTests {
    enum Kind: String, CaseIterable {
        case m3u, hls, pls, asx, cue, edl, ffconcat

        func text(naming place: String) -> String {
            switch self {
            case .m3u: "#EXTM3U\n#EXTINF:10,bait\n\(place)\n"
            case .hls:
                "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n\(place)\n"
                    + "#EXT-X-ENDLIST\n"
            case .pls: "[playlist]\nFile1=\(place)\nNumberOfEntries=1\nVersion=2\n"
            case .asx: "<asx version=\"3.0\"><entry><ref href=\"\(place)\"/></entry></asx>\n"
            case .cue: "FILE \"\(place)\" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n"
            case .edl: "# mpv EDL v0\n\(place),0,1\n"
            case .ffconcat: "ffconcat version 1.0\nfile '\(place)'\n"
            }
        }
    }

    @Test(
        "opens no file and calls nobody, whatever the user's mpv.conf allows",
        arguments: Kind.allCases, [false, true])
    func opensNothing(_ kind: Kind, callsSomebody: Bool) throws {
        let canary = try Canary()
        defer { canary.remove() }
        let place = callsSomebody ? canary.address : canary.file.path
        try withPermissiveConfiguration { directory in
            let item = try ItemID.sample(6)
            let film = MemoryFilm(Array(kind.text(naming: place).utf8))
            let arguments = Screening.silent + ["--config-dir=\(directory.path)"]
            // What opens nothing may complain.
            try Screening.run(
                [item: film], arguments: arguments, expecting: [":"], configure: { _ in }
            ) {
                screening in
                screening.player.load(item, title: "Bait", startingAt: .start, paused: false)
                try screening.journal.wait(for: .failed(item, reason: "unrecognized file format"))
                #expect(!screening.journal.events.contains(.fileLoaded(item)))
                #expect(
                    !screening.journal.events.contains { event in
                        if case .foreignFile = event { true } else { false }
                    })
            }
        }
        #expect(!canary.isTouched)
    }

    @Test("whose chapters name another film plays, without that other film")
    func orderedChapters() throws {
        let canary = try Canary()
        defer { canary.remove() }
        try withPermissiveConfiguration { directory in
            let list = directory.appending(path: "others.txt")
            try Data("\(canary.file.path)\n".utf8).write(to: list)
            let settings = directory.appending(path: "mpv.conf")
            try Data("ordered-chapters-files=\(list.path)\n\(Self.permissive)".utf8)
                .write(to: settings)
            let item = try ItemID.sample(7)
            let film = MemoryFilm(try Self.withForeignChapter(SampleFilms.matroska))
            let arguments = Screening.silent + ["--config-dir=\(directory.path)"]
            try Screening.run([item: film], arguments: arguments, configure: { _ in }) {
                screening in
                screening.player.load(item, title: "Bait", startingAt: .start, paused: false)
                try screening.journal.wait(for: .fileLoaded(item))
                try screening.journal.wait(for: .playbackRestarted)
            }
        }
        #expect(!canary.isTouched)
    }

    @Test("is noticed by its canary")
    func canarySings() throws {
        let canary = try Canary()
        defer { canary.remove() }
        #expect(!canary.isTouched)
        _ = try Data(contentsOf: canary.file)
        #expect(canary.isTouched)
    }

    private static let permissive = """
        access-references=yes
        load-unsafe-playlists=yes
        ordered-chapters=yes
        ytdl=yes
        """

    private func withPermissiveConfiguration(_ body: (URL) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try Data(Self.permissive.utf8).write(to: directory.appending(path: "mpv.conf"))
        try body(directory)
    }

    /// The film with an ordered edition whose only chapter lies in another segment (RFC 9559, section
    /// 5.1.7), written over the void that ffmpeg leaves before the first cluster or put in its place.
    private static func withForeignChapter(_ film: [UInt8]) throws -> [UInt8] {
        func element(_ identifier: [UInt8], _ content: [UInt8]) -> [UInt8] {
            identifier + [0x80 | UInt8(content.count)] + content
        }
        let atom = element(
            [0xB6],
            element([0x73, 0xC4], [1]) + element([0x91], [0])
                + element([0x92], [0x3B, 0x9A, 0xCA, 0])
                + element([0x6E, 0x67], [UInt8](repeating: 0x42, count: 16)))
        let edition = element([0x45, 0xB9], element([0x45, 0xDD], [1]) + atom)
        let chapters = element([0x10, 0x43, 0xA7, 0x70], edition)
        let cluster: [UInt8] = [0x1F, 0x43, 0xB6, 0x75]
        let place = try #require(
            film.indices.first { film[$0...].starts(with: cluster) }, "no cluster")
        // The segment's size becomes unknown, so that nothing else has to move.
        let segment: [UInt8] = [0x18, 0x53, 0x80, 0x67]
        let start = try #require(film.indices.first { film[$0...].starts(with: segment) })
        var changed = film
        changed.replaceSubrange(
            (start + 4)..<(start + 12), with: [0x01] + [UInt8](repeating: 0xFF, count: 7))
        changed.insert(contentsOf: chapters, at: place)
        return changed
    }
}

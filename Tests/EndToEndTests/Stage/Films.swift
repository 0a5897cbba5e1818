// Real films, made by ffmpeg once for all tests of a run.

import Foundation
import NIOConcurrencyHelpers
import Testing

/// A film file's format.
enum Container: String, CaseIterable, CustomTestStringConvertible {
    /// Its index comes last, as ffmpeg writes it.
    case mp4
    case mkv, webm, avi

    var testDescription: String { rawValue }

    fileprivate var codecs: [String] {
        let picture = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "24"]
        return switch self {
        case .mp4, .mkv: picture + ["-c:a", "aac"]
        case .avi: picture + ["-bf", "0", "-c:a", "libmp3lame"]
        case .webm:
            ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-g", "24"]
                + ["-b:v", "600k", "-c:a", "libvorbis"]
        }
    }
}

/// The films of this run.
enum Films {
    /// Six seconds, a few hundred kilobytes.
    static func short(_ container: Container) throws -> URL {
        try film("short.\(container.rawValue)", container, seconds: 6)
    }

    /// Two seconds, for rooms with several films.
    static func brief(_ number: Int) throws -> URL {
        try film("brief-\(number).mkv", .mkv, seconds: 2)
    }

    /// A minute of noise at 100 KB/s: six megabytes, so that a slow line needs time for it.
    static func long(_ container: Container = .mkv) throws -> URL {
        try film("long.\(container.rawValue)", container, seconds: longSeconds, noise)
    }

    static let longSeconds = 60
    /// Bytes a second of a long film, about.
    static let longRate = 100_000

    private static let noise =
        ["-vf", "noise=alls=20:allf=t", "-b:v", "750k", "-maxrate", "750k"]
        + ["-bufsize", "375k"]

    private static let made = NIOLockedValueBox<[String: URL]>([:])

    private static let directory: URL = {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "pw-films-\(ProcessInfo.processInfo.processIdentifier)")
        atexit { try? FileManager.default.removeItem(at: Films.directory) }
        return url
    }()

    private static func film(
        _ name: String, _ container: Container, seconds: Int, _ options: [String] = []
    ) throws -> URL {
        try made.withLockedValue { made in
            if let film = made[name] { return film }
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true)
            let film = directory.appending(path: name)
            try Tool.run(
                ["ffmpeg", "-v", "error", "-nostdin", "-y"]
                    + ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=24:duration=\(seconds)"]
                    + ["-f", "lavfi", "-i", "sine=frequency=440:duration=\(seconds)"]
                    + container.codecs + options + [film.path])
            made[name] = film
            return film
        }
    }
}

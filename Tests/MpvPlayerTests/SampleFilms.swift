// Real films, made by ffmpeg once for all tests of a run.

import Foundation
import Testing

enum SampleFilms {
    /// Three seconds, 24 frames a second, with sound.
    static let matroska = made("short.mkv", seconds: 3, arguments: [])
    /// The same in an mp4 whose index comes last.
    static let mp4IndexLast = made("short.mp4", seconds: 3, arguments: [])
    /// A minute of noise: about 9 MB, so that caches cannot swallow it.
    static let long = made("long.mkv", seconds: 60, arguments: noise)
    /// The same in an mp4 whose index comes last.
    static let longMp4 = made("long.mp4", seconds: 60, arguments: noise)

    private static let noise = [
        "-vf", "noise=alls=40:allf=t", "-b:v", "1200k", "-maxrate", "1200k", "-bufsize", "600k",
    ]

    /// Where the films lie, for what needs a path.
    static let directory: URL = {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "peerwatch-films-\(ProcessInfo.processInfo.processIdentifier)")
        try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        atexit {
            try? FileManager.default.removeItem(at: SampleFilms.directory)
        }
        return url
    }()

    private static func made(_ name: String, seconds: Int, arguments: [String]) -> [UInt8] {
        let file = directory.appending(path: name)
        let ffmpeg = Process()
        ffmpeg.executableURL = URL(filePath: "/usr/bin/env")
        ffmpeg.arguments =
            ["ffmpeg", "-v", "error", "-nostdin", "-y"]
            + ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=24:duration=\(seconds)"]
            + ["-f", "lavfi", "-i", "sine=frequency=440:duration=\(seconds)"]
            + ["-c:v", "mpeg4", "-g", "24", "-c:a", "aac"] + arguments + [file.path]
        do {
            try ffmpeg.run()
            ffmpeg.waitUntilExit()
            return try Array(Data(contentsOf: file))
        } catch {
            Issue.record("ffmpeg could not make \(name): \(error)")
            return []
        }
    }
}

// Programs that are not ours: ffmpeg, ImageMagick, xdotool. One that is missing fails the test.

import Foundation

/// Other people's programs.
enum Tool {
    /// Runs a program to its end and returns what it wrote; throws when it fails or is not there.
    @discardableResult
    static func run(_ words: [String], environment: [String: String]? = nil) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        if let environment { process.environment = environment }
        try process.runHearingSignals()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: bytes, as: UTF8.self)
        guard process.terminationStatus == 0 else {
            throw NotSeen(
                description: "\(words.joined(separator: " ")) ended with "
                    + "\(process.terminationStatus): \(text)")
        }
        return text
    }
}

// A screen that nobody looks at, for windows.

import Foundation
import Testing

/// One X server without a screen.
final class Display: Sendable {
    /// What `DISPLAY` is set to.
    let name: String
    private let server: Process

    static let width = 1280
    static let height = 720

    /// Starts a server at the first display that is free, with these words behind the usual ones.
    init(_ words: [String] = []) throws {
        let server = Process()
        let answer = Pipe()
        server.executableURL = URL(filePath: "/usr/bin/env")
        server.arguments =
            ["Xvfb", "-displayfd", "1", "-screen", "0"]
            + ["\(Self.width)x\(Self.height)x24", "-nolisten", "tcp", "-noreset"]
            + words
        server.standardInput = FileHandle.nullDevice
        server.standardOutput = answer
        server.standardError = FileHandle.nullDevice
        try server.runHearingSignals()
        // The server writes the number of its display when it is ready.
        let number = String(decoding: answer.fileHandleForReading.availableData, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        self.server = server
        name = ":\(number)"
        try #require(Int(number) != nil, "Xvfb did not start")
    }

    /// Ends the server.
    func close() {
        server.terminate()
        server.waitUntilExit()
    }

    /// Presses a key in the window with this title.
    func press(_ key: String, inWindowOf title: String) throws {
        // Without a window manager nobody else moves the focus.
        try run("xdotool", "windowfocus", "--sync", window(title), "key", key)
    }

    /// Whether a window says that it belongs to a program of this name.
    func hasWindow(of program: String) throws -> Bool {
        try !run("xdotool", "search", "--onlyvisible", "--classname", "^\(program)$").isEmpty
    }

    private func window(_ title: String) throws -> String {
        let windows = try run("xdotool", "search", "--onlyvisible", "--name", title)
        return try #require(windows.split(separator: "\n").first.map(String.init))
    }

    /// A picture of the whole screen.
    func screenshot(to file: URL) throws -> Screenshot {
        try run("import", "-silent", "-window", "root", file.path)
        return Screenshot(file: file)
    }

    /// The picture of the whole screen once it is as wanted.
    func screenshot(
        to file: URL, where isWanted: (Screenshot) throws -> Bool
    ) throws -> Screenshot {
        let deadline = Date.now.addingTimeInterval(RunningPeerwatch.patience)
        while Date.now < deadline {
            let picture = try screenshot(to: file)
            if try isWanted(picture) { return picture }
        }
        throw NotSeen(description: "the screen never became what \(file.lastPathComponent) is of")
    }

    /// What was copied.
    func clipboard() throws -> String { try run("xclip", "-selection", "clipboard", "-out") }

    /// Makes whoever holds the clipboard let go of it, and end.
    func takeClipboard() throws {
        let holder = Process()
        let text = Pipe()
        holder.executableURL = URL(filePath: "/usr/bin/env")
        // In the foreground: a process that stays behind the one we started would keep Foundation
        // from seeing that one end.
        holder.arguments = ["xclip", "-quiet", "-selection", "clipboard", "-in"]
        holder.environment = ["DISPLAY": name, "PATH": Self.path]
        holder.standardInput = text
        holder.standardOutput = FileHandle.nullDevice
        holder.standardError = FileHandle.nullDevice
        try holder.runHearingSignals()
        text.fileHandleForWriting.write(Data("taken".utf8))
        try text.fileHandleForWriting.close()
        while try clipboard() != "taken" { usleep(10_000) }
        holder.terminate()
        holder.waitUntilExit()
    }

    @discardableResult
    private func run(_ words: String...) throws -> String {
        try Tool.run(words, environment: ["DISPLAY": name, "PATH": Self.path])
    }

    private static let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
}

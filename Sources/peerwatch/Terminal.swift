// Standard output belongs to the token and to answers; everything else goes to standard error.

import Foundation

enum Terminal {
    /// Whether somebody sees standard error as it is written.
    static let isInteractive = isatty(FileHandle.standardError.fileDescriptor) == 1

    /// A line for scripts and people, on standard output.
    static func answer(_ line: String) { write(line + "\n", to: .standardOutput) }

    /// A line for people, on standard error.
    static func say(_ line: String) { write(line + "\n", to: .standardError) }

    /// What went wrong, on standard error.
    static func complain(_ sentence: String) { say("peerwatch: \(sentence)") }

    /// A line that the next one overwrites, on standard error.
    static func sketch(_ line: String) {
        // To the start of the line, and clear it (ECMA-48).
        write("\r\u{1B}[K" + line, to: .standardError)
    }

    private static func write(_ text: String, to handle: FileHandle) {
        // Nobody reads a closed pipe; there is nowhere to complain to.
        try? handle.write(contentsOf: Data(text.utf8))
    }
}

// Standard output belongs to the token and to answers; everything else goes to standard error.

import Foundation

enum Terminal {
    /// Whether somebody sees standard error as it is written.
    static let isInteractive = isatty(FileHandle.standardError.fileDescriptor) == 1

    /// A line for scripts and people, on standard output.
    static func answer(_ line: String) { write(line + "\n", to: .standardOutput) }

    /// A line for people, on standard error.
    static func say(_ line: String) { write(line.withoutControls + "\n", to: .standardError) }

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

extension String {
    /// The text without what a terminal would obey: names and titles come from strangers.
    fileprivate var withoutControls: String {
        String(String.UnicodeScalarView(unicodeScalars.filter { !$0.isControl }))
    }
}

extension Unicode.Scalar {
    /// Control characters, and marks that turn the direction of what follows.
    fileprivate var isControl: Bool {
        switch properties.generalCategory {
        case .control where self == "\n": false
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
        case _: false
        }
    }
}

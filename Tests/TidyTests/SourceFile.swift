// A file of the project as the rules see it: its path, its lines, and its code without comments and
// without what strings say.

/// A file with its path from the project's root.
struct SourceFile: Sendable {
    let path: String
    let lines: [Substring]
    /// As many lines as ``lines``, with comments and the letters of strings blanked out.
    ///
    /// What is interpolated into a string stays: it is code.
    let codeLines: [Substring]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        codeLines =
            path.hasSuffix(".swift")
            ? CodeReader.code(of: text).split(separator: "\n", omittingEmptySubsequences: false)
            : lines
    }

    /// `WireFormat` for `Sources/WireFormat/Frame.swift`; nothing outside `Sources`.
    var module: Substring? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? parts[1] : nil
    }

    /// `Frame` for `Sources/WireFormat/Frame.swift`.
    var name: Substring {
        (path.split(separator: "/").last ?? "").prefix { $0 != "." }
    }

    var isSwift: Bool { path.hasSuffix(".swift") }

    /// A violation wherever code matches, one a line.
    func violations(
        of pattern: Regex<Substring>, _ sentence: String
    ) -> [Violation] {
        // A dot ends a word: by Unicode's rules `Task.sleep` is one.
        let pattern = pattern.wordBoundaryKind(.simple)
        return zip(1..., codeLines).filter { $0.1.contains(pattern) }
            .map { Violation(path: path, line: $0.0, sentence: sentence) }
    }
}

/// A place where a rule is broken.
struct Violation: Hashable, CustomStringConvertible {
    let path: String
    let line: Int
    let sentence: String

    var description: String { "\(path):\(line): \(sentence)" }
}

/// Walks through the bytes of Swift text and keeps what is code.
private struct CodeReader {
    private let text: [UInt8]
    private var position = 0
    private var code: [UInt8] = []

    private init(_ text: String) { self.text = Array(text.utf8) }

    static func code(of text: String) -> String {
        var reader = CodeReader(text)
        while reader.current != nil { reader.readCode() }
        return String(decoding: reader.code, as: UTF8.self)
    }

    private var current: UInt8? { position < text.count ? text[position] : nil }

    private func sees(_ wanted: StaticString, after offset: Int = 0) -> Bool {
        let start = position + offset
        let wanted = Array(wanted.description.utf8)
        return start + wanted.count <= text.count
            && text[start..<(start + wanted.count)].elementsEqual(wanted)
    }

    /// Takes one thing from the front: a comment, a string or a byte of code.
    private mutating func readCode() {
        switch current {
        case UInt8(ascii: "/") where sees("//"):
            while let next = current, next != UInt8(ascii: "\n") { blank() }
        case UInt8(ascii: "/") where sees("/*"): readBlockComment()
        case UInt8(ascii: "\""), UInt8(ascii: "#"):
            let hashes = text[position...].prefix { $0 == UInt8(ascii: "#") }.count
            if sees("\"", after: hashes) { readString(hashes: hashes) } else { keep() }
        case _: keep()
        }
    }

    private mutating func readBlockComment() {
        var depth = 0
        repeat {
            if sees("/*") {
                depth += 1
                blank(2)
            } else if sees("*/") {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && current != nil
    }

    private mutating func readString(hashes: Int) {
        blank(hashes)
        let quotes = sees("\"\"\"") ? 3 : 1
        keep(quotes)
        while current != nil, !endsString(quotes: quotes, hashes: hashes) {
            if current == UInt8(ascii: "\\"), hashesFollow(hashes, after: 1),
                sees("(", after: 1 + hashes)
            {
                readInterpolation(hashes: hashes)
            } else {
                blank(current == UInt8(ascii: "\\") && hashes == 0 ? 2 : 1)
            }
        }
        keep(quotes)
        blank(hashes)
    }

    private func endsString(quotes: Int, hashes: Int) -> Bool {
        (quotes == 3 ? sees("\"\"\"") : sees("\"")) && hashesFollow(hashes, after: quotes)
    }

    private func hashesFollow(_ count: Int, after offset: Int) -> Bool {
        text.dropFirst(position + offset).prefix(count)
            .elementsEqual(repeatElement(UInt8(ascii: "#"), count: count))
    }

    private mutating func readInterpolation(hashes: Int) {
        blank(1 + hashes)
        var depth = 0
        repeat {
            if current == UInt8(ascii: "(") { depth += 1 }
            if current == UInt8(ascii: ")") { depth -= 1 }
            readCode()
        } while depth > 0 && current != nil
    }

    private mutating func keep(_ count: Int = 1) {
        code += text[position...].prefix(count)
        position = min(position + count, text.count)
    }

    private mutating func blank(_ count: Int = 1) {
        code += text[position...].prefix(count).map {
            $0 == UInt8(ascii: "\n") ? $0 : UInt8(ascii: " ")
        }
        position = min(position + count, text.count)
    }
}

// The rules that keep the structure visible, each as a function from text to violations.
//
// Invariant: what a rule lets through is listed here, with the reason.

/// A rule, and what breaks it in some files.
struct Rule: Sendable, CustomStringConvertible {
    let description: String
    let check: @Sendable ([SourceFile]) -> [Violation]

    init(_ description: String, check: @escaping @Sendable ([SourceFile]) -> [Violation]) {
        self.description = description
        self.check = check
    }

    /// A rule that each file keeps or breaks alone.
    init(_ description: String, eachFile check: @escaping @Sendable (SourceFile) -> [Violation]) {
        self.init(description) { files in files.flatMap(check) }
    }

    static let all: [Rule] = [
        pureImports, pureWords, pointers, safetyComments, fileLengths, functionLengths, names,
        openingComments, sleeps, defaults, printing, foreignWords,
    ]
}

// MARK: - Purity

extension Rule {
    /// What the modules that only decide may import.
    ///
    /// All others are held to Package.swift alone.
    static let allowedImports: [Substring: Set<Substring>] = [
        "PartyModel": ["Crypto"],
        "WireFormat": ["PartyModel", "NIOCore", "Crypto"],
        "SwarmCore": ["PartyModel", "DequeModule", "HeapModule"],
        "RoomCore": ["PartyModel"],
        "SyncCore": ["PartyModel"],
        "PartySimulator": ["PartyModel", "SwarmCore", "RoomCore", "SyncCore"],
    ]

    static let pureImports = Rule("a module that decides imports nothing that acts") {
        (file: SourceFile) in
        guard let module = file.module, let allowed = allowedImports[module] else { return [] }
        let anImport =
            /^\s*(?:[@\w()]+\s+)*?import\s+(?:(?:struct|class|enum|func|protocol)\s+)?(?<name>\w+)/
        return zip(1..., file.codeLines).compactMap { line, text in
            guard let name = text.prefixMatch(of: anImport)?.name, !allowed.contains(name) else {
                return nil
            }
            return Violation(path: file.path, line: line, sentence: "\(module) imports \(name)")
        }
    }

    static let pureWords = Rule("a module that decides knows no clock, chance or concurrency") {
        (file: SourceFile) in
        guard let module = file.module, allowedImports.keys.contains(module) else { return [] }
        return file.violations(
            of: /\b(?:async|await|Task|Date|ContinuousClock|SuspendingClock|Mutex)\b|\.now\b/,
            "time and tasks come from outside")
            + file.violations(
                of: /\brandom\w*\(|\bshuffled?\(|\bSystemRandomNumberGenerator\b/,
                "chance comes from outside")
    }
}

// MARK: - Safety

extension Rule {
    /// Where C's pointers live.
    static func mayHavePointers(_ path: String) -> Bool {
        let files: [any RegexComponent<Substring>] = [
            // libmpv's client API, and its stream callbacks.
            /Sources\/MpvPlayer\/(?:Mpv\w*|FilmStream)\.swift/,
            // What mpv calls, with a handle it lends.
            /Sources\/MpvPlugin\/MpvOpenPlugin\.swift/,
            // System calls on files and directories.
            /Sources\/FilmStore\/Raw\w*\.swift/,
            // The hash functions read the memory they are given.
            /Sources\/PartyModel\/HashTree\.swift/,
            // The party runs on its event loop: an unowned executor, held by the party.
            /Sources\/PartyRuntime\/Party\.swift/,
        ]
        return files.contains { path.wholeMatch(of: $0) != nil }
    }

    static let pointers = Rule("pointers live in the files that are listed for them") {
        (file: SourceFile) in
        guard file.isSwift, file.module != nil, !mayHavePointers(file.path) else { return [] }
        return file.violations(
            of: /\bunsafe\b(?!\))|\bUnmanaged\b|\bOpaquePointer\b|\bUnsafe\w*Pointer\b/,
            "a pointer, outside the files listed for them")
    }

    static let safetyComments = Rule("what the compiler cannot prove is proved in a comment") {
        (file: SourceFile) in
        guard file.isSwift else { return [] }
        return file.violations(
            of: /@unchecked\s+Sendable|nonisolated\(unsafe\)/, "no // Safety: comment above"
        ).filter { !file.hasSafetyComment(above: $0.line) }
    }
}

extension SourceFile {
    /// Whether the comment lines right above a line, counted from one, hold a `// Safety:`.
    fileprivate func hasSafetyComment(above line: Int) -> Bool {
        lines.prefix(line - 1).reversed()
            .prefix { $0.contains(/^\s*(?:\/\/|@)/) }
            .contains { $0.contains("// Safety:") }
    }
}

// MARK: - Size and names

extension Rule {
    /// A limit for one place instead of the usual one.
    ///
    /// May only ever get smaller.
    struct Exception: Sendable {
        let lines: Int
        let reason: String
    }

    static let longestFile = 600
    static let longestFunction = 70

    /// By path.
    static let longFiles: [String: Exception] = [:]
    /// By path and name, as in `Sources/RoomCore/Room.swift: on`.
    static let longFunctions: [String: Exception] = [:]

    static let fileLengths = Rule("a file holds one concept: at most \(longestFile) lines") {
        (file: SourceFile) in
        let limit = longFiles[file.path]?.lines ?? longestFile
        guard file.isSwift, file.lines.count > limit else { return [] }
        return [
            Violation(
                path: file.path, line: limit + 1,
                sentence: "\(file.lines.count) lines, \(limit) allowed")
        ]
    }

    static let functionLengths = Rule("a function fits a screen: at most \(longestFunction) lines")
    {
        (file: SourceFile) in
        guard file.isSwift else { return [] }
        return file.functions.compactMap { function in
            let limit =
                longFunctions["\(file.path): \(function.name)"]?.lines ?? longestFunction
            guard function.lineCount > limit else { return nil }
            return Violation(
                path: file.path, line: function.line,
                sentence: "\(function.name) has \(function.lineCount) lines, \(limit) allowed")
        }
    }

    static let names = Rule("a name says what a thing is, not that it was left over") {
        (file: SourceFile) in
        guard file.isSwift else { return [] }
        let emptyWord =
            /(?:Util|Utils|Utilities|Helper|Helpers|Manager|Common|Misc|Extensions)(?![a-z])/
        let declaration = /\b(?:struct|class|enum|actor|protocol|typealias)\s+(?<name>\w+)/
        let inCode = zip(1..., file.codeLines).compactMap { line, text -> Violation? in
            guard let name = text.firstMatch(of: declaration)?.name, name.contains(emptyWord)
            else { return nil }
            return Violation(path: file.path, line: line, sentence: "\(name) says nothing")
        }
        guard file.name.contains(emptyWord) else { return inCode }
        return inCode
            + [Violation(path: file.path, line: 1, sentence: "\(file.name) says nothing")]
    }

    static let openingComments = Rule("a source file opens with the question it answers") {
        (file: SourceFile) in
        guard file.isSwift, file.module != nil, file.lines.first?.hasPrefix("// ") != true else {
            return []
        }
        return [Violation(path: file.path, line: 1, sentence: "no comment opens the file")]
    }
}

// MARK: - Habits

extension Rule {
    static let sleeps = Rule("a test waits for what it needs, not for a while") {
        (file: SourceFile) in
        guard file.isSwift, file.path.hasPrefix("Tests/"),
            !file.path.hasPrefix("Tests/EndToEndTests/")
        else { return [] }
        return file.violations(of: /\b\w*sleep\s*\(/, "a test sleeps")
    }

    static let defaults = Rule("a new case is carried out, or does not compile") {
        (file: SourceFile) in
        guard file.module == "PartyRuntime" else { return [] }
        return file.violations(of: /^\s*default\s*:/, "default hides cases to come")
    }

    static let printing = Rule("standard output belongs to the token: one place prints") { files in
        let prints = files.filter { $0.isSwift && $0.module != nil }.flatMap {
            $0.violations(of: /(?:^|[^\w.])(?:Swift\.)?(?:debugPrint|print|dump)\(/, "prints")
        }
        let elsewhere = prints.filter { !$0.path.hasPrefix("Sources/peerwatch/") }
        return elsewhere.isEmpty && prints.count > 1 ? Array(prints.dropFirst()) : elsewhere
    }

    static let foreignWords = Rule("the project explains itself without what is outside of it") {
        (file: SourceFile) in
        zip(1..., file.lines)
            // The class keeps this line from being about itself.
            .filter { $0.1.contains(/\bshared[\/]|\bissue [#]|\/work[\/]/.ignoresCase()) }
            .map {
                Violation(
                    path: file.path, line: $0.0,
                    sentence: "mentions what a reader does not have")
            }
    }
}

// MARK: - The top level

/// What stands at the top level: exactly this, besides hidden files and what is built.
enum TopLevel {
    static let required: Set<String> = [
        "LICENSE", "Package.swift", "README.md", "Sources", "Tests", "docs", "scripts",
    ]
    static let ignored: Set<String> = ["Package.resolved"]

    /// The names that are too many, and those that are missing.
    static func differences(of names: some Sequence<String>) -> (
        extra: Set<String>, missing: Set<String>
    ) {
        let visible = Set(names.filter { !$0.hasPrefix(".") }).subtracting(ignored)
        return (visible.subtracting(required), required.subtracting(visible))
    }
}

// Can each rule fail? Every rule is shown text that breaks it, and text that only looks like it.

import Testing

/// A file, and the lines in which it breaks a rule.
struct Snippet: Sendable, CustomTestStringConvertible {
    let rule: Rule
    let path: String
    let text: String
    let lines: [Int]

    init(_ rule: Rule, in path: String, _ text: String, breaksIn lines: [Int]) {
        self.rule = rule
        self.path = path
        self.text = text
        self.lines = lines
    }

    var testDescription: String { "\(rule) — \(path): \(text.prefix(60))" }

    static let purity: [Snippet] = [
        Snippet(
            .pureImports, in: "Sources/RoomCore/Room.swift",
            "import PartyModel\npublic import Foundation\n@preconcurrency import Glibc\n",
            breaksIn: [2, 3]),
        Snippet(
            .pureImports, in: "Sources/WireFormat/Frame.swift",
            "public import NIOCore\nimport struct NIOPosix.Socket\n// import Dispatch\n",
            breaksIn: [2]),
        Snippet(
            .pureImports, in: "Sources/FilmStore/RawFile.swift", "import Glibc\n", breaksIn: []),
        Snippet(
            .pureWords, in: "Sources/SyncCore/Follower.swift",
            "func f() async {\n    let a = ContinuousClock.now\n    Task { }\n}\n",
            breaksIn: [1, 2, 3]),
        Snippet(
            .pureWords, in: "Sources/SwarmCore/Swarm.swift",
            "let a = peers.randomElement()\nlet b = Int.random(in: 1...2)\nlet c = x.shuffled()\n",
            breaksIn: [1, 2, 3]),
        Snippet(
            .pureWords, in: "Sources/SwarmCore/Swarm.swift",
            "// await the Date\nlet random = \"Task .now\" // async\nfunc on(now: Int) {}\n",
            breaksIn: []),
        Snippet(
            .pureWords, in: "Sources/PartyRuntime/Party.swift", "await party.run()\n",
            breaksIn: []),
    ]

    static let safety: [Snippet] = [
        Snippet(
            .pointers, in: "Sources/MeshTransport/Pacing.swift",
            "let a = unsafe b\nlet c: UnsafeMutableRawPointer\nlet d: Unmanaged<E>\n"
                + "var f: OpaquePointer?\n",
            breaksIn: [1, 2, 3, 4]),
        Snippet(
            .pointers, in: "Sources/MeshTransport/Pacing.swift",
            "// unsafe\nnonisolated(unsafe) var a = 1\nlet isUnsafe = \"unsafe\"\n", breaksIn: []),
        Snippet(
            .pointers, in: "Sources/MpvPlayer/MpvHandle.swift", "let a = unsafe b\n", breaksIn: []),
        Snippet(
            .pointers, in: "Sources/MpvPlayer/Player.swift", "let a = unsafe b\n", breaksIn: [1]),
        Snippet(
            .safetyComments, in: "Sources/MpvPlayer/MpvHandle.swift",
            "final class A: @unchecked Sendable {\n    nonisolated(unsafe) var b = 1\n}\n",
            breaksIn: [1, 2]),
        Snippet(
            .safetyComments, in: "Sources/MpvPlayer/MpvHandle.swift",
            "// Safety: guarded by a lock,\n// everywhere.\n/// A class.\n"
                + "final class A: @unchecked Sendable {}\n\nnonisolated(unsafe) var b = 1\n",
            breaksIn: [6]),
    ]

    static let size: [Snippet] = [
        Snippet(
            .fileLengths, in: "Sources/RoomCore/Room.swift",
            String(repeating: "\n", count: 600), breaksIn: [601]),
        Snippet(
            .fileLengths, in: "Sources/RoomCore/Room.swift",
            String(repeating: "\n", count: 599), breaksIn: []),
        Snippet(
            .functionLengths, in: "Sources/RoomCore/Room.swift",
            "struct A {\n    func f(\n        b: () -> Void = { }\n    ) {\n"
                + String(repeating: "        if c { d() }\n", count: 67) + "    }\n"
                + "    init?(e: Int) {\n" + String(repeating: "        // {\n", count: 69)
                + "    }\n}\n",
            breaksIn: [2, 73]),
        Snippet(
            .functionLengths, in: "Sources/RoomCore/Room.swift",
            "protocol P {\n    func f()\n    var a: Int { get }\n}\nstruct A {\n"
                + String(repeating: "    var b = 1\n", count: 80) + "}\n"
                + "func g() {\n" + String(repeating: "    h(\"{\")\n", count: 68) + "}\n",
            breaksIn: []),
    ]

    static let names: [Snippet] = [
        Snippet(
            .names, in: "Sources/RoomCore/RoomUtils.swift", "enum RoomUtils {}\n",
            breaksIn: [1, 1]),
        Snippet(
            .names, in: "Sources/RoomCore/Room.swift",
            "final class RoomManager {}\nactor Helper {}\n// enum CommonThings\n", breaksIn: [1, 2]),
        Snippet(
            .names, in: "Sources/RoomCore/Community.swift",
            "struct Community {}\nlet a = FileManager.default\nstruct Miscount {}\n", breaksIn: []),
        Snippet(
            .openingComments, in: "Sources/RoomCore/Room.swift", "import PartyModel\n",
            breaksIn: [1]),
        Snippet(
            .openingComments, in: "Sources/RoomCore/Room.swift", "// What is a room?\n",
            breaksIn: []),
    ]

    static let habits: [Snippet] = [
        Snippet(
            .sleeps, in: "Tests/RoomCoreTests/RoomTests.swift",
            "try await Task.sleep(for: .seconds(1))\nusleep(3)\n// sleep(1)\n", breaksIn: [1, 2]),
        Snippet(
            .sleeps, in: "Tests/EndToEndTests/PlayTests.swift", "sleep(1)\n", breaksIn: []),
        Snippet(
            .defaults, in: "Sources/PartyRuntime/Party.swift",
            "switch a {\ndefault: break\n}\nlet b = c[d, default: 0]\n", breaksIn: [2]),
        Snippet(
            .defaults, in: "Sources/PartyModel/Identifiers.swift", "default: nil\n", breaksIn: []),
        Snippet(
            .printing, in: "Sources/PartyRuntime/Party.swift",
            "print(token)\nlog.print(token)\n// print(token)\nlet a = \"\\(dump(b))\"\n",
            breaksIn: [1, 4]),
        Snippet(
            .printing, in: "Sources/peerwatch/Play.swift", "print(token)\nprint(token)\n",
            breaksIn: [2]),
        Snippet(.printing, in: "Sources/peerwatch/Play.swift", "print(token)\n", breaksIn: []),
        Snippet(
            .foreignWords, in: "docs/swarm.md",
            "see shared" + "/DESIGN.md\nfixes issue" + " #7\nin /work" + "/main\n",
            breaksIn: [1, 2, 3]),
        Snippet(
            .foreignWords, in: "docs/swarm.md", "a shared film\nno issue\nhard work/life\n",
            breaksIn: []),
    ]
}

@Suite("Rules can fail")
struct RuleTests {
    @Test(
        "a rule finds what breaks it, and nothing else",
        arguments: Snippet.purity + Snippet.safety + Snippet.size + Snippet.names + Snippet.habits)
    func snippets(snippet: Snippet) {
        let violations = snippet.rule.check([SourceFile(path: snippet.path, text: snippet.text)])
        #expect(violations.map(\.line) == snippet.lines)
        #expect(violations.allSatisfy { $0.path == snippet.path })
    }

    @Test("every rule has a text that breaks it")
    func everyRuleCanFail() {
        let snippets =
            Snippet.purity + Snippet.safety + Snippet.size + Snippet.names + Snippet.habits
        let broken = Set(snippets.filter { !$0.lines.isEmpty }.map(\.rule.description))
        #expect(broken == Set(Rule.all.map(\.description)))
    }

    @Test("what is too many or missing at the top level is named")
    func topLevel() {
        let names = [
            ".git", ".build", "Package.resolved", "Package.swift", "Sources", "Tests", "docs",
            "README.md", "LICENSE", "CHANGELOG.md",
        ]
        let (extra, missing) = TopLevel.differences(of: names)
        #expect(extra == ["CHANGELOG.md"])
        #expect(missing == ["scripts"])
    }

    @Test(
        "code is told from comments and strings",
        arguments: [
            ("a // b", "a     "), ("a /* b /* c */ */ d", "a                 d"),
            ("\"a\\\"b\" c", "\"    \" c"), ("#\"a\"b\"# c", " \"   \"  c"),
            ("\"\\(a + \"b\")c\" d", "\" (a + \" \") \" d"),
            ("\"\"\"\na\"b\n\"\"\" c", "\"\"\"\n   \n\"\"\" c"),
        ])
    func codeOnly(text: String, code: String) {
        let file = SourceFile(path: "Sources/RoomCore/Room.swift", text: text)
        #expect(file.codeLines.joined(separator: "\n") == code)
    }
}

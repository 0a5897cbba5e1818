// The keys of the window, as mpv gives them: ours, the user's, and none.

import Foundation
import PartyModel
import Testing

@testable import MpvPlayer

@Suite("The keys of the window", .serialized)
struct ScriptKeysTests {
    private static let allPages = [
        ("y", "token", "card"), ("a", "peers", "peers"), ("C", "talk", "talk"),
        ("D", "stats", "stats"), ("H", "help", "help"),
    ]

    /// Runs with a script that is ready and has a token, and with files in the user's configuration.
    private func run(
        files: [String: String] = [:], options: [String] = [],
        _ body: (Screening, Int) throws -> Void
    ) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: directory) }
        for (name, text) in files.merging(["mpv.conf": ""], uniquingKeysWith: { first, _ in first })
        {
            let file = directory.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        let arguments = Screening.silent + ["--config-dir=\(directory.path)"] + options
        try Screening.run([:], arguments: arguments, configure: { _ in }) { screening in
            screening.player.showToken("pw_token", code: ["101", "010", "101"], atOnce: false)
            let ready = try screening.journal.wait(for: .scriptMessage(["ready", "peerwatch"]))
            try body(screening, ready)
        }
    }

    private func press(_ key: String, in screening: Screening) {
        _ = screening.player.handle.command(.command("keypress", key))
    }

    private func send(_ words: String..., to screening: Screening) {
        let command = ["script-message-to", "peerwatch"] + words
        _ = screening.player.handle.command(.list(command.map(MpvNode.string)))
    }

    /// Waits until the script says that this is open to be written or chosen.
    private func wait(forInput input: String, in screening: Screening) throws {
        try screening.wait(for: "the input \(input)") { screening.said("input") == "\"\(input)\"" }
    }

    @Test("open and close each page", arguments: allPages)
    func opensPages(key: String, name: String, page: String) throws {
        try run { screening, ready in
            press(key, in: screening)
            let opened = try screening.journal.wait(
                for: .scriptMessage(["page", page]), after: ready)
            send(name, to: screening)
            try screening.journal.wait(for: .scriptMessage(["page", "none"]), after: opened)
        }
    }

    @Test(
        "ask the room for what only the room can do",
        arguments: [("k", "ready"), ("n", "skip-wait"), ("U", "undo-seek")])
    func requests(key: String, word: String) throws {
        try run { screening, ready in
            press(key, in: screening)
            let asked = try screening.journal.wait(for: .scriptMessage([word]), after: ready)
            send(word, to: screening)
            try screening.journal.wait(for: .scriptMessage([word]), after: asked)
        }
    }

    @Test("are moved by the user's input.conf, which wins over ours")
    func inputConf() throws {
        let bindings = """
            F5 script-binding peerwatch/peers
            a script-message-to main peerwatch the-users-own
            """
        try run(files: ["input.conf": bindings]) { screening, ready in
            press("a", in: screening)
            let own = try screening.journal.wait(
                for: .scriptMessage(["the-users-own"]), after: ready)
            press("F5", in: screening)
            try screening.journal.wait(for: .scriptMessage(["page", "peers"]), after: own)
            #expect(
                screening.journal.events.count { $0 == .scriptMessage(["page", "peers"]) } == 1)
        }
    }

    @Test("can all be switched off, and their names stay")
    func off() throws {
        try run(files: ["script-opts/peerwatch.conf": "keys=no\n"]) { screening, ready in
            for (key, _, _) in Self.allPages { press(key, in: screening) }
            send("help", to: screening)
            try screening.journal.wait(for: .scriptMessage(["page", "help"]), after: ready)
            let told = screening.journal.events.filter { event in
                if case .scriptMessage(let words) = event { words.first == "page" } else { false }
            }
            #expect(told == [.scriptMessage(["page", "help"])])
        }
    }

    @Test("follow their options while mpv runs")
    func live() throws {
        try run(options: ["--script-opts=peerwatch-peers_key=F6"]) { screening, ready in
            press("F6", in: screening)
            let opened = try screening.journal.wait(
                for: .scriptMessage(["page", "peers"]), after: ready)
            _ = screening.player.handle.command(
                .command("change-list", "script-opts", "append", "peerwatch-stats_key=F7"))
            // The script hears of it in its own time.
            let deadline = Date.now.addingTimeInterval(20)
            while !screening.journal.events.contains(.scriptMessage(["page", "stats"])),
                Date.now < deadline
            {
                press("F7", in: screening)
                screening.journal.waitBriefly(after: opened)
            }
            #expect(screening.journal.events.contains(.scriptMessage(["page", "stats"])))
        }
    }

    @Test(
        "leave mpv's own keys alone", arguments: ["SPACE", "p", "ENTER", "g", "f", "m", "q", "i"])
    func foreignKeys(key: String) throws {
        try run { screening, _ in
            guard case .list(let bindings) = screening.player.handle.property("input-bindings")
            else { throw NotSeen(description: "no bindings") }
            for case .map(let binding) in bindings where binding["key"] == .string(key) {
                guard case .string(let command) = binding["cmd"] else { continue }
                #expect(!command.contains("peerwatch"))
            }
        }
    }

    @Test("say to the others what is written, and nothing of nothing")
    func say() throws {
        try run { screening, ready in
            send("say", "  ", to: screening)
            send("say", "a\nb {\\an8}", to: screening)
            try screening.journal.wait(
                for: .scriptMessage(["say", "a b {\\an8}"]), after: ready)
            send("react", "wow", to: screening)
            try screening.journal.wait(for: .scriptMessage(["react", "wow"]), after: ready)
            #expect(
                screening.journal.events.count { event in
                    if case .scriptMessage(let words) = event {
                        words.first == "say"
                    } else {
                        false
                    }
                } == 1)
        }
    }

    @Test("write a line with every key there is, and take none after ESC")
    func line() throws {
        // No hand presses more keys at once than the seven that mpv keeps by itself.
        try run(options: ["--input-key-fifo-size=100"]) { screening, ready in
            press("c", in: screening)
            try wait(forInput: "line", in: screening)
            let keys =
                ["q", "SPACE", "é", "漢", "x", "BS", "LEFT", "ü", "KP7", "END"]
                + ["!", ".", ",", "<", ">"]
            for key in keys {
                press(key, in: screening)
            }
            press("ENTER", in: screening)
            let said = try screening.journal.wait(
                for: .scriptMessage(["say", "q éü7漢!.,<>"]), after: ready)
            try wait(forInput: "none", in: screening)
            press("c", in: screening)
            try wait(forInput: "line", in: screening)
            press("z", in: screening)
            press("ESC", in: screening)
            try wait(forInput: "none", in: screening)
            press("y", in: screening)
            try screening.journal.wait(for: .scriptMessage(["page", "card"]), after: said)
            press("h", in: screening)
            try wait(forInput: "reactions", in: screening)
            press("2", in: screening)
            try screening.journal.wait(for: .scriptMessage(["react", "laugh"]), after: said)
            #expect(
                screening.journal.events.count { event in
                    if case .scriptMessage(let words) = event {
                        words.first == "say"
                    } else {
                        false
                    }
                } == 1)
        }
    }
}

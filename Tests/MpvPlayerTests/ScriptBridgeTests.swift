import PartyModel
import Testing

@testable import MpvPlayer

@Suite("The script in mpv", .serialized)
struct ScriptBridgeTests {
    @Test("says when it is ready, and then gets the token that waited")
    func tokenWaits() throws {
        try Screening.run([:]) { screening in
            screening.player.showToken("pw_first", code: ["101"], atOnce: true)
            screening.player.sendState(json: #"{"viewers": [{"name": "Ana"}, {"name": "Bo"}]}"#)
            screening.player.showNotice("Ana has joined")
            let ready = try screening.journal.wait(for: .scriptMessage(["ready", "peerwatch"]))
            try screening.journal.wait(for: .scriptMessage(["page", "card"]), after: ready)
        }
    }

    @Test("hides and shows the token on its key")
    func tokenKey() throws {
        try Screening.run([:]) { screening in
            let journal = screening.journal
            try journal.wait(for: .scriptMessage(["ready", "peerwatch"]))
            screening.player.showToken("pw_token", code: [], atOnce: true)
            let shown = try journal.wait(for: .scriptMessage(["page", "card"]))
            _ = screening.player.handle.command(.command("keypress", "y"))
            let hidden = try journal.wait(for: .scriptMessage(["page", "none"]), after: shown)
            _ = screening.player.handle.command(
                .command("script-binding", "peerwatch/token"))
            try journal.wait(for: .scriptMessage(["page", "card"]), after: hidden)
        }
    }

    @Test("survives what is no state")
    func badState() throws {
        try Screening.run([:]) { screening in
            for json in ["", "[", "3", #"{"viewers": 3, "wait": []}"#] {
                screening.player.sendState(json: json)
            }
            screening.player.showNotice("{\\an8}\\N\n")
            screening.player.showToken("", code: [""], atOnce: true)
            try screening.journal.wait(for: .scriptMessage(["page", "card"]))
        }
    }

    @Test("is not taken for others that speak")
    func otherSpeakers() throws {
        try Screening.run([:]) { screening in
            let handle = screening.player.handle
            _ = handle.command(.command("script-message", "something", "else"))
            _ = handle.command(.command("script-message-to", "main", "peerwatch", "chat", "hi {"))
            try screening.journal.wait(for: .scriptMessage(["chat", "hi {"]))
            #expect(!screening.journal.events.contains(.scriptMessage(["else"])))
        }
    }
}

@Suite("Values of mpv")
struct MpvNodeTests {
    @Test("come back from C as they went")
    func roundTrip() {
        let value = MpvNode.map([
            "flag": .flag(true), "integer": .integer(-3), "double": .double(0.25),
            "string": .string("ü\n"), "nothing": .nothing, "empty": .list([]),
            "list": .list([.string("a"), .map(["b": .list([.flag(false)])]), .map([:])]),
        ])
        let copy = unsafe value.withCNode { unsafe MpvNode(copying: $0.pointee) }
        #expect(copy == value)
    }
}

@Suite("A snapshot")
struct PlayerSnapshotTests {
    private let asked = MonotonicInstant(nanoseconds: 1_000)
    private let answered = MonotonicInstant(nanoseconds: 3_000)

    @Test("is read from one answer")
    func reading() throws {
        let answer = """
            12.345000
            12.375000
            1.020000
            no
            yes
            7.500000
            25.000000
            spdif-ac3
            no
            yes
            """
        let snapshot = try #require(
            PlayerSnapshot(answer: answer, asked: asked, answered: answered))
        #expect(snapshot.audioPosition == MediaPosition(seconds: 12.345))
        #expect(!snapshot.isSeeking && snapshot.isAtEnd)
        #expect(snapshot.framePosition == MediaPosition(seconds: 12.375))
        #expect(snapshot.speed == PlaybackSpeed(factor: 1.02))
        #expect(!snapshot.isPaused && snapshot.isBuffering && snapshot.passesAudioThrough)
        #expect(snapshot.buffered == .seconds(7.5))
        #expect(snapshot.frameDuration == .milliseconds(40))
        #expect(snapshot.takenAt == MonotonicInstant(nanoseconds: 2_000))
        #expect(snapshot.uncertainty == .nanoseconds(1_000))
    }

    @Test("without audio, in a seek, has what there is")
    func withoutAudio() throws {
        let none = "(unavailable)"
        let answer = "\(none)\n10.000000\n1.0\nyes\n\(none)\n\(none)\n25.0\n\(none)\nyes\n\(none)"
        let snapshot = try #require(
            PlayerSnapshot(answer: answer, asked: asked, answered: answered))
        #expect(snapshot.audioPosition == nil)
        #expect(snapshot.framePosition == MediaPosition(seconds: 10))
        #expect(snapshot.isSeeking && !snapshot.isAtEnd)
        #expect(snapshot.isPaused && !snapshot.isBuffering)
        #expect(snapshot.buffered == .zero)
    }

    @Test("is none from another answer", arguments: ["", "1\n2", "\n\n\n\n\n\n\n"])
    func nonsense(_ answer: String) {
        #expect(PlayerSnapshot(answer: answer, asked: asked, answered: answered) == nil)
    }
}

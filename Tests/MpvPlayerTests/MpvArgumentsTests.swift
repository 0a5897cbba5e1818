import PartyModel
import Testing

@testable import MpvPlayer

@Suite("Arguments for mpv")
struct MpvArgumentsTests {
    @Test(
        "are read as mpv reads them",
        arguments: [
            ("--fs", MpvOption("fs", nil)), ("-fs", MpvOption("fs", nil)),
            ("--vo=null", MpvOption("vo", "null")), ("--no-border", MpvOption("border", "no")),
            ("--title=a=b # c", MpvOption("title", "a=b # c")),
            ("--vf=", MpvOption("vf", "")), ("--no-x=y", MpvOption("no-x", "y")),
            ("--script-opts-append=k=v", MpvOption("script-opts-append", "k=v")),
        ])
    func reading(_ argument: String, _ option: MpvOption) throws {
        #expect(try MpvArguments([argument]).options == [option])
    }

    @Test(
        "are refused when they are none",
        arguments: ["movie.mkv", "null", "", "-", "--", "--=1", "--{", "--a b", "--title=a\nvo=x"])
    func refusing(_ argument: String) {
        let error = #expect(throws: PartyError.self) { try MpvArguments([argument]) }
        guard case .mpvArgumentRefused(let named, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(named == argument)
        #expect(error?.exitStatus == 2)
    }

    @Test("keep their order, and what counts before the start apart")
    func order() throws {
        let arguments = try MpvArguments([
            "--volume=1", "--no-config", "--volume=2", "--config-dir=/x",
        ])
        #expect(arguments.options == [MpvOption("volume", "1"), MpvOption("volume", "2")])
        #expect(
            arguments.optionsBeforeStart == [
                MpvOption("config", "no"), MpvOption("config-dir", "/x"),
            ])
    }

    @Test(
        "give the room its start position",
        arguments: [
            ("0", 0), ("90", 90), ("1:30", 90), ("01:02:03", 3723), ("2.5", 2.5),
            ("1:00:00.25", 3600.25),
            ("90:00", 5400),
        ])
    func start(_ text: String, _ seconds: Double) throws {
        let arguments = try MpvArguments(["--start=\(text)", "--fs"])
        #expect(arguments.startPosition == MediaPosition(seconds: seconds))
        #expect(arguments.options == [MpvOption("fs", nil)])
    }

    @Test(
        "are refused when the start is not a time",
        arguments: ["", "50%", "#2", "-10", "+5", "1:2:3:4", "1e3", "1.2.3", ":", "1.5:00", "nan"])
    func badStart(_ text: String) {
        #expect(throws: PartyError.self) { try MpvArguments(["--start=\(text)"]) }
        #expect(throws: PartyError.self) { try MpvArguments(["--start"]) }
    }

    @Test("are told when a room overrules them")
    func overruled() throws {
        let arguments = try MpvArguments([
            "--loop-file=inf", "--loop", "--idle", "--volume=3", "--log-file=x",
            "--keep-open=always",
        ])
        #expect(
            arguments.overruled == [
                "--loop-file=inf has no effect: a room sets loop-file=no.",
                "--loop has no effect: a room sets loop=no.",
                "--log-file=x has no effect: a room leaves log-file unset.",
            ])
    }

    @Test("go into the file between mpv.conf and the room")
    func file() {
        let text = RoomOptions.configuration(
            arguments: [MpvOption("fs", nil), MpvOption("title", "ü #")],
            forced: [MpvOption("idle", "yes"), MpvOption("log-file", "")])
        #expect(
            text == """
                [peerwatch-room]
                idle=%3%yes
                log-file=%0%
                [pseudo-gui]
                fs
                title=%4%ü #
                profile=peerwatch-room

                """)
    }
}

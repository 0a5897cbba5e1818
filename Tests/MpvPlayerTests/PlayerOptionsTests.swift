import Foundation
import PartyModel
import Testing

@testable import MpvPlayer

@Suite("The user's mpv", .serialized)
struct PlayerOptionsTests {
    /// A configuration directory as a user may have one.
    private func withUserConfiguration(_ body: (String) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        let scripts = directory.appending(path: "scripts")
        try FileManager.default.createDirectory(at: scripts, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let settings = """
            volume=33
            osc=no
            pause=yes
            idle=no
            access-references=yes
            keep-open=no
            glsl-shaders=~~/shaders/grain.glsl
            osd-font=Cantarell
            sub-font=Cantarell
            title=mine
            [pseudo-gui]
            loop-file=inf
            terminal=yes
            """
        try Data(settings.utf8).write(to: directory.appending(path: "mpv.conf"))
        let script = "mp.commandv('script-message-to', 'main', 'peerwatch', 'user-script-runs')"
        try Data(script.utf8).write(to: scripts.appending(path: "mine.lua"))
        try body(directory.path)
    }

    private func run(
        in directory: String, arguments: [String] = [],
        configure: (inout PlayerConfiguration) -> Void = { _ in },
        _ body: (Screening) throws -> Void
    ) throws {
        try Screening.run(
            [:], arguments: Screening.silent + ["--config-dir=\(directory)"] + arguments,
            configure: configure, body)
    }

    @Test("keeps what the user likes and takes what the room needs")
    func userConfiguration() throws {
        try withUserConfiguration { directory in
            try run(in: directory) { screening in
                #expect(screening.option("volume") == "33.000000")
                #expect(screening.option("osc") == "no")
                #expect(screening.option("glsl-shaders") == "~~/shaders/grain.glsl")
                #expect(screening.option("osd-font") == "Cantarell")
                #expect(screening.option("sub-font") == "Cantarell")
                // Where mpv looks for shaders, fonts and script-opts.
                let place = screening.player.handle.command(.command("expand-path", "~~/fonts"))
                #expect(place == .string("\(directory)/fonts"))
                #expect(screening.option("title") == "mine")
                #expect(screening.option("input-default-bindings") == "yes")
                #expect(screening.option("pause") == "no")
                #expect(screening.option("idle") == "yes")
                #expect(screening.option("access-references") == "no")
                #expect(screening.option("keep-open") == "always")
                #expect(screening.option("loop-file") == "no")
                #expect(screening.option("terminal") == "no")
                try screening.journal.wait(for: .scriptMessage(["user-script-runs"]))
            }
        }
    }

    @Test("obeys the command line before mpv.conf, and the room before both")
    func arguments() throws {
        try withUserConfiguration { directory in
            let typed = [
                "--volume=44", "--osc", "--pause", "--idle=no", "--script-opts-append=a=b#c",
            ]
            try run(in: directory, arguments: typed) { screening in
                #expect(screening.option("volume") == "44.000000")
                #expect(screening.option("osc") == "yes")
                #expect(screening.option("script-opts") == "a=b#c")
                #expect(screening.option("pause") == "no")
                #expect(screening.option("idle") == "yes")
            }
        }
    }

    @Test("runs none of the user's scripts when they are off")
    func withoutScripts() throws {
        try withUserConfiguration { directory in
            try run(in: directory, configure: { $0.loadsUserScripts = false }) { screening in
                try screening.journal.wait(for: .scriptMessage(["ready", "peerwatch"]))
                #expect(screening.option("volume") == "33.000000")
                #expect(screening.option("load-scripts") == "no")
                #expect(
                    !screening.journal.events.contains(.scriptMessage(["user-script-runs"])))
            }
        }
    }

    @Test("is left out entirely when the configuration is off")
    func withoutConfiguration() throws {
        try withUserConfiguration { directory in
            try run(in: directory, configure: { $0.usesUserConfig = false }) { screening in
                #expect(screening.option("volume") == "100.000000")
                #expect(screening.option("osc") == "yes")
                #expect(screening.option("idle") == "yes")
                #expect(screening.option("title")?.hasSuffix("PeerWatch") == true)
                try screening.journal.wait(for: .scriptMessage(["ready", "peerwatch"]))
                #expect(
                    !screening.journal.events.contains(.scriptMessage(["user-script-runs"])))
            }
        }
    }

    @Test("runs a script that is named for this time, whatever becomes of the others")
    func namedScript() throws {
        try withUserConfiguration { directory in
            let mine = "--scripts-append=\(directory)/scripts/mine.lua"
            try run(in: directory, arguments: [mine], configure: { $0.loadsUserScripts = false }) {
                try $0.journal.wait(for: .scriptMessage(["user-script-runs"]))
            }
        }
    }

    @Test(
        "refuses arguments it does not know, with its own reason",
        arguments: [
            ("--nosuch=1", "Error parsing option nosuch (option not found)"),
            ("--loop-file=banana", "Invalid value for option loop-file: banana"),
            ("--volume", "Error parsing option volume (option requires parameter)"),
            ("--playlist=/x", "The playlist option can't be used in a config file"),
            ("--no-x", "Error parsing option x (option not found)"),
        ])
    func unknownArguments(_ argument: String, _ reason: String) throws {
        let named = argument == "--no-x" ? "--x=no" : argument
        #expect(throws: PartyError.mpvArgumentRefused(argument: named, reason: reason)) {
            try Screening.run([:], arguments: Screening.silent + [argument]) { _ in }
        }
    }

    @Test("wants a display unless told where to draw")
    func noDisplay() throws {
        let bare: (inout PlayerConfiguration) -> Void = {
            $0.usesUserConfig = false
            $0.environment = ["TMPDIR": NSTemporaryDirectory()]
        }
        #expect(throws: PartyError.noDisplay(silent: [])) {
            try Screening.run([:], arguments: ["--ao=null"], configure: bare) { _ in }
        }
        #expect(throws: PartyError.noDisplay(silent: ["WAYLAND_DISPLAY=gone", "DISPLAY=:9999"])) {
            try Screening.run(
                [:], arguments: ["--ao=null"],
                configure: {
                    bare(&$0)
                    $0.environment["DISPLAY"] = ":9999"
                    $0.environment["WAYLAND_DISPLAY"] = "gone"
                }
            ) { _ in }
        }
        try Screening.run([:], configure: bare) { screening in
            #expect(screening.option("vo") == "null")
        }
    }

    @Test("obeys a video output of mpv.conf where there is no display")
    func noDisplayWanted() throws {
        try withUserConfiguration { directory in
            let conf = URL(filePath: directory).appending(path: "mpv.conf")
            try Data("vo=null\n".utf8).write(to: conf)
            try Screening.run(
                [:], arguments: ["--ao=null", "--config-dir=\(directory)"],
                configure: { $0.environment = ["TMPDIR": NSTemporaryDirectory()] }
            ) { screening in
                #expect(screening.option("vo") == "null")
            }
        }
    }

    @Test("tells when no video output can show anything")
    func noPicture() throws {
        // An output that needs an environment no test has.
        try Screening.run(
            [:], arguments: ["--ao=null", "--vo=wlshm"], expecting: ["VO window"],
            configure: {
                $0.usesUserConfig = false
                $0.environment = ["TMPDIR": NSTemporaryDirectory()]
            }
        ) { screening in
            try screening.journal.wait(for: .noPicture(outputs: "wlshm"))
        }
    }

    @Test("leaves nothing behind")
    func cleansUp() throws {
        let base = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: base, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: base) }
        let configure: (inout PlayerConfiguration) -> Void = {
            $0.usesUserConfig = false
            $0.environment = ["XDG_RUNTIME_DIR": base.path]
        }
        try Screening.run([:], configure: configure) { screening in
            try screening.journal.wait(for: .scriptMessage(["ready", "peerwatch"]))
            #expect(try FileManager.default.contentsOfDirectory(atPath: base.path) == [])
        }
        #expect(throws: PartyError.self) {
            try Screening.run([:], arguments: ["--nosuch"], configure: configure) { _ in }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: base.path) == [])
    }
}

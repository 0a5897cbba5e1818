// How does a party run inside the plugin? As from the command line, but for where it speaks: in the
// window, and on mpv's terminal.

import Foundation
import Logging
import MpvPlayer
import NIOCore
import NIOPosix
import PartyModel
import PartyRuntime

/// A room the open mpv is in, until it is left or its party ends by itself.
struct PluginRoom {
    private let party: Party
    private let run: Task<Void, Never>

    /// Joins the room of the token in a text; `nil`, and a sentence on the screen, if there is none.
    static func join(_ text: String, in lender: MpvLender) -> PluginRoom? {
        start(in: lender) {
            let token = try Token(reading: text)
            lender.say("Joining …")
            return .joining(token, keepingFilmsIn: lender.option("out"))
        }
    }

    /// Opens a room with a film, from where it is; `nil`, and a sentence on the screen, if not.
    static func host(_ film: OpenFilm?, in lender: MpvLender) -> PluginRoom? {
        guard let film else {
            lender.say("Open the film that you want to share, and try again.")
            return nil
        }
        return start(in: lender, at: film.position) {
            .hosting(files: [film.path], membersAllowed: Limits.members)
        }
    }

    /// Leaves the room; returns when it is left.
    func leave() async {
        party.leave()
        await run.value
    }

    private static func start(
        in lender: MpvLender, at position: MediaPosition = .start,
        _ role: () throws -> PartyConfiguration.Role
    ) -> PluginRoom? {
        do {
            return try PluginRoom(configuration(role(), in: lender, at: position), lender)
        } catch {
            lender.say(sentence(for: error))
            return nil
        }
    }

    private static func configuration(
        _ role: PartyConfiguration.Role, in lender: MpvLender, at position: MediaPosition
    ) throws -> PartyConfiguration {
        PartyConfiguration(
            role: role, name: lender.option("name") ?? NSUserName(),
            bindAddresses: lender.option("bind").map { [$0] } ?? [],
            mpvArguments: try MpvArguments(["--start=\(position.seconds)"]), lender: lender)
    }

    private init(_ configuration: PartyConfiguration, _ lender: MpvLender) throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let log = try EventLog(path: nil) { event in
            if case .room(let token, _) = event { lender.write("Friends join with \(token)") }
        }
        // mpv's terminal is its own; what matters is said in the window.
        let quiet = Logger(label: "peerwatch", factory: { _ in SwiftLogNoOpLogHandler() })
        let party = try Party(configuration, on: group.next(), log: log, logger: quiet)
        self.party = party
        run = Task {
            do {
                try await party.run()
                lender.say("You have left the room.")
            } catch {
                lender.say(Self.sentence(for: error))
            }
            log.close()
            try? await group.shutdownGracefully()
        }
    }

    private static func sentence(for error: any Error) -> String {
        (error as? PartyError)?.description ?? "\(error)"
    }
}

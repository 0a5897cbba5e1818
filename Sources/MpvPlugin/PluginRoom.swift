// How does a party run inside the plugin? As from the command line, but for where it speaks: in the
// window, and on mpv's terminal.

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

    /// Enters the room; `nil`, and a sentence in the window, where that cannot be.
    init?(_ wanted: WantedRoom, in lender: MpvLender) {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        // mpv's terminal is its own; what matters is said in the window.
        let quiet = Logger(label: "peerwatch", factory: { _ in SwiftLogNoOpLogHandler() })
        do {
            let log = try EventLog(path: lender.option("events")) { event in
                if case .room(let token, _) = event { lender.write("Friends join with \(token)") }
            }
            let party = try Party(
                wanted.configuration, on: group.next(), log: log, logger: quiet)
            self.party = party
            run = Task {
                lender.say(await Self.ending(of: party))
                log.close()
                try? await group.shutdownGracefully()
            }
        } catch {
            lender.say(Self.sentence(for: error))
            return nil
        }
    }

    /// Leaves the room; returns when it is left.
    func leave() async {
        party.leave()
        await run.value
    }

    private static func ending(of party: Party) async -> String {
        do {
            try await party.run()
            return "You have left the room."
        } catch {
            return sentence(for: error)
        }
    }

    private static func sentence(for error: any Error) -> String {
        (error as? PartyError)?.description ?? "\(error)"
    }
}

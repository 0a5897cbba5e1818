// One party from the command line: its event loop, its events, and the signals that end it.

import Logging
import NIOCore
import NIOPosix
import PartyModel
import PartyRuntime

enum PartySession {
    /// Runs a party until it is over; throws what ended it, if that was a failure.
    static func run(
        _ configuration: PartyConfiguration, events path: String?, isVerbose: Bool
    ) async throws {
        let isHost = if case .hosting = configuration.role { true } else { false }
        let narrator = Narrator(isHost: isHost, writesToken: path != "-")
        let log = try EventLog(path: path) { narrator.tell($0) }
        var logger = Logger(
            label: "peerwatch", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = isVerbose ? .debug : .warning
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let party = try Party(configuration, on: group.next(), log: log, logger: logger)
        let signals = Signals { party.leave() }
        defer {
            signals.stop()
            narrator.finish()
            log.close()
        }
        try await party.run()
        try? await group.shutdownGracefully()
    }
}

// The command line: what was typed becomes a party, and what ends it an exit status.

import ArgumentParser
import Foundation
import PartyModel

/// `peerwatch play FILE…`, `peerwatch join TOKEN`, `peerwatch seed FILE…`.
struct Peerwatch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peerwatch",
        abstract: "Watch a film together, in step, without a server.",
        discussion: """
            One person plays a film and sends friends the token; they join with it, and the film \
            streams to them while it plays. What follows -- goes to mpv.
            """,
        version: "0.1.0",
        subcommands: [Play.self, Join.self, Seed.self])
}

@main
enum Main {
    /// Status for arguments that cannot be understood; the parser's own would be 64.
    private static let misused: Int32 = 2

    static func main() async {
        Allocator.tune()
        do {
            var command = try Peerwatch.parseAsRoot(CommandWords.own)
            if let party = command as? any PartyCommand {
                try await party.runParty()
            } else {
                try command.run()
            }
            exit(0)
        } catch let error as PartyError {
            Terminal.complain(error.description)
            exit(error.exitStatus)
        } catch {
            let status = Peerwatch.exitCode(for: error)
            let message = Peerwatch.fullMessage(for: error)
            if status.isSuccess {
                Terminal.answer(message)
                exit(0)
            }
            if let file = CommandWords.fileLikeOption {
                Terminal.complain(
                    "\(file) is taken for an option; to name the file write ./\(file).")
                exit(misused)
            }
            Terminal.say(message)
            // The parser's own word for misuse becomes ours; whatever else went wrong is a failure.
            exit(status == .validationFailure ? misused : ExitCode.failure.rawValue)
        }
    }
}

/// The words of the command line: ours before the first `--`, mpv's behind it.
enum CommandWords {
    static var own: [String] { Array(CommandLine.arguments.dropFirst().prefix { $0 != "--" }) }

    /// A word that cannot be understood as an option and is the name of a file.
    static var fileLikeOption: String? {
        own.first { $0.hasPrefix("-") && FileManager.default.fileExists(atPath: $0) }
    }

    static var mpv: [String] { Array(CommandLine.arguments.drop { $0 != "--" }.dropFirst()) }
}

/// A command that runs a party.
protocol PartyCommand {
    /// Runs until the party is over.
    func runParty() async throws
}

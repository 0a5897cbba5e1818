// `peerwatch join TOKEN`: watch with others.

import ArgumentParser
import PartyModel
import PartyRuntime

struct Join: ParsableCommand, PartyCommand {
    static let configuration = CommandConfiguration(
        abstract: "Join the room of a token, and watch.")

    @Argument(
        help: "The token, as it was sent to you; line breaks and spaces in it do no harm.")
    var token: [String]

    @Option(
        name: [.long, .customLong("out", withSingleDash: true)],
        help: ArgumentHelp(
            "Keep the films in this directory, each under its own name once it is whole.",
            valueName: "dir"))
    var out: String?

    @OptionGroup var player: PlayerOptions
    @OptionGroup var shared: SharedOptions

    func runParty() async throws {
        let token = try Token(reading: token.joined(separator: " "))
        try await PartySession.run(
            shared.configuration(.joining(token, keepingFilmsIn: out), player: player),
            events: shared.events, isVerbose: shared.verbose)
    }
}

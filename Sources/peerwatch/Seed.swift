// `peerwatch seed FILE…`: open a room on a machine that nobody watches at.

import ArgumentParser
import PartyModel
import PartyRuntime

struct Seed: ParsableCommand, PartyCommand {
    static let configuration = CommandConfiguration(
        abstract: "Open a room with these films, without a player.")

    @Argument(help: "The films, in the order they are watched.")
    var files: [String]

    @OptionGroup var room: RoomOptions
    @OptionGroup var shared: SharedOptions

    func runParty() async throws {
        let role = PartyConfiguration.Role.hosting(
            files: files, membersAllowed: room.membersAllowed)
        var configuration = try shared.configuration(role, player: nil)
        configuration.rules = room.rules
        try await PartySession.run(
            configuration, events: shared.events, isVerbose: shared.verbose)
    }
}

// `peerwatch play FILE…`: open a room and watch.

import ArgumentParser
import PartyModel
import PartyRuntime

struct Play: ParsableCommand, PartyCommand {
    static let configuration = CommandConfiguration(
        abstract: "Open a room with these films, and watch.", aliases: ["start"])

    @Argument(help: "The films, in the order they are watched.")
    var files: [String]

    @OptionGroup var room: RoomOptions
    @OptionGroup var player: PlayerOptions
    @OptionGroup var shared: SharedOptions

    func runParty() async throws {
        let role = PartyConfiguration.Role.hosting(
            files: files, membersAllowed: room.membersAllowed)
        var configuration = try shared.configuration(role, player: player)
        configuration.rules = room.rules
        try await PartySession.run(
            configuration, events: shared.events, isVerbose: shared.verbose)
    }
}

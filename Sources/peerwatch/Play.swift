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
        try await PartySession.run(
            shared.configuration(role, player: player), events: shared.events,
            isVerbose: shared.verbose)
    }
}

/// Options of commands that open a room.
struct RoomOptions: ParsableArguments {
    @Option(help: "How many may watch, the host included; 64 at most.")
    var maxViewers = Limits.members

    var membersAllowed: Int { maxViewers }

    func validate() throws {
        guard (1...Limits.members).contains(maxViewers) else {
            throw ValidationError("A room takes 1 to \(Limits.members) viewers.")
        }
    }
}

// What a room may be like, as commands that open one take it.

import ArgumentParser
import PartyModel

/// Options of commands that open a room.
struct RoomOptions: ParsableArguments {
    /// Whose keys count.
    enum Control: String, ExpressibleByArgument, CaseIterable {
        case everyone, host
    }

    /// For whom the room waits.
    enum Wait: String, ExpressibleByArgument, CaseIterable {
        case all, none
    }

    @Option(help: "How many may watch, the host included; 64 at most.")
    var maxViewers = Limits.members

    @Option(help: "Who may pause, seek and change speed.")
    var control = Control.everyone

    @Option(help: "For whom the room waits when a buffer runs dry.")
    var wait = Wait.all

    @Flag(help: "Start paused, and play when every viewer is ready.")
    var lobby = false

    var membersAllowed: Int { maxViewers }

    var rules: RoomRules {
        RoomRules(
            control: control == .host ? .host : .everyone,
            waits: wait == .none ? .nobody : .everyone, isLobby: lobby)
    }

    func validate() throws {
        guard (1...Limits.members).contains(maxViewers) else {
            throw ValidationError("A room takes 1 to \(Limits.members) viewers.")
        }
    }
}

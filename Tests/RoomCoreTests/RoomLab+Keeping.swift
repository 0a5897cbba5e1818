// What tests of a room without its host ask of the lab.

import PartyModel

@testable import RoomCore

/// A host and three guests who all know each other.
func fullRoom() throws -> RoomLab {
    var lab = try RoomLab()
    lab.open(films: 2)
    for name in ["ana", "ben", "cem"] { lab.join(name) }
    lab.run(for: .seconds(5))
    return lab
}

extension RoomLab {
    func names(at name: String) -> [String] { rooms[name]?.members.map(\.name) ?? [] }

    func keeper(at name: String) -> String? {
        guard let keeper = rooms[name]?.keeper else { return nil }
        return rooms[name]?.member(keeper)?.name
    }

    mutating func press(_ name: String, _ wish: Wish) {
        tell(name, .wished(wish, at: RoomInstant(nanoseconds: now.nanoseconds)))
    }

    var intents: Set<Intent?> { Set(rooms.values.map(\.intent)) }
}

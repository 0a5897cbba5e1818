// Who may do what in a room, as the host signs it; everybody checks everybody by it.

/// The rules of a room.
public struct RoomRules: Hashable, SignedContent {
    /// Keeps signatures over rules apart from all others.
    public static let signatureContext = "peerwatch/1 rules"

    /// Whose wishes count.
    public enum Control: UInt8, Hashable, Sendable, CaseIterable {
        /// Everybody's.
        case everyone = 1
        /// The host's.
        case host = 2
    }

    /// For whom the room waits.
    public enum Waits: UInt8, Hashable, Sendable, CaseIterable {
        /// For every viewer who cannot play on, for a while.
        case everyone = 1
        /// For nobody.
        case nobody = 2
    }

    /// Grows with every change; the larger one counts.
    public let version: UInt64
    /// Who may pause, seek and change speed.
    public let control: Control
    /// Whether an empty buffer stops the room.
    public let waits: Waits
    /// Whether the film has not begun and waits until every viewer is ready.
    public let isLobby: Bool

    /// Rules with these properties.
    public init(
        version: UInt64 = 1, control: Control = .everyone, waits: Waits = .everyone,
        isLobby: Bool = false
    ) {
        self.version = version
        self.control = control
        self.waits = waits
        self.isLobby = isLobby
    }

    /// The same rules once the film has begun.
    public var begun: RoomRules {
        RoomRules(version: version + 1, control: control, waits: waits, isLobby: false)
    }

    /// Appends all properties.
    public func write(to writer: inout ByteWriter) {
        writer.write(version)
        writer.write(control.rawValue)
        writer.write(waits.rawValue)
        writer.write(isLobby)
    }

    /// The next rules.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        version = try reader.read(UInt64.self)
        guard let control = Control(rawValue: try reader.read(UInt8.self)) else {
            throw .malformedValue(field: "control")
        }
        guard let waits = Waits(rawValue: try reader.read(UInt8.self)) else {
            throw .malformedValue(field: "waits")
        }
        self.control = control
        self.waits = waits
        isLobby = try reader.readFlag()
    }
}

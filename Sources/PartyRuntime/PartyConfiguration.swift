// What a party is started with: the command line, checked.

public import MpvPlayer
public import PartyModel

/// How a party is run.
public struct PartyConfiguration: Sendable {
    /// Which side of the room this process is on.
    public enum Role: Sendable {
        /// Opens a room with these files, in order.
        case hosting(files: [String], membersAllowed: Int)
        /// Joins the room of a token; a directory keeps the films.
        case joining(Token, keepingFilmsIn: String?)
    }

    /// Which side of the room this process is on.
    public var role: Role
    /// Who may do what in a room that is opened.
    public var rules: RoomRules
    /// How this user is called.
    public var name: String
    /// Whether nobody watches here: no player at all.
    public var isHeadless: Bool
    /// The port to listen on; `nil` takes the usual one or the next that is free.
    public var port: Int?
    /// The addresses to listen on; none means all.
    public var bindAddresses: [String]
    /// Addresses to tell others, before those found here; port 0 means the listening port.
    public var advertisedAddresses: [PeerAddress]
    /// Bytes per second that film may leave with, LAN excepted; `nil` for what the line takes.
    public var uploadLimit: Double?
    /// Bytes per second of film that may arrive, LAN excepted; `nil` for what the line takes.
    public var downloadLimit: Double?
    /// Whether the user's own mpv configuration applies.
    public var usesMpvConfiguration: Bool
    /// Whether the user's own mpv scripts are loaded.
    public var loadsMpvScripts: Bool
    /// What followed `--` on the command line.
    public var mpvArguments: MpvArguments

    /// An mpv that its user has open, for the films to play in; `nil` for one of our own.
    public var lender: MpvLender?

    /// The port tried first when none is asked for.
    public static let usualPort = 9876

    /// A configuration with these values.
    public init(
        role: Role, rules: RoomRules = RoomRules(), name: String, isHeadless: Bool = false,
        port: Int? = nil,
        bindAddresses: [String] = [], advertisedAddresses: [PeerAddress] = [],
        uploadLimit: Double? = nil, downloadLimit: Double? = nil, usesMpvConfiguration: Bool = true,
        loadsMpvScripts: Bool = true,
        mpvArguments: MpvArguments = MpvArguments(), lender: MpvLender? = nil
    ) {
        self.role = role
        self.rules = rules
        self.name = name
        self.isHeadless = isHeadless
        self.port = port
        self.bindAddresses = bindAddresses
        self.advertisedAddresses = advertisedAddresses
        self.uploadLimit = uploadLimit
        self.downloadLimit = downloadLimit
        self.usesMpvConfiguration = usesMpvConfiguration
        self.loadsMpvScripts = loadsMpvScripts
        self.mpvArguments = mpvArguments
        self.lender = lender
    }
}

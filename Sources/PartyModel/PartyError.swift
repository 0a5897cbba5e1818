// Every failure a user can meet: what happened, the sentence that says what to do, the exit status.

/// A failure that ends a command, or that the user must be told of.
public enum PartyError: Error, Hashable, Sendable {
    /// No file has this path.
    case fileMissing(path: String)
    /// No file has this path, which had bytes that are no text.
    case fileNameNotText(path: String)
    /// The path is a directory.
    case fileIsDirectory(path: String)
    /// The path is neither a file nor a directory.
    case fileNotRegular(path: String)
    /// The file has no bytes.
    case fileEmpty(path: String)
    /// The file is larger than an item may be.
    case fileTooLarge(path: String)
    /// The file may not be read.
    case fileUnreadable(path: String, reason: String)
    /// More files than a playlist takes.
    case tooManyFiles(limit: Int)
    /// The shared file changed or vanished under the room.
    case filmChanged(name: String)
    /// The directory for the film cannot be used.
    case directoryUnusable(path: String, reason: String)
    /// The user's cache cannot be used; films are kept elsewhere.
    case cacheUnusable(path: String, reason: String, instead: String)
    /// The disk has no room left; the download waits.
    case diskFull(path: String)
    /// Writing failed for another reason.
    case diskFailed(path: String, reason: String)
    /// Another guest on this machine holds the same film of the same room.
    case filmLocked(path: String)
    /// The text is no token at all.
    case tokenNotFound
    /// The token's end is missing, or characters inside it.
    case tokenIncomplete
    /// A character of the token is wrong.
    case tokenMistyped
    /// The token comes from a newer PeerWatch.
    case tokenTooNew(version: Int)
    /// Nobody answered at any address of the token.
    case hostUnreachable(attempts: [DialFailure])
    /// Whoever answered is not the host the token names.
    case hostIsSomeoneElse(address: String)
    /// Whoever answered does not accept the token.
    case proofRefused(address: String)
    /// The host speaks another version of the protocol.
    case versionMismatch(theirs: Int, ours: Int)
    /// The room takes no more members.
    case roomFull
    /// The host ended the room.
    case roomClosed(reason: String)
    /// The port is taken by another program.
    case portInUse(port: Int)
    /// The port may not be opened, or the address is none of this machine's.
    case cannotListen(address: String, reason: String)
    /// An address on the command line cannot be understood.
    case addressMalformed(text: String)
    /// An address to listen on has a port.
    case bindWithPort(text: String)
    /// There is nowhere to draw a window.
    case noDisplay(silent: [String])
    /// mpv has a display, or needs none, and cannot open a window all the same.
    case noWindow(outputs: String)
    /// The player could not be started.
    case playerFailed(reason: String)
    /// mpv does not take an argument that was meant for it.
    case mpvArgumentRefused(argument: String, reason: String)
    /// The player cannot play the film.
    case filmUnplayable(name: String, reason: String)
    /// The events cannot be written where they should be.
    case eventsUnwritable(path: String, reason: String)

    /// One address that was tried.
    public struct DialFailure: Hashable, Sendable {
        /// The address, with its port.
        public let address: String
        /// Why it did not work, without a full stop.
        public let reason: String

        /// An address and why it did not work.
        public init(address: String, reason: String) {
            self.address = address
            self.reason = reason
        }
    }
}

extension PartyError: CustomStringConvertible {
    /// One sentence that says what happened and what to do.
    public var description: String {
        switch self {
        case .fileMissing(let path): "There is no file at \(path); check the spelling."
        case .fileNameNotText(let path):
            "The file name \(path) is not valid UTF-8; rename the film, or link to it by another name."
        case .fileIsDirectory(let path): "\(path) is a directory; name the film inside it."
        case .fileNotRegular(let path): "\(path) is not an ordinary file; name a film file."
        case .fileEmpty(let path): "\(path) is empty; there is nothing to play."
        case .fileTooLarge(let path): "\(path) is larger than 4 TiB, more than a room can share."
        case .fileUnreadable(let path, let reason): "\(path) cannot be read: \(reason)."
        case .tooManyFiles(let limit): "A room takes at most \(limit) files; name fewer."
        case .filmChanged(let name):
            "\(name) changed while it was shared, so the room had to stop; start it again."
        case .directoryUnusable(let path, let reason):
            "The directory \(path) cannot be used: \(reason)."
        case .cacheUnusable(let path, let reason, let instead):
            "The cache \(path) cannot be used (\(reason)); films are kept in \(instead)."
        case .diskFull(let path):
            "The disk that holds \(path) is full; the download waits until there is room again."
        case .diskFailed(let path, let reason): "Writing to \(path) failed: \(reason)."
        case .filmLocked(let path):
            "Another PeerWatch on this machine already downloads this film to \(path); close it first."
        case .tokenNotFound:
            "That is not a token; copy the whole text that starts with pw_."
        case .tokenIncomplete:
            "The token is cut off; copy it again, from pw_ to its last character."
        case .tokenMistyped: "The token has a typing error in it; copy it again."
        case .tokenTooNew(let version):
            "The token was made by a newer PeerWatch (token version \(version)); update this one."
        case .hostUnreachable(let attempts):
            "The host does not answer ("
                + attempts.map { "\($0.address): \($0.reason)" }.joined(separator: "; ")
                + "); ask whether the room is still open and its port can be reached."
        case .hostIsSomeoneElse(let address):
            "Whoever answers at \(address) is not the host of this room; ask for a new token."
        case .proofRefused(let address):
            "The host at \(address) does not accept this token; ask for a new one."
        case .versionMismatch(let theirs, let ours):
            "The other side speaks protocol version \(theirs) and this PeerWatch version \(ours); "
                + "update the older one."
        case .roomFull: "The room is full; ask the host for a larger one (--max-viewers)."
        case .roomClosed(let reason): "The room has ended: \(reason)."
        case .portInUse(let port):
            "Port \(port) is in use by another program; choose another one with --port."
        case .cannotListen(let address, let reason):
            "Cannot listen on \(address): \(reason); choose another address with --bind."
        case .addressMalformed(let text):
            "\(text) is no address; write HOST or HOST:PORT, IPv6 in brackets."
        case .bindWithPort(let text):
            "--bind takes an address without a port, and \(text) has one; choose it with --port."
        case .noDisplay(let silent):
            (silent.isEmpty
                ? "There is no display to open a window on"
                : "The display does not answer (\(silent.joined(separator: ", ")))")
                + "; set DISPLAY or WAYLAND_DISPLAY, or use --headless."
        case .noWindow(let outputs):
            "mpv cannot open a window (vo=\(outputs)); choose another vo, or use --headless."
        case .playerFailed(let reason): "The player could not be started: \(reason)."
        case .mpvArgumentRefused(let argument, let reason):
            "mpv does not take \(argument): \(reason)."
        case .filmUnplayable(let name, let reason): "mpv cannot play \(name): \(reason)."
        case .eventsUnwritable(let path, let reason):
            "Events cannot be written to \(path): \(reason)."
        }
    }

    /// What the process exits with: 2 for what was wrong on the command line, 1 for all else.
    public var exitStatus: Int32 {
        switch self {
        case .tokenNotFound, .tokenIncomplete, .tokenMistyped, .tokenTooNew, .addressMalformed,
            .bindWithPort,
            .tooManyFiles, .mpvArgumentRefused:
            2
        default: 1
        }
    }

    /// The name of the failure in the `error` event.
    public var code: String {
        switch self {
        case .fileMissing: "file-missing"
        case .fileNameNotText: "file-name-not-text"
        case .fileIsDirectory: "file-is-directory"
        case .fileNotRegular: "file-not-regular"
        case .fileEmpty: "file-empty"
        case .fileTooLarge: "file-too-large"
        case .fileUnreadable: "file-unreadable"
        case .tooManyFiles: "too-many-files"
        case .filmChanged: "film-changed"
        case .directoryUnusable: "directory-unusable"
        case .cacheUnusable: "cache-unusable"
        case .diskFull: "disk-full"
        case .diskFailed: "disk-failed"
        case .filmLocked: "film-locked"
        case .tokenNotFound: "token-not-found"
        case .tokenIncomplete: "token-incomplete"
        case .tokenMistyped: "token-mistyped"
        case .tokenTooNew: "token-too-new"
        case .hostUnreachable: "host-unreachable"
        case .hostIsSomeoneElse: "host-is-someone-else"
        case .proofRefused: "proof-refused"
        case .versionMismatch: "version-mismatch"
        case .roomFull: "room-full"
        case .roomClosed: "room-closed"
        case .portInUse: "port-in-use"
        case .cannotListen: "cannot-listen"
        case .addressMalformed: "address-malformed"
        case .bindWithPort: "bind-with-port"
        case .noDisplay: "no-display"
        case .noWindow: "no-window"
        case .playerFailed: "player-failed"
        case .mpvArgumentRefused: "mpv-argument-refused"
        case .filmUnplayable: "film-unplayable"
        case .eventsUnwritable: "events-unwritable"
        }
    }
}

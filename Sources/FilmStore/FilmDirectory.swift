// Who owns a film in the making? The one process that holds the lock of the film's directory.
// Invariant: while a `FilmDirectory` lives, no other process reads or writes what is in it.

internal import PartyModel

/// Where a guest keeps a film in the making.
public enum FilmPlace: Hashable, Sendable {
    /// In the cache; a second guest of one room on this machine gets a second directory.
    case cache(CacheDirectory)
    /// Beside where the film will stay, so that it can be renamed into place; a second guest is
    /// refused.
    case beside(directory: String)

    /// What a new directory for the user's films lets others do, unless the user's umask forbids
    /// it.
    static let publicMode: UInt32 = 0o777

    /// The directory that the user knows of.
    var path: String {
        switch self {
        case .cache(let cache): cache.films
        case .beside(let directory): directory
        }
    }
}

/// The directory of one film in the making, locked.
final class FilmDirectory: Sendable {
    /// The files in it.
    enum File: String, CaseIterable {
        case film, leaves, journal
        /// The last to be removed: whoever has its lock owns the others.
        case lock
    }

    private static let prefix = "peerwatch-"
    /// Bytes of the room's key in the name: enough to keep rooms apart, and the item is random.
    private static let roomBytes = 8

    /// Guests of one room on one machine that each get a directory in the cache: all members.
    private static let copyLimit = Limits.members

    /// How often a directory that vanishes while it is being locked is made again; each time
    /// another process must have removed it in that moment.
    private static let attemptLimit = 8

    let path: String
    private let lock: RawFile

    /// Finds or makes the directory for an item of a room and takes its lock.
    init(for item: ItemID, of room: RoomKey, in place: FilmPlace) throws(PartyError) {
        let name = Self.name(item: item, room: room)
        let candidates =
            switch place {
            case .beside(let directory): ["\(directory)/\(name)"]
            case .cache(let cache):
                (1...Self.copyLimit).map { "\(cache.films)/\(name)" + ($0 > 1 ? "-\($0)" : "") }
            }
        for path in candidates {
            do throws(SystemError) {
                if case .beside(let directory) = place {
                    try RawDirectory.make(directory, mode: FilmPlace.publicMode)
                }
                guard let lock = try Self.takeLock(of: path) else { continue }
                self.path = path
                self.lock = lock
                return
            } catch {
                throw .directoryUnusable(path: place.path, reason: error.reason)
            }
        }
        throw .filmLocked(path: candidates[0])
    }

    /// Where the file is.
    func path(of file: File) -> String { "\(path)/\(file.rawValue)" }

    /// Removes all files that are left and the directory.
    ///
    /// The lock is held until the last owner of this value lets go, but of a file that has no name
    /// any more.
    func remove() { Self.removeFiles(in: path) }

    private static func name(item: ItemID, room: RoomKey) -> String {
        prefix + room.raw.bytes.prefix(roomBytes).hexadecimal + "-" + item.description
    }

    /// Whether a guest may have made a directory of this name.
    static func isName(_ name: String) -> Bool {
        guard name.hasPrefix(prefix) else { return false }
        let parts = name.dropFirst(prefix.count).split(
            separator: "-", omittingEmptySubsequences: false)
        let isCopy = parts.count == 3 && Int(parts[2]).map { (2...copyLimit) ~= $0 } == true
        return (parts.count == 2 || isCopy)
            && parts[0].utf8.count == 2 * roomBytes
            && [UInt8](hexadecimal: Array(parts[0].utf8)) != nil
            && ItemID(hexadecimal: parts[1]) != nil
    }

    /// The lock of the directory at `path`, which is made when it is missing; `nil` when another
    /// process has it.
    private static func takeLock(of path: String) throws(SystemError) -> RawFile? {
        for _ in 0..<attemptLimit {
            try RawDirectory.make(path, mode: CacheDirectory.mode)
            guard try FileFacts(path: path).owner == RawDirectory.user else { throw .notPermitted }
            guard let lock = try openLock(in: path) else { continue }
            guard try lock.takeLock() else { return nil }
            // Whoever had the lock before may have removed the file; then this is the lock of
            // nothing.
            guard isStillNamed(lock) else { continue }
            try lock.touch()
            return lock
        }
        throw .busy
    }

    /// The lock file of the directory at `path`; `nil` when there is no such directory.
    private static func openLock(in path: String) throws(SystemError) -> RawFile? {
        do {
            return try RawFile("\(path)/\(File.lock.rawValue)", for: .creating)
        } catch {
            guard error == .missing else { throw error }
            return nil
        }
    }

    private static func isStillNamed(_ lock: RawFile) -> Bool {
        guard let named = try? FileFacts(path: lock.path), let open = try? lock.facts() else {
            return false
        }
        return named.identity.device == open.identity.device
            && named.identity.inode == open.identity.inode
    }

    /// Removes the directory at `path` unless its lock is held or it was opened later than
    /// `oldest`, in seconds since 1970; returns whether it did.
    static func remove(at path: String, unlessUsedSince oldest: Int64) -> Bool {
        guard let facts = try? FileFacts(path: path),
            facts.kind == .directory, facts.owner == RawDirectory.user,
            let lock = try? openLock(in: path),
            (try? lock.takeLock()) == true, isStillNamed(lock),
            let used = try? lock.facts().identity.modified, used / 1_000_000_000 <= oldest
        else { return false }
        removeFiles(in: path)
        return true
    }

    private static func removeFiles(in path: String) {
        for file in File.allCases { try? RawDirectory.removeFile("\(path)/\(file.rawValue)") }
        try? RawDirectory.removeDirectory(path)
    }
}

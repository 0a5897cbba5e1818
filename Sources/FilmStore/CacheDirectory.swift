// Where does a film live that nobody asked to keep? In the user's cache directory, in a directory
// of its own, until its guest leaves. Invariant: nothing is removed here but directories of the
// exact form a guest makes, and never one whose lock is held.

public import PartyModel

/// The directory of this program in the user's cache.
public struct CacheDirectory: Hashable, Sendable {
    /// The directory itself; only its user may enter it.
    public let path: String
    /// Why it is not where the user has it; `nil` where it is.
    public let setback: PartyError?

    /// What directories of ours let others do: nothing.
    static let mode: UInt32 = 0o700

    /// Seconds after which a film that nobody holds is removed: three days, because a room rarely
    /// outlives an evening, and its films are of no use to another.
    static let abandonedAfter: Int64 = 3 * 24 * 3_600

    /// The cache of the user this process acts for: `$XDG_CACHE_HOME/peerwatch`, else
    /// `~/.cache/peerwatch`, else `peerwatch-USER` in the directory for temporary files.
    public init() throws(PartyError) { try self.init(environment: RawDirectory.environment) }

    /// The cache as these environment variables place it.
    init(environment: (String) -> String?) throws(PartyError) {
        // As the specification of base directories has it, a path that is not absolute is ignored.
        let home = [
            environment("XDG_CACHE_HOME"), environment("HOME").map { $0 + "/.cache" },
        ].compactMap(\.self).first { $0.hasPrefix("/") }
        let temporary = "\(environment("TMPDIR") ?? "/tmp")/peerwatch-\(RawDirectory.user)"
        guard let home else {
            try self.init(at: temporary)
            return
        }
        let path = home + "/peerwatch"
        do { try self.init(at: path) } catch {
            guard case .directoryUnusable(_, let reason) = error else { throw error }
            try self.init(
                at: temporary,
                setback: .cacheUnusable(path: path, reason: reason, instead: temporary))
        }
    }

    /// The cache at this path, which is made when it is missing.
    ///
    /// Throws when it belongs to another user, who could watch along.
    public init(at path: String) throws(PartyError) { try self.init(at: path, setback: nil) }

    private init(at path: String, setback: PartyError?) throws(PartyError) {
        do { try Self.make(path) } catch {
            throw .directoryUnusable(path: path, reason: error.reason)
        }
        self.path = path
        self.setback = setback
    }

    private static func make(_ path: String) throws(SystemError) {
        try RawDirectory.make(path, mode: mode)
        guard try FileFacts(path: path).owner == RawDirectory.user else { throw .notPermitted }
    }

    /// Where films in the making are.
    var films: String { path + "/films" }

    /// Where the leaves of films hashed before are; for ``HashCache``.
    public var hashes: String { path + "/hashes" }

    /// Removes the films of guests that ended without leaving, once they are old, and returns their
    /// directories.
    @discardableResult
    public func collectAbandoned() -> [String] { collectAbandoned(after: Self.abandonedAfter) }

    /// Removes the films nobody holds and nobody has opened for so many seconds.
    func collectAbandoned(after age: Int64) -> [String] {
        let oldest = RawDirectory.now - age
        return ((try? RawDirectory.names(in: films)) ?? [])
            .filter(FilmDirectory.isName)
            .map { "\(films)/\($0)" }
            .filter { FilmDirectory.remove(at: $0, unlessUsedSince: oldest) }
    }
}

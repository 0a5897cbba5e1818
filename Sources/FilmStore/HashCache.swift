// Must a film be hashed again because it is shared again? Not while it is the same: the leaves of
// its chunks are kept beside each other in the cache, in a file named after device, inode, size and
// time of modification, all of which are also in each checksum.

public import PartyModel

/// The leaves of films hashed before.
///
/// Thread-safe.
///
/// A cache that cannot be read or written is no failure: the film is hashed as if there were none.
public final class HashCache: Sendable {
    /// Films remembered: at 528 bytes per MiB of film, 64 films of 4 GiB take 132 MiB.
    static let fileLimit = 64

    /// Seconds a film is remembered after its last use: half a year.
    static let ageLimit: Int64 = 180 * 24 * 3_600

    private static let prefix = "leaves-"

    private let directory: String

    /// The cache in this directory, which is made when it is missing.
    public init(directory: String) throws(PartyError) {
        do throws(SystemError) {
            try RawDirectory.make(directory, mode: CacheDirectory.mode)
        } catch {
            throw .directoryUnusable(path: directory, reason: error.reason)
        }
        self.directory = directory
    }

    /// Where the leaves of the file with this identity are kept; `nil` when they cannot be.
    func leafFile(of film: FileIdentity) -> LeafFile? {
        let key = Bytes32.sha256(of: film.bytes).bytes.prefix(16).hexadecimal
        collect(sparing: Self.prefix + key)
        guard let file = try? RawFile("\(directory)/\(Self.prefix)\(key)", for: .creating) else {
            return nil
        }
        // Its age counts from its last use.
        try? file.touch()
        return LeafFile(file: file, subject: film.bytes)
    }

    /// Removes what is too old, and the oldest of what is too many.
    private func collect(sparing spared: String) {
        let names = (try? RawDirectory.names(in: directory)) ?? []
        let files =
            names
            .filter { $0.hasPrefix(Self.prefix) && $0 != spared }
            .compactMap { name -> (path: String, used: Int64)? in
                let path = "\(directory)/\(name)"
                guard let facts = try? FileFacts(path: path) else { return nil }
                return (path, facts.identity.modified / 1_000_000_000)
            }
            .sorted { $0.used > $1.used }
        let tooOld = RawDirectory.now - Self.ageLimit
        for (rank, file) in files.enumerated()
        where rank >= Self.fileLimit - 1 || file.used < tooOld {
            try? RawDirectory.removeFile(file.path)
        }
    }
}

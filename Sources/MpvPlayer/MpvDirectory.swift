// Where do the files lie that mpv can only read from a disk? In a directory that nobody else can
// look into, for as long as mpv needs them.

import FoundationEssentials
import Glibc
import NIOConcurrencyHelpers
import PartyModel

/// What players keep on the disk while mpv reads it.
public enum PlayerFiles {
    /// Removes all of it and ends the process without ending its players.
    ///
    /// Any thread; takes a millisecond. A player that is about to keep something waits for the end.
    public static func removeAll(andExit status: Int32) -> Never {
        MpvDirectory.existing.withLockedValue { existing in
            for path in existing { try? FileManager.default.removeItem(atPath: path) }
            exit(status)
        }
    }
}

/// A new private directory; removed with all it holds by ``remove()``.
struct MpvDirectory: Sendable {
    /// Those that are there, all of this process's.
    fileprivate static let existing = NIOLockedValueBox<Set<String>>([])

    let path: String

    /// Makes the directory under `$XDG_RUNTIME_DIR` (in memory, the user's own) or the temporary
    /// directory.
    init(environment: [String: String]) throws(PartyError) {
        var failures: [String] = []
        for base in [environment["XDG_RUNTIME_DIR"], environment["TMPDIR"], "/tmp"] {
            guard let base, base.hasPrefix("/") else { continue }
            let made = Self.existing.withLockedValue { existing in
                let path = Self.made(under: base)
                if let path { existing.insert(path) }
                return path
            }
            if let made {
                path = made
                return
            }
            failures.append(base)
        }
        throw .directoryUnusable(
            path: failures.joined(separator: ", "), reason: "no directory can be made there")
    }

    /// Writes a file into it, in place of one of that name.
    ///
    /// Nothing waits for the disk: what is written is read in a moment and then of no use.
    ///
    /// Returns the path.
    func write(_ bytes: [UInt8], to name: String) throws(PartyError) -> String {
        let file = "\(path)/\(name)"
        if let reason = Self.existing.withLockedValue({ _ in Self.refusal(of: bytes, to: file) }) {
            throw .directoryUnusable(path: path, reason: reason)
        }
        return file
    }

    /// Removes one of its files, if it is there.
    func remove(_ name: String) {
        Self.existing.withLockedValue { _ in
            try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
        }
    }

    /// Removes the directory and all it holds.
    ///
    /// What cannot be removed is left to the system's own cleaning of such places.
    func remove() {
        Self.existing.withLockedValue { existing in
            existing.remove(path)
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    /// Writes a whole file; what the system said where it refused.
    ///
    /// Foundation's own writing ends with `fsync`, which on a slow disk takes as long as a film takes
    /// to open.
    private static func refusal(of bytes: [UInt8], to path: String) -> String? {
        // Safety: the stream is used between `fopen` and `fclose` only, `fwrite` reads no more than
        // the bytes there are, and what `strerror` returns lives until this thread's next call of it.
        guard let stream = unsafe fopen(path, "we") else { return reason(errno) }
        let written = unsafe fwrite(bytes, 1, bytes.count, stream)
        let failure = errno
        // What is small is written only as it is closed.
        guard unsafe fclose(stream) == 0 else { return reason(errno) }
        return written == bytes.count ? nil : reason(failure)
    }

    private static func reason(_ code: Int32) -> String {
        unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }

    private static func made(under base: String) -> String? {
        var template = "\(base)/peerwatch-XXXXXX".utf8CString
        return unsafe template.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress, unsafe mkdtemp(start) != nil else {
                return nil
            }
            return unsafe String(cString: start)
        }
    }
}

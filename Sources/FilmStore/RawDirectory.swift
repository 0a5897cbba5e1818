// What is in a directory, and how do names come and go? Directories and names as the kernel has
// them. Nothing here ever replaces a file that was not made here.

internal import Glibc
internal import PartyModel

/// Operations on names in the file system.
enum RawDirectory {
    /// Makes the directory and its parents; one that is there already is left as it is.
    ///
    /// New ones have `mode` less the user's umask.
    static func make(_ path: String, mode: UInt32) throws(SystemError) {
        do throws(SystemError) {
            try makeOne(path, mode: mode)
        } catch {
            let parent = parent(of: path)
            guard error == .missing, parent != path else { throw error }
            try make(parent, mode: mode)
            try makeOne(path, mode: mode)
        }
    }

    private static func makeOne(_ path: String, mode: UInt32) throws(SystemError) {
        // Safety: the path lives through the call.
        guard unsafe mkdir(path, mode) != 0 else { return }
        let error = SystemError.last
        guard error == .exists else { throw error }
        guard try FileFacts(path: path).kind == .directory else {
            throw SystemError(code: ENOTDIR)
        }
    }

    /// The path without its last component.
    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The names in the directory, in no order, without `.` and `..`; those that are no UTF-8 are
    /// left out.
    static func names(in path: String) throws(SystemError) -> [String] {
        // Safety: the stream is closed below and not used afterwards; an entry lives until the
        // next.
        guard let stream = unsafe opendir(path) else { throw .last }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                unsafe field.withMemoryRebound(
                    to: CChar.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)
                ) { unsafe String(validatingCString: $0) }
            }
            if let name, name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Takes the file's name away; open ones live on until they are closed.
    static func removeFile(_ path: String) throws(SystemError) {
        // Safety: the path lives through the call.
        guard unsafe unlink(path) == 0 else { throw .last }
    }

    /// Removes an empty directory.
    static func removeDirectory(_ path: String) throws(SystemError) {
        // Safety: the path lives through the call.
        guard unsafe rmdir(path) == 0 else { throw .last }
    }

    /// Gives the file at `source` the name `target` unless there is something of that name already:
    /// then it returns false and nothing has changed.
    ///
    /// The name is claimed with an empty file of ours, which the rename then replaces: every file
    /// system can do that, while hard links and `renameat2` are missing on some.
    static func rename(_ source: String, toNew target: String) throws(SystemError) -> Bool {
        do throws(SystemError) {
            _ = try RawFile(target, for: .claiming)
        } catch {
            guard error == .exists else { throw error }
            return false
        }
        // Safety: both paths live through the call.
        guard unsafe Glibc.rename(source, target) == 0 else {
            let error = SystemError.last
            try? removeFile(target)
            throw error
        }
        return true
    }

    /// The value of an environment variable, if it is set and not empty.
    static func environment(_ name: String) -> String? {
        // Safety: nothing here changes the environment; the text is copied at once.
        guard let text = unsafe getenv(name) else { return nil }
        let value = unsafe String(cString: text)
        return value.isEmpty ? nil : value
    }

    /// The user this process acts for.
    static var user: UInt32 { geteuid() }

    /// Seconds since 1970.
    static var now: Int64 {
        var instant = timespec()
        // Safety: the call fills `instant`.
        unsafe clock_gettime(CLOCK_REALTIME, &instant)
        return Int64(instant.tv_sec)
    }
}

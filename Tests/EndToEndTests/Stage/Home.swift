// The private directories of one user, so that what a program leaves in them can be seen.

import Foundation

/// One user's directories.
struct Home: Sendable {
    let directory: URL

    private enum Place: String, CaseIterable {
        case home, cache, configuration, runtime, temporary
    }

    /// Makes the directories, for anybody to use: some tests start a program as another user.
    init(at directory: URL) throws {
        self.directory = directory
        for place in Place.allCases {
            try FileManager.default.createDirectory(
                at: directory.appending(path: place.rawValue), withIntermediateDirectories: true)
        }
    }

    /// The variables that lead a program to these directories and to nothing else.
    var environment: [String: String] {
        [
            "HOME": path(.home), "XDG_CACHE_HOME": path(.cache),
            "XDG_CONFIG_HOME": path(.configuration), "XDG_RUNTIME_DIR": path(.runtime),
            "TMPDIR": path(.temporary), "LANG": "C.UTF-8",
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
        ]
    }

    /// The files in it, but for what a program may keep: hashes of its own films, and the caches of
    /// the system's libraries.
    var leftovers: [String] {
        let kept = ["cache/peerwatch/hashes/", "cache/fontconfig/", "cache/mesa_shader_cache/"]
        guard let names = FileManager.default.enumerator(atPath: directory.path) else { return [] }
        return names.compactMap { $0 as? String }.filter { name in
            var isDirectory = ObjCBool(false)
            let path = directory.appending(path: name).path
            _ = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
            return !isDirectory.boolValue && !kept.contains { name.hasPrefix($0) }
                || name.hasPrefix("runtime/") || name.hasPrefix("temporary/")
                || name.hasPrefix("cache/peerwatch/films/")
        }
    }

    /// Writes the user's mpv.conf; returns mpv's directory, for the test to remove.
    func mpvConfiguration(_ text: String) throws -> URL {
        let mpv = directory.appending(path: Place.configuration.rawValue).appending(path: "mpv")
        try FileManager.default.createDirectory(at: mpv, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: mpv.appending(path: "mpv.conf"))
        return mpv
    }

    private func path(_ place: Place) -> String { directory.appending(path: place.rawValue).path }
}

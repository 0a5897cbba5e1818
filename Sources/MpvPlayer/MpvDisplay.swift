// Is there a display to open a window on? A name in the environment is not enough: after a session
// has ended, in a `screen` or over ssh, it may lead to nothing. Asking takes microseconds, and mpv
// would take half a second to find out and then play without a picture.

import Glibc

/// The displays a process is told of.
public struct MpvDisplay: Sendable {
    /// Those that were named and do not answer, as `DISPLAY=:7`.
    public let silent: [String]
    /// Whether one of them answers, or is on another machine, where only mpv can ask.
    public let answers: Bool

    /// Looks where the variables of an environment lead.
    public init(environment: [String: String]) {
        var silent: [String] = []
        var answers = false
        for (variable, isThere) in [
            ("WAYLAND_DISPLAY", Self.waylandAnswers), ("DISPLAY", Self.x11Answers),
        ] {
            if isThere(environment) {
                answers = true
            } else if let name = environment[variable], !name.isEmpty {
                silent.append("\(variable)=\(name)")
            }
        }
        self.silent = silent
        self.answers = answers
    }

    /// What libwayland takes where nothing is named.
    private static let usualWaylandDisplay = "wayland-0"

    private static func waylandAnswers(_ environment: [String: String]) -> Bool {
        // A connection that somebody has made for this process.
        guard environment["WAYLAND_SOCKET"] == nil else { return true }
        let name = environment["WAYLAND_DISPLAY"] ?? usualWaylandDisplay
        guard !name.hasPrefix("/") else { return answers(at: name) }
        guard let directory = environment["XDG_RUNTIME_DIR"] else { return false }
        return !name.isEmpty && answers(at: "\(directory)/\(name)")
    }

    /// Looks for the server of a name like `:0`, `:0.1`, `unix:0` or `machine:0`.
    private static func x11Answers(_ environment: [String: String]) -> Bool {
        guard let name = environment["DISPLAY"], let colon = name.lastIndex(of: ":") else {
            return false
        }
        guard ["", "unix"].contains(name[..<colon]) else { return true }
        let number = name[colon...].dropFirst().prefix { $0 != "." }
        let path = "/tmp/.X11-unix/X\(number)"
        // A server listens in the file system, under an abstract name, or at both.
        return answers(at: path) || answers(at: "\0\(path)")
    }

    /// Whether somebody listens at a socket of this machine.
    private static func answers(at path: String) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 0
        guard offset + bytes.count < MemoryLayout<sockaddr_un>.size else { return false }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let length = socklen_t(offset + bytes.count)

        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(socket, $0, length)
            }
        }
        // So busy that it cannot take another one yet is there, too.
        return status == 0 || errno == EAGAIN
    }
}

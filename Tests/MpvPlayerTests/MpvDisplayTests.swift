import Foundation
import Glibc
import Testing

@testable import MpvPlayer

@Suite("Displays")
struct MpvDisplayTests {
    @Test("nothing named is nothing silent")
    func none() {
        let display = MpvDisplay(environment: [:])
        #expect(!display.answers)
        #expect(display.silent == [])
    }

    @Test(
        "a name that leads to nothing is silent",
        arguments: [
            ["DISPLAY": ":9999"], ["DISPLAY": "unix:9999.0"], ["DISPLAY": "nonsense"],
            ["WAYLAND_DISPLAY": "wayland-7"], ["WAYLAND_DISPLAY": "/nowhere"],
            ["WAYLAND_DISPLAY": "/\(String(repeating: "long", count: 100))"],
        ])
    func silent(_ environment: [String: String]) {
        let display = MpvDisplay(environment: environment)
        #expect(!display.answers)
        #expect(display.silent == environment.map { "\($0)=\($1)" })
    }

    @Test("a display of another machine, and a connection that is there, are left to mpv")
    func unknown() {
        #expect(MpvDisplay(environment: ["DISPLAY": "attic:0"]).answers)
        #expect(MpvDisplay(environment: ["WAYLAND_SOCKET": "5"]).answers)
    }

    @Test("somebody who listens is a display; once gone, it is silent")
    func listening() throws {
        let directory = "/tmp/pw-display-\(getpid())"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let environments = [
            ["WAYLAND_DISPLAY": "\(directory)/wayland-0"],
            ["WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": directory],
            // The name that Wayland takes when none is given.
            ["XDG_RUNTIME_DIR": directory],
            ["XDG_RUNTIME_DIR": directory, "DISPLAY": ":9999"],
        ]
        let server = try Self.listener(at: "\(directory)/wayland-0")
        for environment in environments {
            #expect(MpvDisplay(environment: environment).answers, "\(environment)")
        }
        close(server)
        for environment in environments {
            #expect(!MpvDisplay(environment: environment).answers, "\(environment)")
        }
    }

    /// A socket that listens at a path of the file system.
    private static func listener(at path: String) throws -> Int32 {
        let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: Array(path.utf8))
        }
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(server, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(status == 0 && listen(server, 8) == 0)
        return server
    }
}

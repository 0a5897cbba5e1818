// Something that tells when it is touched: a file in a directory, and a port.

import Foundation
import Glibc
import Testing

/// A bait for a film that is more than a film.
final class Canary {
    /// A real film: whoever opens it could play it.
    let file: URL
    /// An address at which somebody listens.
    let address: String
    private let directory: URL
    private let watch: CInt
    private let listener: CInt

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        file = directory.appending(path: "bait.mkv")
        try Data(SampleFilms.matroska).write(to: file)
        watch = inotify_init1(Int32(IN_NONBLOCK))
        try #require(watch >= 0)
        unsafe inotify_add_watch(watch, directory.path, UInt32(IN_OPEN | IN_ACCESS))
        let port: UInt16
        (listener, port) = try Self.listen()
        address = "http://127.0.0.1:\(port)/bait.mkv"
    }

    private static func listen() throws -> (socket: CInt, port: UInt16) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = unsafe withUnsafeMutablePointer(to: &place) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(listener, address, length) + getsockname(listener, address, &length)
            }
        }
        try #require(status == 0 && Glibc.listen(listener, 4) == 0)
        return (listener, UInt16(bigEndian: place.sin_port))
    }

    /// Whether anybody opened the file or called the port.
    var isTouched: Bool {
        var byte = [UInt8](repeating: 0, count: 4_096)
        let events = unsafe read(watch, &byte, byte.count)
        let caller = accept(listener, nil, nil)
        if caller >= 0 { Glibc.close(caller) }
        return events > 0 || caller >= 0
    }

    func remove() {
        Glibc.close(watch)
        Glibc.close(listener)
        try? FileManager.default.removeItem(at: directory)
    }
}

// What the kernel still knows of a test: its processes and its listening sockets.

import Foundation

enum Leftovers {
    /// Command lines of the processes that have this variable, as `NAME=VALUE`.
    static func processes(with variable: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { Int($0) != nil }.compactMap { process in
            let variables = strings(at: "/proc/\(process)/environ")
            guard variables.contains(variable) else { return nil }
            return strings(at: "/proc/\(process)/cmdline").joined(separator: " ")
        }
    }

    /// The listening TCP sockets at an IPv4 address, as the kernel's table has them.
    static func listeners(at address: String) -> [String] {
        // The table has addresses as a little-endian number: 0100007F is 127.0.0.1.
        let bytes = address.split(separator: ".").compactMap { UInt8($0) }.reversed()
        let written = bytes.map { String(format: "%02X", $0) }.joined()
        let table = (try? String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)) ?? ""
        return table.split(separator: "\n").dropFirst().filter { line in
            let columns = line.split(separator: " ")
            return columns.count > 3 && columns[1].hasPrefix(written + ":")
                && columns[3] == listening
        }.map(String.init)
    }

    private static let listening = "0A"

    private static func strings(at path: String) -> [String] {
        let bytes = FileManager.default.contents(atPath: path) ?? Data()
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}

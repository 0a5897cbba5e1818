// A disk that fills up soon.

import Foundation

/// A file system in memory; gone when it is closed.
struct SmallDisk {
    let directory: URL

    /// Whether this process may mount anything: root may, but not in every container.
    static var isAllowed: Bool {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        let capabilities = line?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } ?? 0
        return capabilities >> mayMount & 1 == 1
    }

    /// The number of the capability, CAP_SYS_ADMIN.
    private static let mayMount = 21

    /// A disk of so many bytes at a directory that is there.
    init(at directory: URL, bytes: Int) throws {
        self.directory = directory
        try Tool.run(["mount", "-t", "tmpfs", "-o", "size=\(bytes)", "tmpfs", directory.path])
    }

    /// Takes the disk away, even from those who still use it.
    func close() { _ = try? Tool.run(["umount", "--lazy", directory.path]) }
}

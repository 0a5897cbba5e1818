// A rate as people write it: 8mbit, 500kbit, 2MB, 300K.

import ArgumentParser

/// Bytes per second, from a number and a unit.
struct TransferRate: ExpressibleByArgument {
    let bytesPerSecond: Double

    /// Decimal units: bits as providers sell them, bytes as file sizes are shown.
    private static let units: [(suffix: String, bytes: Double)] = [
        ("gbit", 125_000_000), ("mbit", 125_000), ("kbit", 125), ("bit", 0.125),
        ("gb", 1_000_000_000), ("mb", 1_000_000), ("kb", 1_000), ("g", 1_000_000_000),
        ("m", 1_000_000), ("k", 1_000), ("b", 1), ("", 1),
    ]

    /// Less than this would not carry the smallest film, and is a missing unit.
    private static let slowest = 1_000.0
    /// More than any line carries, and well inside every integer it is turned into.
    private static let fastest = 1e12

    init?(argument: String) {
        var text = argument.lowercased().filter { !$0.isWhitespace }
        if text.hasSuffix("/s") { text.removeLast(2) }
        guard let unit = Self.units.first(where: { text.hasSuffix($0.suffix) }),
            let number = Double(text.dropLast(unit.suffix.count)), number.isFinite
        else { return nil }
        bytesPerSecond = number * unit.bytes
        guard (Self.slowest...Self.fastest).contains(bytesPerSecond) else { return nil }
    }
}

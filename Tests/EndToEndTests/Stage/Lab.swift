// The slow lines of `scripts/netlab`, which says in the environment what leads to each end of them.

import Foundation

/// A network of one host and its guests, when the tests run beside one.
enum Lab {
    /// One machine of it.
    struct End: Sendable {
        let address: String
        /// What to put before a command so that it runs there.
        let prefix: [String]
    }

    static let host = end("HOST")
    /// The lines that lead to them are all alike.
    static let guests = (1...4).compactMap { end("GUEST\($0)") }
    static let isHere = host != nil && guests.count == 4

    private static func end(_ name: String) -> End? {
        let variables = ProcessInfo.processInfo.environment
        guard let words = variables["LAB_\(name)"], let address = variables["LAB_\(name)_ADDRESS"]
        else { return nil }
        return End(address: address, prefix: words.split(separator: " ").map(String.init))
    }
}

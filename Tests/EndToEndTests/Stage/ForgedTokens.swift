// Tokens that no host ever made.

import Testing

@testable import PartyModel

extension Token {
    /// A token of nobody's room, at an address where nobody listens.
    static var nobodys: Token {
        get throws {
            Token(
                room: RoomKey(try #require(Bytes32([UInt8](repeating: 1, count: 32)))),
                secret: RoomSecret(try #require(Bytes16([UInt8](repeating: 2, count: 16)))),
                addresses: [.ipv4(0x7F00_0001, port: 9)])
        }
    }

    /// The token as a newer program would write it: the version is its first byte, and the checksum
    /// its last four.
    func text(asVersion version: UInt8) throws -> String {
        let digits = Base58.digits(atFrontOf: text.dropFirst("pw_".count).unicodeScalars)
        let bytes = [version] + (try #require(Base58.decode(digits))).dropFirst().dropLast(4)
        return "pw_" + Base58.encode(bytes + CRC32.checksum(of: bytes).bigEndianBytes)
    }
}

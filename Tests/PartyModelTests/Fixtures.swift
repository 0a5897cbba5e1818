// Values whose bytes count up, so that one that moved shows.

import PartyModel

enum Fixtures {
    static let room = RoomKey(bytes32(0x00))
    static let secret = RoomSecret(bytes16(0xA0))
    static let item = ItemID(bytes16(0x10))

    /// An address of every kind.
    static let addresses: [PeerAddress] = [
        .ipv4(0xC0A8_0105, port: 9876),
        .ipv6(documentation, port: 9876),
        .name("film.example.org", port: 443),
    ]

    static let member = Member(
        fingerprint: CertificateFingerprint(bytes32(0x20)), key: memberKey, name: "Zoë 🎬",
        isHeadless: true, addresses: addresses, since: 7)

    static let signature: Signature = {
        guard let signature = Signature(Array(0..<64)) else {
            preconditionFailure("these are sixty-four bytes")
        }
        return signature
    }()

    static let memberKey: MemberKey = {
        guard let key = MemberKey([2] + Array(0..<32)) else {
            preconditionFailure("these are thirty-three bytes")
        }
        return key
    }()

    /// 2001:db8::1, from the range kept for examples.
    static let documentation: Bytes16 = {
        guard
            let address = Bytes16([0x20, 0x01, 0x0D, 0xB8] + Array(repeating: 0, count: 11) + [1])
        else { preconditionFailure("these are sixteen bytes") }
        return address
    }()

    static func bytes16(_ first: UInt8) -> Bytes16 {
        guard let bytes = Bytes16((0..<16).map { first &+ $0 }) else {
            preconditionFailure("these are sixteen bytes")
        }
        return bytes
    }

    static func bytes32(_ first: UInt8) -> Bytes32 {
        guard let bytes = Bytes32((0..<32).map { first &+ $0 }) else {
            preconditionFailure("these are thirty-two bytes")
        }
        return bytes
    }

    static func geometry(_ size: Int64) -> ChunkGeometry {
        guard let geometry = ChunkGeometry(size: size) else {
            preconditionFailure("an item can have \(size) bytes")
        }
        return geometry
    }
}

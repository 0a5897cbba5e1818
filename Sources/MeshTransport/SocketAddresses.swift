// Addresses as the room writes them and as sockets take them. An IPv4 address is IPv4 however it
// came, so that no rule about it is dodged by writing it as IPv6.

import NIOCore
import PartyModel

extension PeerAddress {
    /// The address of a socket's end; `nil` for a socket that has none.
    init?(_ socket: SocketAddress?) {
        guard let text = socket?.ipAddress, let port = socket?.port.flatMap(UInt16.init(exactly:))
        else { return nil }
        self.init(numeric: text, port: port)
    }

    /// The address that a text of digits names, as in `192.168.1.5`, `2001:db8::1` or
    /// `::ffff:192.168.1.5`; `nil` for all else, zones included.
    init?(numeric text: String, port: UInt16) {
        if let address = Self.ipv4(text) {
            self = .ipv4(address, port: port)
        } else if let groups = Self.ipv6Groups(text) {
            self.init(groups: groups, port: port)
        } else {
            return nil
        }
    }

    /// The form in which a socket takes it; `nil` for a name, which is to be looked up first.
    var socketAddress: SocketAddress? {
        let packed: [UInt8]
        switch self {
        case .ipv4(let address, _): packed = address.bigEndianBytes
        case .ipv6(let address, _): packed = address.bytes
        case .name: return nil
        }
        return try? SocketAddress(packedIPAddress: ByteBuffer(bytes: packed), port: Int(port))
    }

    /// The same address, an IPv4 address inside IPv6 taken out of it.
    var unmapped: PeerAddress {
        guard case .ipv6(let address, let port) = self else { return self }
        let bytes = address.bytes
        let groups = stride(from: 0, to: 16, by: 2).map {
            UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
        }
        return PeerAddress(groups: groups, port: port) ?? self
    }

    private init?(groups: [UInt16], port: UInt16) {
        guard groups.count == 8 else { return nil }
        if groups.prefix(5).allSatisfy({ $0 == 0 }), groups[5] == 0xFFFF {
            self = .ipv4(UInt32(groups[6]) << 16 | UInt32(groups[7]), port: port)
            return
        }
        guard let address = Bytes16(groups.flatMap(\.bigEndianBytes)) else { return nil }
        self = .ipv6(address, port: port)
    }

    private static func ipv4(_ text: some StringProtocol) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            guard part.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let byte = UInt8(part)
            else { return nil }
            address = address << 8 | UInt32(byte)
        }
        return address
    }

    /// The eight groups of an IPv6 address, with `::` filled up.
    private static func ipv6Groups(_ text: String) -> [UInt16]? {
        guard let gap = text.firstRange(of: "::") else {
            return groups(of: text[...]).flatMap { $0.count == 8 ? $0 : nil }
        }
        guard let head = groups(of: text[..<gap.lowerBound]),
            let tail = groups(of: text[gap.upperBound...]), head.count + tail.count < 8
        else { return nil }
        return head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail
    }

    /// Groups between colons; the last may be an IPv4 address, which makes two.
    private static func groups(of text: Substring) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        for part in text.split(separator: ":", omittingEmptySubsequences: false) {
            if let address = ipv4(part) {
                groups += [UInt16(address >> 16), UInt16(truncatingIfNeeded: address)]
            } else if part.count <= 4, let group = UInt16(part, radix: 16) {
                groups.append(group)
            } else {
                return nil
            }
        }
        return groups
    }
}

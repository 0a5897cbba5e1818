// An address as people type it: `nas.example:9876`, `192.168.1.5`, `[2001:db8::1]:9876`.

public import PartyModel

extension PeerAddress {
    /// Reads HOST or HOST:PORT, an IPv6 address in brackets unless it has no port; without a port
    /// it is 0.
    ///
    /// - Throws: ``PartyError/addressMalformed(text:)``.
    public init(hostAndPort text: String) throws(PartyError) {
        let malformed = PartyError.addressMalformed(text: text)
        var host = text[...]
        var port: UInt16 = 0
        if host.first == "[" {
            guard let end = host.firstIndex(of: "]") else { throw malformed }
            port = try Self.port(behind: host[host.index(after: end)...], of: text)
            host = host[host.index(after: host.startIndex)..<end]
            guard host.contains(":") else { throw malformed }
        } else if let colon = host.firstIndex(of: ":"), colon == host.lastIndex(of: ":") {
            port = try Self.port(behind: host[colon...], of: text)
            host = host[..<colon]
        }
        if let address = PeerAddress(numeric: String(host), port: port) {
            self = address
            return
        }
        guard !host.isEmpty, host.utf8.count <= Limits.hostNameBytes,
            host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) }),
            !host.allSatisfy({ $0.isNumber || $0 == "." })
        else { throw malformed }
        self = .name(String(host), port: port)
    }

    private static func port(
        behind rest: Substring, of text: String
    ) throws(PartyError) -> UInt16 {
        guard !rest.isEmpty else { return 0 }
        guard rest.first == ":", let port = UInt16(rest.dropFirst()), port > 0 else {
            throw .addressMalformed(text: text)
        }
        return port
    }

    /// The same address with another port.
    public func withPort(_ port: UInt16) -> PeerAddress {
        switch self {
        case .ipv4(let address, _): .ipv4(address, port: port)
        case .ipv6(let address, _): .ipv6(address, port: port)
        case .name(let name, _): .name(name, port: port)
        }
    }
}

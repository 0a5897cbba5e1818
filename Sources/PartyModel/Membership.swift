// Who is in the room, as the host signs it.

/// An address a peer may be dialled at.
public enum PeerAddress: Hashable, CanonicalValue, CustomStringConvertible {
    /// An IPv4 address, four bytes, and a TCP port.
    case ipv4(UInt32, port: UInt16)
    /// An IPv6 address, sixteen bytes, and a TCP port.
    case ipv6(Bytes16, port: UInt16)
    /// A host name and a TCP port.
    case name(String, port: UInt16)

    /// Appends kind, address and port.
    public func write(to writer: inout ByteWriter) {
        switch self {
        case .ipv4(let address, let port):
            writer.write(UInt8(4))
            writer.write(address)
            writer.write(port)
        case .ipv6(let address, let port):
            writer.write(UInt8(6))
            address.write(to: &writer)
            writer.write(port)
        case .name(let name, let port):
            writer.write(UInt8(1))
            writer.write(name, limit: Limits.hostNameBytes)
            writer.write(port)
        }
    }

    /// The next kind, address and port.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        switch try reader.read(UInt8.self) {
        case 4:
            self = .ipv4(try reader.read(UInt32.self), port: try reader.read(UInt16.self))
        case 6:
            self = .ipv6(try Bytes16(from: &reader), port: try reader.read(UInt16.self))
        case 1:
            let name = try reader.readText(limit: Limits.hostNameBytes)
            guard !name.isEmpty else { throw .malformedValue(field: "host name") }
            self = .name(name, port: try reader.read(UInt16.self))
        case _: throw .malformedValue(field: "address kind")
        }
    }

    /// The TCP port.
    public var port: UInt16 {
        switch self {
        case .ipv4(_, let port), .ipv6(_, let port), .name(_, let port): port
        }
    }

    /// The address without its port, as people write it: `192.168.1.5`, `2001:db8:0:0:0:0:0:1`.
    public var host: String {
        switch self {
        case .ipv4(let address, _):
            address.bigEndianBytes.map(String.init).joined(separator: ".")
        case .ipv6(let address, _):
            stride(from: 0, to: 16, by: 2).map {
                String(
                    UInt16(address.bytes[$0]) << 8 | UInt16(address.bytes[$0 + 1]), radix: 16)
            }.joined(separator: ":")
        case .name(let name, _): name
        }
    }

    /// `host:port`, an IPv6 address in brackets.
    public var description: String {
        if case .ipv6 = self { return "[\(host)]:\(port)" }
        return "\(host):\(port)"
    }
}

extension [PeerAddress] {
    /// The addresses from the front that one member may have; those no frame could carry, names
    /// without a letter or too long for DNS, are left out.
    public var fittingOneMember: [PeerAddress] {
        var fitting: [PeerAddress] = []
        var byteCount = 0
        for address in self where address.isWritable {
            byteCount += address.canonicalBytes.count
            guard fitting.count < Limits.addressesPerMember,
                byteCount <= Limits.addressBytesPerMember
            else { break }
            fitting.append(address)
        }
        return fitting
    }
}

extension PeerAddress {
    fileprivate var isWritable: Bool {
        switch self {
        case .ipv4, .ipv6: true
        case .name(let name, _): !name.isEmpty && name.utf8.count <= Limits.hostNameBytes
        }
    }
}

extension ByteReader {
    /// The next addresses, no more than one member may have.
    public mutating func readAddresses() throws(WireViolation) -> [PeerAddress] {
        let before = remaining
        let addresses = try readArray(of: PeerAddress.self, limit: Limits.addressesPerMember)
        let byteCount = before - remaining - MemoryLayout<UInt16>.size
        guard byteCount <= Limits.addressBytesPerMember else {
            throw .countAboveLimit(byteCount, limit: Limits.addressBytesPerMember)
        }
        return addresses
    }
}

/// One process in the room.
public struct Member: Hashable, SignedContent {
    /// Keeps signatures over members apart from all others.
    public static let signatureContext = "peerwatch/1 member"

    /// The digest of the member's certificate.
    public let fingerprint: CertificateFingerprint
    /// Checks what the member signs.
    public let key: MemberKey
    /// How the member wants to be called.
    public let name: String
    /// Whether nobody watches there: never counted in waits or readiness.
    public let isHeadless: Bool
    /// Where it can be dialled; at most ``Limits/addressesPerMember`` in
    /// ``Limits/addressBytesPerMember``.
    public let addresses: [PeerAddress]
    /// The epoch of the roster this entry first appeared in with these contents.
    public let since: UInt64

    /// A member with these properties; more addresses than allowed are cut off.
    public init(
        fingerprint: CertificateFingerprint, key: MemberKey, name: String, isHeadless: Bool,
        addresses: [PeerAddress], since: UInt64
    ) {
        self.fingerprint = fingerprint
        self.key = key
        self.name = name.clipped(toUTF8Count: Limits.nameBytes)
        self.isHeadless = isHeadless
        self.addresses = addresses.fittingOneMember
        self.since = since
    }

    /// The member's peer identifier.
    public var peer: PeerID { fingerprint.peer }

    /// Appends all properties.
    public func write(to writer: inout ByteWriter) {
        fingerprint.raw.write(to: &writer)
        key.write(to: &writer)
        writer.write(name, limit: Limits.nameBytes)
        writer.write(isHeadless)
        writer.write(addresses)
        writer.write(since)
    }

    /// The next member.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        fingerprint = CertificateFingerprint(try Bytes32(from: &reader))
        key = try MemberKey(from: &reader)
        name = try reader.readText(limit: Limits.nameBytes)
        isHeadless = try reader.readFlag()
        addresses = try reader.readAddresses()
        since = try reader.read(UInt64.self)
    }
}

/// All members of the room at one time.
public struct Roster: Hashable, SignedContent {
    /// Keeps signatures over rosters apart from all others.
    public static let signatureContext = "peerwatch/1 roster"

    /// Grows with every change; the larger one counts.
    public let epoch: UInt64
    /// The members, each signed by itself so that it can be shown alone; the host comes first, the
    /// rest in the order they joined.
    public let members: [Signed<Member>]

    /// The roster of an epoch.
    public init(epoch: UInt64, members: [Signed<Member>]) {
        precondition(members.count <= Limits.members)
        self.epoch = epoch
        self.members = members
    }

    /// Appends epoch and members.
    public func write(to writer: inout ByteWriter) {
        writer.write(epoch)
        writer.write(members)
    }

    /// The next roster.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        epoch = try reader.read(UInt64.self)
        members = try reader.readArray(of: Signed<Member>.self, limit: Limits.members)
    }
}

/// That a certificate is the host's: what the room key signs first.
///
/// The signature is in the certificate, so that whoever dials knows the host as soon as the TLS
/// session is up.
public struct HostBinding: Hashable, SignedContent {
    /// Keeps signatures over host bindings apart from all others.
    public static let signatureContext = "peerwatch/1 host"

    /// The public key of the host's certificate.
    public let key: MemberKey

    /// The binding to the certificate with this key.
    public init(key: MemberKey) { self.key = key }

    /// Appends the key.
    public func write(to writer: inout ByteWriter) { key.write(to: &writer) }

    /// The next key.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        key = try MemberKey(from: &reader)
    }
}

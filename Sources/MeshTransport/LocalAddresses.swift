// Where others may reach this machine, as far as it knows itself. Addresses nobody else can use are
// left out, so that the token stays short.

import NIOCore
public import PartyModel

/// Finds the addresses of this machine.
public enum LocalAddresses {
    /// Interfaces of container and machine bridges: their networks end on this machine.
    private static let bridges = ["docker", "br-", "virbr", "lxcbr", "cni"]

    /// The machine's addresses with this port, most useful first.
    ///
    /// Private IPv4, public IPv4, IPv6; loopback only when there is nothing else. One of each kind
    /// per interface, at most ``Limits/addressesPerMember``.
    public static func all(port: UInt16) -> [PeerAddress] {
        let devices = (try? System.enumerateDevices()) ?? []
        let found = devices.compactMap { device in
            PeerAddress(device.address).map { ($0, interface: device.name) }
        }
        return order(found, port: port)
    }

    /// Chooses from addresses with the names of their interfaces.
    static func order(
        _ found: [(PeerAddress, interface: String)], port: UInt16
    ) -> [PeerAddress] {
        var chosen: [Kind: [PeerAddress]] = [:]
        var seen: Set<String> = []
        for (address, interface) in found where !bridges.contains(where: interface.hasPrefix) {
            guard let kind = Kind(address), seen.insert("\(kind) \(interface)").inserted else {
                continue
            }
            chosen[kind, default: []].append(address.with(port: port))
        }
        let elsewhere = [Kind.privateIPv4, .publicIPv4, .publicIPv6, .privateIPv6]
            .flatMap { chosen[$0, default: []] }
        let addresses = elsewhere.isEmpty ? chosen[.loopback, default: []] : elsewhere
        return Array(addresses.prefix(Limits.addressesPerMember))
    }

    private enum Kind: Hashable {
        case privateIPv4
        case publicIPv4
        case publicIPv6
        case privateIPv6
        case loopback

        /// The kind of an address; `nil` for one that means nothing on another machine.
        init?(_ address: PeerAddress) {
            if address.isLoopback {
                self = .loopback
                return
            }
            guard address.with(port: 1).mayBeDialled(from: .token) else { return nil }
            switch address {
            case .ipv4(let address, _):
                switch (address >> 24, address >> 16 & 0xFF) {
                // 169.254/16 is what a machine gives itself when nobody gave it one.
                case (169, 254): return nil
                case (10, _), (172, 16...31), (192, 168), (100, 64...127): self = .privateIPv4
                case (_, _): self = .publicIPv4
                }
            case .ipv6(let address, _):
                self = address.bytes[0] & 0xFE == 0xFC ? .privateIPv6 : .publicIPv6
            case .name: return nil
            }
        }
    }
}

extension PeerAddress {
    /// The same address with another port.
    func with(port: UInt16) -> PeerAddress {
        switch self {
        case .ipv4(let address, _): .ipv4(address, port: port)
        case .ipv6(let address, _): .ipv6(address, port: port)
        case .name(let name, _): .name(name, port: port)
        }
    }
}

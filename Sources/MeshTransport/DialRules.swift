// Which addresses this process lets others make it connect to. A roster is written by people who
// know a token, and none of them may point everybody else at a printer, a broadcast or this very
// machine.

import NIOCore
import PartyModel

/// Who gave an address.
enum AddressOrigin {
    /// The user, by a token: whatever it says is meant.
    case token
    /// Another member, by the roster. `sharesMachine`: whether some peer has been connected over
    /// loopback, so that this machine's own addresses mean something to it.
    case roster(sharesMachine: Bool)
}

extension PeerAddress {
    /// Whether a connection to the address may be tried.
    func mayBeDialled(from origin: AddressOrigin) -> Bool {
        guard port != 0 else { return false }
        switch (unmapped, origin) {
        case (.name, .token): return true
        // A name means whatever its owner's server says at the moment.
        case (.name, .roster): return false
        case (let address, .token): return address.reach != .nobody
        case (let address, .roster(let sharesMachine)):
            return address.reach == .network || address.reach == .machine && sharesMachine
        }
    }

    /// Whether the address is of this machine only.
    var isLoopback: Bool { unmapped.reach == .machine }

    private enum Reach {
        /// One host, somewhere.
        case network
        /// This machine.
        case machine
        /// Nobody or everybody: unspecified, multicast, broadcast, or of a link that is not named.
        case nobody
    }

    private var reach: Reach {
        switch self {
        case .ipv4(let address, _):
            switch address >> 24 {
            case 0, 224...255: .nobody
            case 127: .machine
            case _: .network
            }
        case .ipv6(let address, _):
            switch (address.bytes[0], address.bytes[1]) {
            case (0, 0) where address.bytes.dropLast().allSatisfy { $0 == 0 }:
                address.bytes[15] == 1 ? .machine : .nobody
            case (0xFF, _): .nobody
            case (0xFE, 0x80...0xBF): .nobody
            case (_, _): .network
            }
        case .name: .network
        }
    }
}

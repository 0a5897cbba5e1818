// How many strangers may stand at the door. Everything a stranger costs is bounded here:
// connections without proof at once, in all and from one place, and guesses a minute. Members are
// not counted.

import NIOCore
import PartyModel

/// Counts connections that have not proved anything, and remembers failed proofs.
struct Doorkeeper {
    /// Connections without proof at once: each costs a TLS session, about 100 KiB.
    static let strangers = 48
    /// Of those, from one place: a guest opens two, or three when it dials two of our addresses, and
    /// two friends of one household may come at once.
    static let strangersFromOnePlace = 6
    /// Failed proofs that one place may have in one ``memory``.
    static let failures = 5
    /// How long a failed proof is remembered, and a place with too many stays shut out.
    static let memory = TimeAmount.seconds(60)
    /// Places with failed proofs that are remembered; beyond that the oldest is forgotten, for
    /// whoever has that many addresses is not stopped by counting them.
    static let placesRemembered = 1_024

    /// Where a connection comes from: an IPv4 address, or the 64 bits of an IPv6 address that one
    /// customer has to himself.
    struct Place: Hashable {
        fileprivate let prefix: [UInt8]
        fileprivate let isThisMachine: Bool

        /// The place of an address.
        init(_ address: PeerAddress) {
            isThisMachine = address.isLoopback
            switch address.unmapped {
            case .ipv4(let address, _): prefix = address.bigEndianBytes
            case .ipv6(let address, _): prefix = Array(address.bytes.prefix(8))
            case .name(let name, _): prefix = Array(name.utf8)
            }
        }
    }

    /// Whether somebody may come as far as the handshake.
    enum Verdict: Equatable {
        case welcome
        case tooManyStrangers
        case tooManyFromOnePlace
        case tooManyFailures

        /// A few words for the log.
        var description: String {
            switch self {
            case .welcome: "welcome"
            case .tooManyStrangers: "too many connections without proof"
            case .tooManyFromOnePlace: "too many connections without proof from one address"
            case .tooManyFailures: "too many failed proofs"
            }
        }
    }

    private var waiting: [Place: Int] = [:]
    private var failedProofs: [Place: [NIODeadline]] = [:]

    /// How many connections without proof there are.
    var waitingCount: Int { waiting.values.reduce(0, +) }

    /// Judges a new connection, and counts it if it may go on; then ``leaves(_:)`` must follow.
    mutating func arrives(_ place: Place, now: NIODeadline) -> Verdict {
        guard recentFailures(of: place, now: now).count < Self.failures else {
            return .tooManyFailures
        }
        guard waitingCount < Self.strangers else { return .tooManyStrangers }
        let fromThere = waiting[place, default: 0]
        // People on this machine need no network to disturb us; several guests at once are usual.
        guard fromThere < Self.strangersFromOnePlace || place.isThisMachine else {
            return .tooManyFromOnePlace
        }
        waiting[place] = fromThere + 1
        return .welcome
    }

    /// A counted connection has proved itself or is gone.
    mutating func leaves(_ place: Place) {
        guard let count = waiting[place] else { return }
        waiting[place] = count > 1 ? count - 1 : nil
    }

    /// A connection showed a wrong proof.
    mutating func proofFailed(_ place: Place, now: NIODeadline) {
        failedProofs[place] = recentFailures(of: place, now: now) + [now]
        guard failedProofs.count > Self.placesRemembered else { return }
        failedProofs = failedProofs.filter { !recentFailures(of: $0.key, now: now).isEmpty }
        guard failedProofs.count > Self.placesRemembered else { return }
        let oldest = failedProofs.min { ($0.value.last ?? now) < ($1.value.last ?? now) }
        if let oldest { failedProofs[oldest.key] = nil }
    }

    private func recentFailures(of place: Place, now: NIODeadline) -> [NIODeadline] {
        failedProofs[place, default: []].filter { now - $0 < Self.memory }
    }
}

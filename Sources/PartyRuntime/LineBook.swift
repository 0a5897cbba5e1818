// What this process knows of the line it sends over: round trips, what left, who shares the LAN.

import PartyModel
import SwarmCore

/// Measures for the pace of the uplink.
///
/// The signal is the one-way delay against its own recent minimum, as in LEDBAT (RFC 6817).
struct LineBook {
    /// A peer this near, at an address of the same network, is no load on the line to the world.
    static let localRoundTrip = Duration.milliseconds(3)
    /// What left is averaged over so long: past TCP's bursts.
    static let span = Duration.seconds(2)
    /// Over less, what the kernel takes before any of it has left would count as a rate.
    static let shortestSpan = Duration.milliseconds(500)

    private struct Path {
        var roundTrip = RecentFloor()
        var outward = RecentFloor()
        var shortest: Duration
        var isNearby: Bool

        /// How much longer than lately the way out is.
        ///
        /// The way back leads through the other side's line, which is as full as ours when both
        /// send film; but nobody can claim more than the round trip shows.
        var inflation: Duration { min(outward.excess, roundTrip.excess) }
    }

    private var paths: [PeerID: Path] = [:]
    private var departures: [(at: MonotonicInstant, bytes: Int)] = []

    /// Takes the answer to a ping.
    mutating func measured(
        _ peer: PeerID, _ pong: Pong, at address: PeerAddress, received now: MonotonicInstant
    ) {
        let roundTrip = now - pong.sent
        var path = paths[peer] ?? Path(shortest: roundTrip, isNearby: false)
        path.shortest = min(path.shortest, roundTrip)
        path.isNearby = path.shortest < Self.localRoundTrip && address.isOnPrivateNetwork
        path.roundTrip.note(roundTrip, at: now)
        // Between two clocks: only differences of it mean anything.
        path.outward.note(pong.arrived - pong.sent, at: now)
        paths[peer] = path
    }

    mutating func left(_ peer: PeerID) { paths[peer] = nil }

    mutating func sent(_ bytes: Int, to peer: PeerID, at now: MonotonicInstant) {
        guard !isLocal(peer) else { return }
        departures.append((now, bytes))
    }

    /// Whether what goes to a peer stays on the LAN.
    func isLocal(_ peer: PeerID) -> Bool { paths[peer]?.isNearby ?? false }

    /// Bytes per second that left over the line lately: since the first of them, when that is less
    /// than a span ago, or a line that has just begun to carry film would seem slow.
    mutating func delivered(at now: MonotonicInstant) -> Double {
        departures.removeAll { now - $0.at > Self.span }
        guard let first = departures.first else { return 0 }
        let elapsed = max(now - first.at, Self.shortestSpan)
        return Double(departures.reduce(0) { $0 + $1.bytes }) / elapsed.inSeconds
    }

    /// Whether film left over the line lately.
    var isBusy: Bool { !departures.isEmpty }

    /// How much longer than lately the way to the others is, at the peer where it is least so: what
    /// all of them have in common is this end of the line.
    var inflation: Duration? {
        paths.values.filter { !$0.isNearby }.map(\.inflation).min()
    }
}

/// The smallest of the values of about a minute, and the last one.
private struct RecentFloor {
    /// Values count for one to two of these: two clocks drift apart by a tenth of a millisecond a
    /// second at the worst, and a path may change.
    static let age = Duration.seconds(30)

    private var older: Duration?
    private var newer: Duration?
    private var began: MonotonicInstant?
    private var last: Duration = .zero

    /// How much the last value is above the floor.
    var excess: Duration { last - (min(older ?? last, newer ?? last)) }

    mutating func note(_ value: Duration, at now: MonotonicInstant) {
        if let began, now - began < Self.age {
            newer = min(newer ?? value, value)
        } else {
            older = newer
            newer = value
            began = now
        }
        last = value
    }
}

extension PeerAddress {
    /// Whether the address is only good inside one network (RFC 1918, RFC 4193, link-local and
    /// loopback).
    var isOnPrivateNetwork: Bool {
        switch self {
        case .ipv4(let address, _):
            address >> 24 == 10 || address >> 24 == 127 || address >> 20 == 0xAC1
                || address >> 16 == 0xC0A8 || address >> 16 == 0xA9FE
        case .ipv6(let address, _):
            address.bytes[0] & 0xFE == 0xFC
                || (address.bytes[0] == 0xFE && address.bytes[1] & 0xC0 == 0x80)
                || (address.bytes.dropLast().allSatisfy { $0 == 0 } && address.bytes[15] == 1)
        case .name: false
        }
    }
}

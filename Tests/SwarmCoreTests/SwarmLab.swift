// Several swarms in one process: what one sends, the next gets, at a virtual time.

import PartyModel

@testable import SwarmCore

/// Peers with a delay between them; blocks verify when they arrive unless a test says otherwise.
struct SwarmLab {
    enum Delivery {
        case message(Message)
        case block(BlockAddress, relay: Bool)
        /// The sender's own news that a block left.
        case sent(BlockAddress, to: PeerID)
    }

    struct Transit {
        let due: MonotonicInstant
        let from: PeerID
        let to: PeerID
        let delivery: Delivery
    }

    let item = itemID(1)
    let geometry: ChunkGeometry
    var now = MonotonicInstant(nanoseconds: 0)
    var swarms: [PeerID: Swarm] = [:]
    var host: PeerID?
    var transit: [Transit] = []
    var alarms: [PeerID: MonotonicInstant] = [:]
    var delay = Duration.milliseconds(10)
    /// Peers that take everything and send no block.
    var mute: Set<PeerID> = []
    /// Peers that can keep nothing.
    var rootless: Set<PeerID> = []
    /// Peers whose blocks do not match.
    var liars: Set<PeerID> = []
    var storedOrder: [PeerID: [UInt32]] = [:]
    var dropped: [(by: PeerID, peer: PeerID)] = []
    var completed: Set<PeerID> = []
    var blocksSent: [PeerID: Int] = [:]
    /// Requests not answered yet, by who asked whom for what.
    var open: [String: Int] = [:]

    init(
        size: Int64, hosting host: PeerID, guests: [PeerID], intakeLimits: [PeerID: Double] = [:]
    ) {
        geometry = makeGeometry(size)
        self.host = host
        for peer in [host] + guests { swarms[peer] = Swarm(intakeLimit: intakeLimits[peer]) }
        for peer in [host] + guests {
            tell(peer, .itemAdded(item, geometry, peer == host ? .everything : .nothing))
            tell(peer, .turned(to: item, followers: []))
        }
        for peer in [host] + guests {
            for other in [host] + guests where other != peer {
                tell(peer, .peerJoined(other, isHost: other == host))
            }
        }
    }

    mutating func tell(_ peer: PeerID, _ event: SwarmEvent) {
        guard let directives = swarms[peer]?.on(event, now: now) else { return }
        for directive in directives { carryOut(directive, of: peer) }
    }

    private mutating func carryOut(_ directive: SwarmDirective, of peer: PeerID) {
        switch directive {
        case .send(let message, let other):
            count(message, from: peer, to: other)
            post(.message(message), from: peer, to: other)
        case .upload(let address, let other, let relay):
            guard !mute.contains(peer) else { return }
            blocksSent[peer, default: 0] += 1
            if open[key(other, peer, address), default: 0] > 0 {
                open[key(other, peer, address), default: 0] -= 1
            }
            post(.block(address, relay: relay), from: peer, to: other)
            transit.append(
                Transit(due: now, from: peer, to: peer, delivery: .sent(address, to: other)))
        case .store(let address, let from):
            if liars.contains(from) {
                tell(peer, .blockMismatched(address, from: from))
            } else if rootless.contains(peer) {
                tell(peer, .blockDropped(address, from: from))
            } else {
                storedOrder[peer, default: []].append(address.block.number)
                tell(peer, .blockStored(address))
            }
        case .discard: break
        case .drop(let other, _):
            dropped.append((peer, other))
            tell(peer, .peerLeft(other))
            tell(other, .peerLeft(peer))
        case .completed: completed.insert(peer)
        case .wake(let instant): alarms[peer] = instant
        }
    }

    private func key(_ asker: PeerID, _ asked: PeerID, _ address: BlockAddress) -> String {
        "\(asker) \(asked) \(address.block.number)"
    }

    private mutating func count(_ message: Message, from peer: PeerID, to other: PeerID) {
        switch message {
        case .reject(let request):
            for address in addresses(request) { open[key(other, peer, address), default: 0] -= 1 }
        default: break
        }
    }

    func addresses(_ request: BlockRequest) -> [BlockAddress] {
        request.runs.flatMap { run in
            (0..<UInt32(run.count)).compactMap { geometry.block(at: run.first + $0) }
        }.map { BlockAddress(item: item, block: $0) }
    }

    private mutating func post(_ delivery: Delivery, from: PeerID, to: PeerID) {
        transit.append(Transit(due: now + delay, from: from, to: to, delivery: delivery))
    }

    /// Delivers the next thing or rings the next alarm; `false` when nothing is left.
    mutating func step() -> Bool {
        let nextAlarm = alarms.min { ($0.value, $0.key) < ($1.value, $1.key) }
        if let index = transit.indices.min(by: { transit[$0].due < transit[$1].due }),
            nextAlarm.map({ transit[index].due <= $0.value }) ?? true
        {
            let next = transit.remove(at: index)
            now = max(now, next.due)
            deliver(next)
            return true
        }
        guard let nextAlarm else { return false }
        alarms[nextAlarm.key] = nil
        now = max(now, nextAlarm.value)
        tell(nextAlarm.key, .tick)
        return true
    }

    private mutating func deliver(_ next: Transit) {
        switch next.delivery {
        case .sent(let address, let other): tell(next.to, .blockSent(address, to: other))
        case .block(let address, let relay):
            tell(
                next.to,
                .blockArrived(
                    address.item, block: address.block.number,
                    byteCount: geometry.length(of: address.block), relay: relay,
                    from: next.from))
        case .message(.bitfield(let page)): tell(next.to, .bitfield(page, from: next.from))
        case .message(.have(let have)): tell(next.to, .have(have, from: next.from))
        case .message(.request(let request)):
            for address in addresses(request) {
                open[key(next.from, next.to, address), default: 0] += 1
            }
            tell(next.to, .request(request, from: next.from))
        case .message(.cancel(let request)): tell(next.to, .cancel(request, from: next.from))
        case .message(.reject(let request)): tell(next.to, .reject(request, from: next.from))
        case .message(.appetite(let appetite)):
            tell(next.to, .appetite(appetite, of: next.from))
        case .message: break
        }
    }

    /// Runs until nothing moves, or for so long.
    mutating func run(for duration: Duration = .seconds(600)) {
        let end = now + duration
        while now <= end, step() {}
    }
}

func bytes16(_ last: UInt8) -> Bytes16 {
    guard let bytes = Bytes16([UInt8](repeating: 0, count: 15) + [last]) else {
        preconditionFailure("sixteen bytes are sixteen")
    }
    return bytes
}

func peerID(_ number: UInt8) -> PeerID { PeerID(bytes16(number)) }
func itemID(_ number: UInt8) -> ItemID { ItemID(bytes16(number)) }

func makeGeometry(_ size: Int64) -> ChunkGeometry {
    guard let geometry = ChunkGeometry(size: size) else {
        preconditionFailure("no item has \(size) bytes")
    }
    return geometry
}

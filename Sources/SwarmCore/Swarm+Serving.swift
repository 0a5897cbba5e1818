// What this peer sends: answers to requests, blocks it was given to pass on, and, as the host,
// consecutive blocks to different guests.

import PartyModel

extension Swarm {
    /// What may be on its way out at a time: 150 ms of what the uplink takes, so that an urgent
    /// block never waits long behind others.
    static let uplinkQueue = 0.15
    /// Before a rate is known, and at the least: one to send while the next is read.
    static let fewestSends = 2
    /// At the most: 4 MiB.
    static let mostSends = 64

    // MARK: Requests

    mutating func owe(
        _ request: BlockRequest, to peer: PeerID, into directives: inout [SwarmDirective]
    ) {
        guard let addresses = addresses(of: request) else {
            directives.append(
                .drop(peer, Bye(kind: .violation, reason: "it asked for blocks that do not exist")))
            return
        }
        // Whatever becomes of it: from here on it is known what the peer needs.
        peers[peer]?.hasAsked = true
        var refused: [BlockAddress] = []
        for (position, address) in addresses.enumerated() {
            switch owe(address, to: peer, isUrgent: request.isUrgent, leads: position == 0) {
            case .accepted: break
            case .tooMany, .onItsWay: refused.append(address)
            case .alreadyOwed:
                directives.append(
                    .drop(peer, Bye(kind: .violation, reason: "it asked twice for one block")))
                return
            }
        }
        reject(refused, to: peer, into: &directives)
    }

    private mutating func owe(
        _ address: BlockAddress, to peer: PeerID, isUrgent: Bool, leads: Bool
    ) -> PeerLedger.Owing {
        guard let slot = peers[peer]?.slot, items[address.item]?[address.block] == .verified else {
            return .tooMany
        }
        let isComing = hosted.contains(address.item) && striper.isComing(address, to: slot)
        if isComing || peers[peer]?.isUnconfirmed(address) ?? false { return .onItsWay }
        // Asked for, it goes out in its turn as an answer.
        relays.received(address, by: slot)
        let owing = peers[peer]?.note(address) ?? .tooMany
        guard owing == .accepted else { return owing }
        // Who says that it has the block, and asks all the same, is no part of the plan for it.
        guard hosted.contains(address.item), striper.isFree(address),
            peers[peer]?.has(address) == false
        else {
            peers[peer]?.queue(address, isUrgent: isUrgent)
            return .accepted
        }
        // Somebody will be given the block in a moment, and whoever else asks gets it from there.
        awaiting[address, default: .empty].insert(slot)
        if isUrgent { striper.want(address, leads: leads) } else { striper.ask(address) }
        return .accepted
    }

    /// Sends a peer what its player is about to ask for, without waiting to be asked.
    mutating func anticipate(_ item: ItemID, _ ranges: [Range<Int64>], by peer: PeerID) {
        guard hosted.contains(item), let geometry = items[item]?.geometry,
            let ledger = peers[peer]
        else { return }
        peers[peer]?.hasAsked = true
        for number in ranges.compactMap({ geometry.blocks(covering: $0) }).joined() {
            guard let block = geometry.block(at: number) else { continue }
            let address = BlockAddress(item: item, block: block)
            guard !ledger.has(address), !striper.isComing(address, to: ledger.slot) else {
                continue
            }
            if striper.isFree(address) {
                striper.want(address, leads: false)
            } else {
                relays.add(address, to: PeerSet(bits: 1 << UInt64(ledger.slot)))
            }
        }
    }

    mutating func forgive(
        _ request: BlockRequest, of peer: PeerID, into directives: inout [SwarmDirective]
    ) {
        guard let slot = peers[peer]?.slot else { return }
        let forgiven = (addresses(of: request) ?? []).filter { address in
            _ = awaiting[address]?.remove(slot)
            return peers[peer]?.forgive(address) ?? false
        }
        reject(forgiven, to: peer, into: &directives)
    }

    private func reject(
        _ addresses: [BlockAddress], to peer: PeerID, into directives: inout [SwarmDirective]
    ) {
        directives += BlockRequest.batches(addresses, isUrgent: false)
            .map { .send(.reject($0), to: peer) }
    }

    /// The blocks of a request; `nil` when one of them does not exist.
    func addresses(of request: BlockRequest) -> [BlockAddress]? {
        guard let geometry = items[request.item]?.geometry else { return nil }
        var addresses: [BlockAddress] = []
        for run in request.runs {
            guard let blocks = geometry.run(from: run.first, count: UInt32(run.count)),
                // A peer may not make us list more than it can be owed many times over.
                addresses.count + blocks.count <= Self.blocksListed
            else { return nil }
            addresses += blocks.map { BlockAddress(item: request.item, block: $0) }
        }
        return addresses
    }

    private static let blocksListed = Limits.runsPerRequest * Limits.blocksRequestedPerPeer

    // MARK: Sending

    /// A block and where it goes.
    private struct Shipment {
        let address: BlockAddress
        let peer: PeerID
        let isAnswer: Bool
        var relay = false
    }

    mutating func serve(now: MonotonicInstant, into directives: inout [SwarmDirective]) {
        guard !peers.isEmpty else { return }
        let allowed = sendsAllowed(now: now)
        var underWay = peers.values.reduce(0) { $0 + ($1.isStuck(at: now) ? 0 : $1.sending.count) }
        paceOpens = nil
        while underWay < allowed, let next = nextShipment(now: now, into: &directives) {
            peers[next.peer]?.send(next.address, isAnswer: next.isAnswer, at: now)
            if peers[next.peer]?.isLocal == false {
                bucket.take(
                    items[next.address.item]?.geometry.length(of: next.address.block) ?? 0, at: now)
            }
            directives.append(.upload(next.address, to: next.peer, relay: next.relay))
            underWay += 1
        }
    }

    private mutating func sendsAllowed(now: MonotonicInstant) -> Int {
        let bytes = sent.rate(at: now) * Self.uplinkQueue
        return min(
            max(Int(bytes) / ChunkGeometry.blockSize, Self.fewestSends), Self.mostSends)
    }

    /// What a player waits for first; then requests and pushes in turn.
    private mutating func nextShipment(
        now: MonotonicInstant, into directives: inout [SwarmDirective]
    ) -> Shipment? {
        if let urgent = nextAnswer(urgent: true, now: now) { return urgent }
        isRequestsTurn.toggle()
        if isRequestsTurn, let later = nextAnswer(urgent: false, now: now) { return later }
        if let push = nextRelay(now: now) ?? nextStripe(now: now, into: &directives) { return push }
        return nextAnswer(urgent: false, now: now)
    }

    private mutating func canBeSent(_ peer: PeerLedger, now: MonotonicInstant) -> Bool {
        peer.canBeSent(at: now) && (peer.isLocal || paceAllows(now: now))
    }

    /// Whether the pace lets a block out now; when not, the alarm is set for when it does.
    private mutating func paceAllows(now: MonotonicInstant) -> Bool {
        guard let opens = bucket.opens(after: now) else { return true }
        paceOpens = opens
        return false
    }

    private mutating func nextAnswer(urgent: Bool, now: MonotonicInstant) -> Shipment? {
        // Whoever has the fewest on the way comes first, so that all get their share.
        let waiting = peers.filter { !$0.value.owed.isEmpty && canBeSent($0.value, now: now) }
        let order = waiting.sorted {
            ($0.value.sending.count, $0.key) < ($1.value.sending.count, $1.key)
        }
        for (peer, _) in order {
            if let address = peers[peer]?.nextOwed(urgent: urgent) {
                return Shipment(address: address, peer: peer, isAnswer: true)
            }
        }
        return nil
    }

    private mutating func nextRelay(now: MonotonicInstant) -> Shipment? {
        guard relays.count > 0 else { return nil }
        let isOpen = paceAllows(now: now)
        let peers = peers
        let slots = slots
        let item = demand.item
        let next = relays.next { slot in
            guard let peer = slots[slot].flatMap({ peers[$0] }), peer.canBePushed,
                peer.canBeSent(at: now), peer.isLocal || isOpen
            else { return nil }
            return item.flatMap { peer.availability[$0]?.blockCount } ?? 0
        }
        guard let (address, slot) = next, let peer = slots[slot] else { return nil }
        return Shipment(address: address, peer: peer, isAnswer: false)
    }

    private mutating func nextStripe(
        now: MonotonicInstant, into directives: inout [SwarmDirective]
    ) -> Shipment? {
        guard !hosted.isEmpty else { return nil }
        let isOpen = paceAllows(now: now)
        let peers = peers
        let slots = slots
        let push = striper.next(
            now: now, hostRate: bestSentRate,
            lackers: { address in
                var lackers = PeerSet.empty
                for peer in peers.values where !peer.has(address) { lackers.insert(peer.slot) }
                return lackers
            },
            canTake: { slot in
                guard let peer = slots[slot].flatMap({ peers[$0] }) else { return false }
                return peer.hasAsked && peer.canBePushed && peer.canBeSent(at: now)
                    && (peer.isLocal || isOpen)
            })
        switch push {
        case .relay(let address, let slot)?:
            guard let peer = slots[slot] else { return nil }
            let asked = settle(address, among: PeerSet(bits: 1 << UInt64(slot)), into: &directives)
            _ = self.peers[peer]?.forgive(address)
            return Shipment(
                address: address, peer: peer, isAnswer: asked.contains(slot), relay: true)
        case .spread(let address, let receivers)?:
            let asked = settle(address, among: receivers, into: &directives)
            for slot in asked.slots {
                guard let peer = slots[slot] else { continue }
                self.peers[peer]?.queue(address, isUrgent: true)
            }
            relays.add(address, to: PeerSet(bits: receivers.bits & ~asked.bits))
            return nextAnswer(urgent: true, now: now) ?? nextRelay(now: now)
        case nil:
            return nil
        }
    }

    /// The block is given out: those who asked for it and will not get it from us are told so.
    ///
    /// Returns those who asked and will.
    private mutating func settle(
        _ address: BlockAddress, among receivers: PeerSet, into directives: inout [SwarmDirective]
    ) -> PeerSet {
        let asked = awaiting.removeValue(forKey: address) ?? .empty
        for slot in PeerSet(bits: asked.bits & ~receivers.bits).slots {
            guard let peer = slots[slot], peers[peer]?.forgive(address) ?? false else { continue }
            reject([address], to: peer, into: &directives)
        }
        return PeerSet(bits: asked.bits & receivers.bits)
    }

    mutating func left(_ address: BlockAddress, to peer: PeerID, now: MonotonicInstant) {
        guard peers[peer]?.sent(address) != nil, let geometry = items[address.item]?.geometry
        else { return }
        sent.count(geometry.length(of: address.block), at: now)
        bestSentRate = max(bestSentRate * 0.99, sent.rate(at: now))
    }

    mutating func unreadable(
        _ address: BlockAddress, for peer: PeerID, into directives: inout [SwarmDirective]
    ) {
        guard let sending = peers[peer]?.sent(address), sending.isAnswer else { return }
        reject([address], to: peer, into: &directives)
    }

    /// Passes on a block that was given to us for that.
    mutating func relay(_ address: BlockAddress) {
        var lackers = PeerSet.empty
        for peer in peers.values where !peer.isHost && !peer.has(address) {
            lackers.insert(peer.slot)
        }
        relays.add(address, to: lackers)
    }
}

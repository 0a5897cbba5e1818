// What this peer sends: answers to requests, blocks it was given to pass on, and, as the host,
// consecutive blocks to different guests.

import PartyModel

extension Swarm {
    /// What may be on its way out at a time, in seconds of what the uplink takes: an urgent block never
    /// waits long behind others.
    static let uplinkQueue = 0.05
    /// Before a rate is known, and at the least: one to send while the next is read.
    static let fewestSends = 2
    /// At the most: 4 MiB.
    static let mostSends = 64
    /// A connection that takes longer for a block than twice what explains it holds up nobody but
    /// itself; at least and at most so long.
    static let sendPatience = Duration.milliseconds(200)...(.seconds(2))

    // MARK: Requests

    mutating func owe(
        _ request: BlockRequest, to peer: PeerID, now: MonotonicInstant,
        into directives: inout [SwarmDirective]
    ) {
        guard let slot = peers.slot(of: peer) else { return }
        guard let addresses = addresses(of: request) else {
            directives.append(
                .drop(peer, Bye(kind: .violation, reason: "it asked for blocks that do not exist")))
            return
        }
        // Whatever becomes of it: from here on it is known what the peer needs.
        peers[slot].hasAsked = true
        if request.isUrgent { peers[slot].asksUrgently(from: addresses.first) }
        var refused: [BlockAddress] = []
        for (position, address) in addresses.enumerated() {
            let isFirst = position == 0
            switch owe(address, to: slot, isUrgent: request.isUrgent, leads: isFirst, now: now) {
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
        _ address: BlockAddress, to slot: Int, isUrgent: Bool, leads: Bool, now: MonotonicInstant
    ) -> PeerLedger.Owing {
        guard items[address.item]?[address.block] == .verified else { return .tooMany }
        // A player waits, and whoever was to bring the block did not for long: then it is ours to.
        if isUrgent { striper.giveUp(address, for: slot, now: now) }
        let isComing = hosted.contains(address.item) && striper.isComing(address, to: slot)
        if isComing || peers[slot].isUnconfirmed(address) { return .onItsWay }
        // Asked for, it goes out in its turn as an answer.
        relays.received(address, by: slot)
        let isUrgent = isUrgent && peers[slot].mayAskUrgently
        let owing = peers[slot].note(address, isUrgent: isUrgent)
        guard owing == .accepted else { return owing }
        // Who says that it has the block, and asks all the same, is no part of the plan for it.
        guard hosted.contains(address.item), striper.isFree(address),
            !holders(of: address).contains(slot), !askers.contains(slot)
        else {
            peers[slot].queue(address, isUrgent: isUrgent)
            return .accepted
        }
        // Somebody will be given the block in a moment, and whoever else asks gets it from there.
        awaiting[address, default: .empty].insert(slot)
        if isUrgent {
            // Where the film is seen shows when it is seen.
            striper.want(address, leads: leads && peers[slot].opensUntil == nil)
        } else {
            striper.ask(address)
        }
        return .accepted
    }

    /// Sends a peer what its player is about to ask for, without waiting to be asked.
    mutating func anticipate(
        _ item: ItemID, _ ranges: [Range<Int64>], by peer: PeerID, now: MonotonicInstant
    ) {
        guard hosted.contains(item), let geometry = items[item]?.geometry,
            let slot = peers.slot(of: peer), !askers.contains(slot)
        else { return }
        peers[slot].hasAsked = true
        let peers = peers
        for number in ranges.compactMap({ geometry.blocks(covering: $0) }).joined() {
            guard let block = geometry.block(at: number) else { continue }
            let address = BlockAddress(item: item, block: block)
            guard !holders(of: address).contains(slot), !striper.isComing(address, to: slot),
                !peers[slot].isUnconfirmed(address)
            else { continue }
            if striper.isFree(address) {
                striper.want(address, leads: false)
            } else if !striper.joinRelay(
                of: address, slot, now: now, roundTrip: { peers[$0].roundTrip })
            {
                relays.add(address, to: PeerSet(slot))
            }
        }
    }

    mutating func forgive(
        _ request: BlockRequest, of peer: PeerID, into directives: inout [SwarmDirective]
    ) {
        guard let slot = peers.slot(of: peer) else { return }
        var abandoned: Set<BlockAddress> = []
        let forgiven = (addresses(of: request) ?? []).filter { address in
            if awaiting[address]?.remove(slot) ?? false, awaiting[address]?.isEmpty ?? false {
                awaiting[address] = nil
                abandoned.insert(address)
            }
            return peers[slot].forgive(address)
        }
        // What nobody waits for any more goes out when its turn comes.
        striper.withdraw(abandoned)
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
                // Nobody has more to ask for, or to take back, than it may be owed.
                addresses.count + blocks.count <= Self.blocksListed
            else { return nil }
            addresses += blocks.map { BlockAddress(item: request.item, block: $0) }
        }
        return addresses
    }

    /// Twice that: what it took back may not have been answered yet.
    private static let blocksListed = 2 * Limits.blocksRequestedPerPeer

    func holders(of address: BlockAddress) -> PeerSet {
        items[address.item]?.holdings.holders(of: address.block) ?? .empty
    }

    // MARK: Sending

    /// A block and where it goes.
    private struct Shipment {
        let address: BlockAddress
        let slot: Int
        let isAnswer: Bool
        var relay = false
    }

    /// Who can be sent something now, and who is owed something.
    private struct Outlets {
        /// Blocks on their way out, of which only so many may be.
        var underWay = 0
        var open = PeerSet.empty
        /// Those of them that may be sent more than they asked for.
        var pushable = PeerSet.empty
        var owedUrgently = PeerSet.empty
        var owedLater = PeerSet.empty
    }

    mutating func serve(now: MonotonicInstant, into directives: inout [SwarmDirective]) {
        guard !peers.isEmpty else { return }
        paceOpens = nil
        let allowed = sendsAllowed(now: now)
        let patience = sendPatience(for: allowed)
        var outlets = outlets(stuckAfter: patience, now: now)
        while outlets.underWay < allowed,
            let next = nextShipment(through: outlets, now: now, into: &directives)
        {
            peers[next.slot].send(next.address, isAnswer: next.isAnswer, at: now)
            if !peers[next.slot].isLocal {
                bucket.take(
                    items[next.address.item]?.geometry.length(of: next.address.block) ?? 0, at: now)
            }
            directives.append(.upload(next.address, to: peers[next.slot].id, relay: next.relay))
            outlets = self.outlets(stuckAfter: patience, now: now)
        }
    }

    /// How long a block may take to leave while so many may be on their way.
    private func sendPatience(for allowed: Int) -> Duration {
        let seconds = 2 * Double(allowed * ChunkGeometry.blockSize) / max(bestSentRate, 1)
        let range = Self.sendPatience
        return min(
            max(.milliseconds(Int64(min(seconds, 60) * 1_000)), range.lowerBound), range.upperBound)
    }

    private mutating func sendsAllowed(now: MonotonicInstant) -> Int {
        let bytes = sent.rate(at: now) * Self.uplinkQueue
        return min(
            max(Int(bytes) / ChunkGeometry.blockSize, Self.fewestSends), Self.mostSends)
    }

    private mutating func outlets(
        stuckAfter patience: Duration, now: MonotonicInstant
    ) -> Outlets {
        var outlets = Outlets()
        // When the pace lets nothing out now, the alarm is set for when it does.
        paceOpens = bucket.opens(after: now)
        let isPaceOpen = paceOpens == nil
        for slot in peers.present {
            guard !peers[slot].isStuck(at: now, after: patience) else { continue }
            let sends = peers[slot].sendsUnderWay
            outlets.underWay += sends
            guard sends < PeerLedger.sendsAtOnce, isPaceOpen || peers[slot].isLocal else {
                continue
            }
            outlets.open.insert(slot)
            if peers[slot].canBePushed, !askers.contains(slot) { outlets.pushable.insert(slot) }
            if peers[slot].mayBeOwed(urgent: true) { outlets.owedUrgently.insert(slot) }
            if peers[slot].mayBeOwed(urgent: false) { outlets.owedLater.insert(slot) }
        }
        return outlets
    }

    /// What players wait for first, asked for or not; then requests and pushes in turn.
    ///
    /// What is urgent to somebody who is elsewhere in the film takes turns with what is urgent here:
    /// how soon it is needed nobody can tell, and either alone would keep the other waiting for ever.
    private mutating func nextShipment(
        through outlets: Outlets, now: MonotonicInstant, into directives: inout [SwarmDirective]
    ) -> Shipment? {
        let elsewhere = nextUrgentAnswer(to: outlets.owedUrgently, here: false)
        if let elsewhere {
            isElsewheresTurn.toggle()
            if isElsewheresTurn { return taken(elsewhere, urgent: true) }
        }
        let here = nextUrgentAnswer(to: outlets.owedUrgently, here: true)
        let limit = here.map { demand.distance(to: $0.address) } ?? Demand.urgentBlocks
        if let relay = nextRelay(to: outlets.pushable, nearerThan: limit) { return relay }
        if let urgent = here ?? elsewhere { return taken(urgent, urgent: true) }
        isRequestsTurn.toggle()
        let later = nextLaterAnswer(to: outlets.owedLater)
        if isRequestsTurn, let later { return taken(later, urgent: false) }
        return nextRelay(to: outlets.pushable)
            ?? nextStripe(through: outlets, now: now, into: &directives)
            ?? later.map { taken($0, urgent: false) }
    }

    private mutating func taken(_ answer: Shipment, urgent: Bool) -> Shipment {
        peers[answer.slot].takeOwed(urgent: urgent)
        newcomers[answer.slot]?.answered.insert(answer.address)
        // It may have been ordered for the same peer meanwhile.
        relays.received(answer.address, by: answer.slot)
        return answer
    }

    /// What is needed soonest of what players need that are near ours, or of all else; of one block's
    /// askers, whoever has the fewest on the way.
    private mutating func nextUrgentAnswer(to waiting: PeerSet, here: Bool) -> Shipment? {
        let demand = demand
        return nextAnswer(to: waiting, urgent: true) { address in
            let distance = demand.distance(to: address)
            return (distance < Demand.urgentBlocks) == here ? distance : nil
        }
    }

    /// Whoever has the fewest on the way comes first, so that all get their share.
    private mutating func nextLaterAnswer(to waiting: PeerSet) -> Shipment? {
        nextAnswer(to: waiting, urgent: false) { _ in 0 }
    }

    private mutating func nextAnswer(
        to waiting: PeerSet, urgent: Bool, distance: (BlockAddress) -> Int?
    ) -> Shipment? {
        guard !waiting.isEmpty else { return nil }
        var best: (shipment: Shipment, order: (Int, Int))?
        for slot in peers.inOrder where waiting.contains(slot) {
            guard let address = peers[slot].nextOwed(urgent: urgent),
                let distance = distance(address)
            else { continue }
            let order = (distance, peers[slot].sendsUnderWay)
            if best.map({ order < $0.order }) ?? true {
                best = (Shipment(address: address, slot: slot, isAnswer: true), order)
            }
        }
        return best?.shipment
    }

    private mutating func nextRelay(
        to receivers: PeerSet, nearerThan limit: Int = .max
    ) -> Shipment? {
        guard !receivers.isDisjoint(with: relays.pending) else { return nil }
        let holdings = demand.item.flatMap { items[$0]?.holdings }
        let demand = demand
        let next = relays.next(
            open: receivers, nearerThan: limit, held: { holdings?.count(of: $0) ?? 0 },
            distance: demand.distance)
        guard let (address, slot) = next else { return nil }
        // Whoever has asked for it meanwhile gets it once.
        awaiting[address]?.remove(slot)
        return Shipment(address: address, slot: slot, isAnswer: peers[slot].forgive(address))
    }

    private mutating func nextStripe(
        through outlets: Outlets, now: MonotonicInstant, into directives: inout [SwarmDirective]
    ) -> Shipment? {
        guard !hosted.isEmpty else { return nil }
        var open = outlets.pushable
        for slot in open where !peers[slot].hasAsked { open.remove(slot) }
        let items = items
        let guests = peers
        let present = peers.present.subtracting(askers)
        let push = striper.next(
            now: now, hostRate: bestSentRate, open: open, onlyWanted: isOpening(at: now),
            passed: { address in
                PeerSet(guests.present.filter { guests[$0].hasPassed(address) })
            },
            lackers: { address in
                let holdings = items[address.item]?.holdings
                return present.subtracting(holdings?.holders(of: address.block) ?? .empty)
            })
        switch push {
        case .relay(let address, let plan)?:
            let asked = settle(address, unless: plan.receivers, into: &directives)
            _ = peers[plan.owner].forgive(address)
            // Those whom the plan does not bring it to get it from here.
            for slot in asked where slot != plan.owner {
                peers[slot].queue(address, isUrgent: true)
            }
            if !plan.isPlain { order(plan, of: address, into: &directives) }
            return Shipment(
                address: address, slot: plan.owner, isAnswer: asked.contains(plan.owner),
                relay: plan.isPlain)
        case .spread(let address, let receivers)?:
            let asked = settle(address, unless: .empty, into: &directives)
            for slot in asked { peers[slot].queue(address, isUrgent: true) }
            relays.add(address, to: receivers.subtracting(asked))
            let open = outlets.open.intersection(asked)
            let answer =
                nextUrgentAnswer(to: open, here: true) ?? nextUrgentAnswer(to: open, here: false)
            return answer.map { taken($0, urgent: true) } ?? nextRelay(to: outlets.pushable)
        case nil:
            return nil
        }
    }

    /// The block is given out: those who asked for it and get it from others are told so.
    ///
    /// Returns those who asked and get it from here.
    private mutating func settle(
        _ address: BlockAddress, unless served: PeerSet, into directives: inout [SwarmDirective]
    ) -> PeerSet {
        let asked = awaiting.removeValue(forKey: address) ?? .empty
        for slot in asked.intersection(served) {
            guard peers[slot].forgive(address) else { continue }
            reject([address], to: peers[slot].id, into: &directives)
        }
        return asked.subtracting(served)
    }

    mutating func left(_ address: BlockAddress, to peer: PeerID, now: MonotonicInstant) {
        guard let slot = peers.slot(of: peer), peers[slot].sent(address) != nil,
            let geometry = items[address.item]?.geometry
        else { return }
        sent.count(geometry.length(of: address.block), at: now)
        bestSentRate = max(bestSentRate * 0.99, sent.rate(at: now))
    }

    mutating func unreadable(
        _ address: BlockAddress, for peer: PeerID, into directives: inout [SwarmDirective]
    ) {
        guard let slot = peers.slot(of: peer), peers[slot].sent(address) == true else { return }
        reject([address], to: peer, into: &directives)
    }
}

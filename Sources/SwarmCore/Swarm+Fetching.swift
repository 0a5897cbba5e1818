// What this peer asks others for, and what it does with what comes.

import PartyModel

extension Swarm {
    /// How late an urgent block may be before a second peer is asked, beyond what the rate explains.
    static let lateness = Duration.milliseconds(250)
    /// While the host pushes, it is not asked for what no player waits for; after so long without a
    /// push it is.
    static let pushPause = Duration.seconds(1)
    /// How many of the blocks a player reads next are worth a second request.
    static let blocksDoubled = 4

    // MARK: Asking

    mutating func fetch(now: MonotonicInstant, into directives: inout [SwarmDirective]) {
        guard !isPaused, demand.item != nil, items.values.contains(where: { !$0.isComplete })
        else { return }
        for peer in sortedForAsking(now: now) { ask(peer, now: now, into: &directives) }
    }

    /// Guests before the host, so that the host sends only what nobody else has; among equals the
    /// faster one first.
    private mutating func sortedForAsking(now: MonotonicInstant) -> [PeerID] {
        let rates = peers.keys.map { peer in
            (peer, peers[peer]?.isHost ?? false, peers[peer]?.received.rate(at: now) ?? 0)
        }
        return rates.sorted { left, right in
            if left.1 != right.1 { return !left.1 }
            return left.2 != right.2 ? left.2 > right.2 : left.0 < right.0
        }.map(\.0)
    }

    private mutating func ask(
        _ peer: PeerID, now: MonotonicInstant, into directives: inout [SwarmDirective]
    ) {
        guard var ledger = peers[peer], !ledger.isSilent(at: now) else { return }
        let allowed = ledger.blocksInFlightAllowed(at: now)
        let free = allowed - ledger.asked.count
        // Topping up by single blocks would double the number of messages.
        guard free > 0, free >= min(allowed / 4, 8) || ledger.asked.count < 2 else {
            peers[peer] = ledger
            return
        }
        var urgent: [BlockAddress] = []
        var later: [BlockAddress] = []
        while urgent.count + later.count < free,
            let (address, isUrgent) = next(for: ledger, now: now)
        {
            items[address.item]?.move(address.block, to: .requested)
            ledger.ask(address, at: now)
            if isUrgent { urgent.append(address) } else { later.append(address) }
        }
        if urgent.isEmpty, later.isEmpty, let late = lateBlock(for: ledger, now: now) {
            ledger.ask(late, at: now)
            urgent.append(late)
        }
        peers[peer] = ledger
        for request in BlockRequest.batches(urgent, isUrgent: true)
            + BlockRequest.batches(later, isUrgent: false)
        {
            directives.append(.send(.request(request), to: peer))
        }
    }

    /// The most wanted missing block that this peer has and should be asked for.
    private mutating func next(
        for peer: PeerLedger, now: MonotonicInstant
    ) -> (BlockAddress, isUrgent: Bool)? {
        guard let item = demand.item else { return nil }
        let urgent = demand.urgent
        if let block = first(in: urgent, of: item, from: peer, urgent: true, now: now) {
            return (block, true)
        }
        if peer.isHost, let lastPush, now - lastPush < Self.pushPause { return nil }
        for wanted in [item] + demand.followers {
            guard let count = items[wanted]?.geometry.blockCount else { continue }
            let order = wanted == item ? demand.order(blockCount: count) : [0..<count]
            if let block = first(in: order, of: wanted, from: peer, urgent: false, now: now) {
                return (block, false)
            }
        }
        return nil
    }

    private mutating func first(
        in ranges: [Range<Int>], of item: ItemID, from peer: PeerLedger, urgent: Bool,
        now: MonotonicInstant
    ) -> BlockAddress? {
        guard let availability = peer.availability[item] else { return nil }
        let holders = peer.isHost ? guestsAvailability(of: item, now: now) : []
        let expectations = expectations
        let count = peers.count
        for range in ranges {
            let found = items[item]?.firstMissing(in: range, offeredBy: availability) { block in
                let address = BlockAddress(item: item, block: block)
                return availability.contains(block) && peer.asked[address] == nil
                    && !expectations.covers(address, urgent: urgent, peers: count, now: now)
                    && !holders.contains { $0.contains(block) }
            }
            if let found { return BlockAddress(item: item, block: found) }
        }
        return nil
    }

    /// What the guests that answer have: the host is not asked for it.
    private func guestsAvailability(of item: ItemID, now: MonotonicInstant) -> [Availability] {
        peers.values.compactMap { peer in
            peer.isHost || peer.isSilent(at: now) ? nil : peer.availability[item]
        }
    }

    /// A block the player waits for whose only request is late: this peer may be sooner.
    private func lateBlock(for peer: PeerLedger, now: MonotonicInstant) -> BlockAddress? {
        guard let item = demand.item, let ledger = items[item], let place = demand.places.first
        else { return nil }
        for number in place.prefix(Self.blocksDoubled) {
            guard let block = ledger.geometry.block(at: number), ledger[block] == .requested
            else { continue }
            let address = BlockAddress(item: item, block: block)
            guard peer.has(address), peer.asked[address] == nil else { continue }
            let waits = peers.values.compactMap { other in
                other.asked[address].map { now - $0.since - other.roundTrip }
            }
            if waits.count == 1, waits.allSatisfy({ $0 > Self.lateness }) { return address }
        }
        return nil
    }

    /// After a jump: what is under way but not needed at the new place only stands in its way.
    mutating func cancelAllButUrgent(into directives: inout [SwarmDirective]) {
        for peer in peers.keys.sorted() {
            let stale = (peers[peer]?.asked ?? [:]).filter { address, asked in
                !asked.isCancelled
                    && !(address.item == demand.item && demand.isUrgent(address.block))
            }
            let addresses = stale.keys.sorted(by: Self.inOrder)
            for address in addresses {
                peers[peer]?.cancel(address)
                unask(address)
            }
            directives += BlockRequest.batches(addresses, isUrgent: false)
                .map { .send(.cancel($0), to: peer) }
        }
    }

    /// A block that one peer owes no more is missing again, unless another one owes it.
    mutating func unask(_ address: BlockAddress) {
        guard items[address.item]?[address.block] == .requested else { return }
        let isAsked = peers.values.contains { $0.asked[address].map { !$0.isCancelled } ?? false }
        if !isAsked { items[address.item]?.move(address.block, to: .missing) }
    }

    mutating func refused(_ request: BlockRequest, by peer: PeerID, now: MonotonicInstant) {
        for address in addresses(of: request) ?? [] {
            if peers[peer]?.takeBack(address) ?? false { continue }
            guard let asked = peers[peer]?.answer(address), !asked.isCancelled else { continue }
            // It is on its way, from there or from whom the host gave it to; who says so again
            // does not have it.
            if !expectations.expect(address, now: now), peers[peer]?.isHost == false {
                peers[peer]?.availability[address.item]?.remove(address.block)
            }
            unask(address)
        }
    }

    // MARK: What comes

    mutating func arrived(
        _ item: ItemID, _ number: UInt32, _ byteCount: Int, _ relays: Bool, from peer: PeerID,
        now: MonotonicInstant, into directives: inout [SwarmDirective]
    ) {
        guard let geometry = items[item]?.geometry, let block = geometry.block(at: number),
            byteCount == geometry.length(of: block), !hosted.contains(item)
        else {
            directives.append(
                .drop(peer, Bye(kind: .violation, reason: "it sent a block that does not exist")))
            return
        }
        let address = BlockAddress(item: item, block: block)
        let isAnswer = peers[peer]?.answer(address) != nil
        peers[peer]?.received.count(byteCount, at: now)
        peers[peer]?.lastProgress = now
        expectations.arrived(address)
        let state = items[item]?[block]
        if !isAnswer || relays, state == .missing || state == .requested { lastPush = now }
        // Only the host says who passes what on.
        if relays, peers[peer]?.isHost ?? false {
            if state == .verified { relay(address) } else { toRelay.insert(address) }
        }
        switch state {
        case .missing where isPaused, .requested where isPaused:
            directives.append(.discard(address))
            lose(address, from: peer, into: &directives)
        case .missing, .requested:
            items[item]?.move(block, to: .arrived)
            directives.append(.store(address, from: peer))
        case .arrived, .verified, nil:
            directives.append(.discard(address))
        }
    }

    mutating func stored(
        _ address: BlockAddress, now: MonotonicInstant, into directives: inout [SwarmDirective]
    ) {
        guard let before = items[address.item]?[address.block], before != .verified else { return }
        items[address.item]?.move(address.block, to: .verified)
        expectations.arrived(address)
        news.add(address, guests: peers.count, now: now)
        cancelOtherCopies(of: address, into: &directives)
        if toRelay.remove(address) != nil { relay(address) }
        if items[address.item]?.isComplete == true { directives.append(.completed(address.item)) }
    }

    /// The bytes that arrived are no good, or could not be kept.
    mutating func lose(_ address: BlockAddress) {
        toRelay.remove(address)
        items[address.item]?.move(address.block, to: .missing)
    }

    /// A block could not be kept: whoever sent it is told, and sends no more before it is asked.
    mutating func lose(
        _ address: BlockAddress, from peer: PeerID, into directives: inout [SwarmDirective]
    ) {
        lose(address)
        directives.append(.send(.reject(BlockRequest(address)), to: peer))
    }

    private mutating func cancelOtherCopies(
        of address: BlockAddress, into directives: inout [SwarmDirective]
    ) {
        for peer in peers.keys.sorted() {
            guard let asked = peers[peer]?.asked[address], !asked.isCancelled else { continue }
            peers[peer]?.cancel(address)
            directives.append(.send(.cancel(BlockRequest(address)), to: peer))
        }
    }
}

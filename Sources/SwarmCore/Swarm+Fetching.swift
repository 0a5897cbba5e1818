// What this peer asks others for, and what it does with what comes.

import PartyModel

extension Swarm {
    /// How long an urgent block may take before a second peer is asked, at the least: beyond that,
    /// until it is late beside those before it.
    static let lateness = Duration.milliseconds(250)
    /// While the host pushes, it is not asked for what no player waits for; after so long without a
    /// push it is.
    static let pushPause = Duration.seconds(1)
    /// How many of the blocks a player reads next are worth a second request.
    static let blocksDoubled = 4

    // MARK: Asking

    mutating func fetch(now: MonotonicInstant, into directives: inout [SwarmDirective]) {
        guard !promising.isEmpty, !isPaused, demand.item != nil, incompleteCount > 0 else { return }
        for slot in byPreference(promising, now: now) {
            ask(slot, now: now, into: &directives)
        }
        promising = .empty
    }

    /// Guests before the host, so that the host sends only what nobody else has; among equals the
    /// faster one first.
    private mutating func byPreference(_ some: PeerSet, now: MonotonicInstant) -> [Int] {
        let rates = peers.inOrder.filter(some.contains).map { slot in
            (slot: slot, rate: peers[slot].received.rate(at: now))
        }
        let hosts = peers.hosts
        return rates.sorted { left, right in
            let isHost = (left: hosts.contains(left.slot), right: hosts.contains(right.slot))
            return isHost.left == isHost.right ? left.rate > right.rate : isHost.right
        }.map(\.slot)
    }

    private mutating func ask(
        _ slot: Int, now: MonotonicInstant, into directives: inout [SwarmDirective]
    ) {
        guard !peers[slot].isSilent(at: now) else { return }
        let free = peers[slot].roomForAsking(at: now)
        guard free > 0 else { return }
        let others = peers.hosts.contains(slot) ? answeringGuests(at: now) : .empty
        // A guest that has enough to answer is no reason to let a player wait for its next free moment.
        var sooner = others
        for guest in others where peers[guest].isFullyAsked(at: now) { sooner.remove(guest) }
        var urgent: [BlockAddress] = []
        var later: [BlockAddress] = []
        while urgent.count + later.count < free, isIntakeOpen(to: slot, now: now),
            let (address, isUrgent) = next(
                for: slot, unlessAt: others, urgentUnlessAt: sooner, now: now)
        {
            items[address.item]?.move(address.block, to: .requested)
            peers[slot].ask(address, at: now)
            countIntake(address, from: slot, now: now)
            if isUrgent { urgent.append(address) } else { later.append(address) }
        }
        request(urgent, isUrgent: true, of: slot, into: &directives)
        request(later, isUrgent: false, of: slot, into: &directives)
    }

    private func request(
        _ addresses: [BlockAddress], isUrgent: Bool, of slot: Int,
        into directives: inout [SwarmDirective]
    ) {
        let peer = peers[slot].id
        directives += BlockRequest.batches(addresses, isUrgent: isUrgent)
            .map { .send(.request($0), to: peer) }
    }

    /// The guests that are asked before the host.
    private func answeringGuests(at now: MonotonicInstant) -> PeerSet {
        var guests = peers.guests
        for slot in guests where peers[slot].isSilent(at: now) { guests.remove(slot) }
        return guests
    }

    /// The most wanted missing block that a peer has and should be asked for: none that `others`
    /// have, or, where a player waits, that `sooner` have.
    private func next(
        for slot: Int, unlessAt others: PeerSet, urgentUnlessAt sooner: PeerSet,
        now: MonotonicInstant
    ) -> (BlockAddress, isUrgent: Bool)? {
        guard let item = demand.item else { return nil }
        if let block = first(in: demand.urgent, of: item, from: slot, unlessAt: sooner) {
            return (block, true)
        }
        guard !demand.isOpening else { return nil }
        if peers.hosts.contains(slot) {
            if let lastPush, now - lastPush < Self.pushPause { return nil }
            // The others have it before it is needed here, and it leaves the host once.
            if crowding.isCrowded, !others.subtracting(askers).isEmpty { return nil }
        }
        for wanted in [item] + demand.followers {
            guard let count = items[wanted]?.geometry.blockCount else { continue }
            let order = wanted == item ? demand.order(blockCount: count) : [0..<count]
            if let block = first(in: order, of: wanted, from: slot, unlessAt: others) {
                return (block, false)
            }
        }
        return nil
    }

    private func first(
        in ranges: [Range<Int>], of item: ItemID, from slot: Int, unlessAt others: PeerSet
    ) -> BlockAddress? {
        guard let ledger = items[item] else { return nil }
        for range in ranges {
            let found = ledger.firstMissing(in: range, offeredBy: PeerSet(slot)) { block in
                let holders = ledger.holdings.holders(of: block)
                // What was taken back is still to be answered, and not to be asked for before.
                return holders.contains(slot) && holders.isDisjoint(with: others)
                    && peers[slot].asked[BlockAddress(item: item, block: block)] == nil
            }
            if let found { return BlockAddress(item: item, block: found) }
        }
        return nil
    }

    /// Blocks the player waits for whose only request is late: another peer may be sooner.
    mutating func askAgain(now: MonotonicInstant, into directives: inout [SwarmDirective]) {
        guard let item = demand.item, let place = demand.place else { return }
        for number in place.prefix(Self.blocksDoubled) {
            guard let block = items[item]?.geometry.block(at: number),
                items[item]?[block] == .requested
            else { continue }
            let address = BlockAddress(item: item, block: block)
            let waits = peers.present.compactMap { slot in
                peers[slot].asked[address].map { now - $0.since - peers[slot].roundTrip }
            }
            let patience = max(urgentAnswers.late ?? .zero, Self.lateness)
            guard waits.count == 1, waits.allSatisfy({ $0 > patience }),
                let slot = anotherHolder(of: address, now: now)
            else { continue }
            peers[slot].ask(address, at: now)
            countIntake(address, from: slot, now: now)
            request([address], isUrgent: true, of: slot, into: &directives)
        }
    }

    /// The best peer with room for a request that has the block and was not asked for it.
    private mutating func anotherHolder(of address: BlockAddress, now: MonotonicInstant) -> Int? {
        guard let holders = items[address.item]?.holdings.holders(of: address.block) else {
            return nil
        }
        return byPreference(holders, now: now).first { slot in
            peers[slot].asked[address] == nil && !peers[slot].isSilent(at: now)
                && peers[slot].roomForAsking(at: now) > 0
        }
    }

    /// A peer that was asked and does not answer: others may be, and it need not any more.
    mutating func passOver(
        _ slot: Int, now: MonotonicInstant, into directives: inout [SwarmDirective]
    ) {
        takeBack({ _ in true }, from: slot, now: now, into: &directives)
    }

    /// Takes back what a peer was asked for.
    private mutating func takeBack(
        _ isUnwanted: (BlockAddress) -> Bool, from slot: Int, now: MonotonicInstant,
        into directives: inout [SwarmDirective]
    ) {
        let peer = peers[slot].id
        let addresses = peers[slot].asked.filter { !$1.isCancelled && isUnwanted($0) }
            .keys.sorted(by: Self.inOrder)
        for address in addresses {
            peers[slot].cancel(address)
            unask(address, now: now)
        }
        directives += BlockRequest.batches(addresses, isUrgent: false)
            .map { .send(.cancel($0), to: peer) }
    }

    /// After a turn to another item: what is under way of any other would come before its head.
    mutating func cancelAll(
        but item: ItemID, now: MonotonicInstant, into directives: inout [SwarmDirective]
    ) {
        for slot in peers.inOrder {
            takeBack({ $0.item != item }, from: slot, now: now, into: &directives)
        }
    }

    /// After a jump: what is under way but not needed at the new place only stands in its way.
    mutating func cancelAllButUrgent(
        now: MonotonicInstant, into directives: inout [SwarmDirective]
    ) {
        let demand = demand
        for slot in peers.inOrder {
            takeBack({ !demand.isUrgent($0) }, from: slot, now: now, into: &directives)
        }
    }

    /// A block that one peer owes no more is missing again, unless another one owes it.
    mutating func unask(_ address: BlockAddress, now: MonotonicInstant) {
        guard items[address.item]?[address.block] == .requested else { return }
        let isAsked = peers.present.contains { slot in
            peers[slot].asked[address].map { !$0.isCancelled } ?? false
        }
        if !isAsked { release(address, now: now) }
    }

    // MARK: What is waited for

    /// A block that nobody is asked for is missing, or on its way all the same.
    mutating func release(_ address: BlockAddress, now: MonotonicInstant) {
        let isExpected = expectations.covers(
            address, isUrgent: demand.isUrgent(address), peers: peers.count, now: now)
        items[address.item]?.move(address.block, to: isExpected ? .expected : .missing)
        if !isExpected { promising = peers.present }
    }

    /// What was expected and is late is missing.
    mutating func stopExpecting(now: MonotonicInstant) {
        guard !expectations.isEmpty else { return }
        let demand = demand
        let late = expectations.expire(
            now: now, peers: peers.count, isUrgent: demand.isUrgent)
        for address in late where items[address.item]?[address.block] == .expected {
            items[address.item]?.move(address.block, to: .missing)
        }
    }

    mutating func refused(_ request: BlockRequest, by peer: PeerID, now: MonotonicInstant) {
        guard let slot = peers.slot(of: peer) else { return }
        promising.insert(slot)
        for address in addresses(of: request) ?? [] {
            if peers[slot].takeBack(address) { continue }
            guard let asked = peers[slot].answer(address), !asked.isCancelled else { continue }
            // It is on its way, from there or from whom the host gave it to; a guest that says so
            // again does not have it.
            if peers.hosts.contains(slot) {
                expectations.expectAnew(address, now: now)
            } else if peers[slot].refuses(address) {
                items[address.item]?.holdings.remove(address.block, at: slot)
            } else {
                expectations.expect(address, now: now)
            }
            unask(address, now: now)
        }
    }

    mutating func forgetRefusals() {
        let items = items
        for slot in peers.present {
            peers[slot].forgetRefusals { items[$0.item]?[$0.block] != .verified }
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
        let slot = peers.slot(of: peer)
        var isAnswer = false
        if let slot {
            promising.insert(slot)
            if let asked = peers[slot].answer(address) {
                isAnswer = true
                if demand.isUrgent(address) {
                    urgentAnswers.note(now - asked.since)
                    crowding.answered(after: now - asked.since - peers[slot].roundTrip)
                }
            }
            peers[slot].received.count(byteCount, at: now)
        }
        expectations.arrived(address, now: now)
        let state = items[item]?[block]
        let isNeeded = state != .arrived && state != .verified
        // Whoever sends what is here already answers nothing.
        if let slot, isAnswer || isNeeded { peers[slot].lastProgress = now }
        if !isAnswer || relays, isNeeded { lastPush = now }
        // Only the host says who passes what on.
        if relays, slot.map(peers.hosts.contains) ?? false {
            errands[address] = .toEverybody
            if state == .verified { runErrand(with: address, now: now) }
        }
        switch state {
        case .missing where isPaused, .expected where isPaused, .requested where isPaused:
            directives.append(.discard(address))
            lose(address, from: peer, into: &directives)
        case .missing, .expected, .requested:
            items[item]?.move(block, to: .arrived)
            directives.append(.store(address, from: peer))
        case .arrived, .verified, nil:
            directives.append(.discard(address))
            watchCrowding(address, isNews: false, now: now, into: &directives)
        }
    }

    mutating func stored(
        _ address: BlockAddress, now: MonotonicInstant, into directives: inout [SwarmDirective]
    ) {
        guard let before = items[address.item]?[address.block], before != .verified else { return }
        items[address.item]?.move(address.block, to: .verified)
        expectations.arrived(address, now: now)
        news.add(address, guests: peers.count, now: now)
        cancelOtherCopies(of: address, into: &directives)
        runErrand(with: address, now: now)
        watchCrowding(address, isNews: true, now: now, into: &directives)
        if items[address.item]?.isComplete == true {
            incompleteCount -= 1
            directives.append(.completed(address.item))
        }
    }

    /// The bytes that arrived are no good, or could not be kept.
    mutating func lose(_ address: BlockAddress) {
        errands[address] = nil
        items[address.item]?.move(address.block, to: .missing)
        promising = peers.present
    }

    /// A block could not be kept: whoever sent it is told, and sends no more before it is asked.
    mutating func lose(
        _ address: BlockAddress, from peer: PeerID, into directives: inout [SwarmDirective]
    ) {
        lose(address)
        directives.append(.send(.reject(BlockRequest(address)), to: peer))
    }

    /// Whatever kept the block from being kept is not over at once: the same block would come as fast as
    /// the line brings it, and be dropped again.
    mutating func rest(_ address: BlockAddress, now: MonotonicInstant) {
        expectations.expectAnew(address, now: now)
        items[address.item]?.move(address.block, to: .expected)
    }

    private mutating func cancelOtherCopies(
        of address: BlockAddress, into directives: inout [SwarmDirective]
    ) {
        for slot in peers.inOrder {
            guard let asked = peers[slot].asked[address], !asked.isCancelled else { continue }
            peers[slot].cancel(address)
            directives.append(.send(.cancel(BlockRequest(address)), to: peers[slot].id))
        }
    }
}

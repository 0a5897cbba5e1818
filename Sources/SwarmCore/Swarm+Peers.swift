// Who is there and what they have; telling them what we have.

import PartyModel

extension Swarm {
    mutating func join(
        _ peer: PeerID, isHost: Bool, now: MonotonicInstant, into directives: inout [SwarmDirective]
    ) {
        guard peers.slot(of: peer) == nil else { return }
        guard let slot = peers.join(peer, isHost: isHost, now: now) else {
            directives.append(.drop(peer, Bye(kind: .roomFull)))
            return
        }
        promising.insert(slot)
        striper.join(slot, now: now)
        if !isHost { newcomers[slot] = Newcomer(due: now + Self.firstWordsTime) }
        reachDue = reachDue ?? now + Self.reachInterval
        introduceAppetite(to: peer, isHost: isHost, into: &directives)
        for item in items.keys.sorted() { announce(item, to: peer, into: &directives) }
    }

    mutating func leave(_ peer: PeerID, now: MonotonicInstant) {
        earlyPages[peer] = nil
        guard let (slot, ledger) = peers.leave(peer) else { return }
        for item in items.keys { items[item]?.holdings.leave(slot) }
        promising = peers.present
        reachDue = reachDue ?? now + Self.reachInterval
        askers.remove(slot)
        relays.leave(slot)
        newcomers[slot] = nil
        let items = items
        striper.leave(slot) { items[$0.item]?.holdings.holders(of: $0.block).isEmpty == false }
        for address in awaiting.keys { awaiting[address]?.remove(slot) }
        awaiting = awaiting.filter { !$0.value.isEmpty }
        for (address, asked) in ledger.asked where !asked.isCancelled { unask(address, now: now) }
    }

    // MARK: What they have

    mutating func merge(
        _ page: BitfieldPage, from peer: PeerID, now: MonotonicInstant,
        into directives: inout [SwarmDirective]
    ) {
        guard let geometry = items[page.item]?.geometry, let slot = peers.slot(of: peer) else {
            if (earlyPages[peer]?.count ?? 0) < Self.earlyPagesKept {
                earlyPages[peer, default: []].append(page)
            }
            return
        }
        promising.insert(slot)
        for chunk in page.chunks(in: geometry) {
            items[page.item]?.holdings.set(chunk, to: geometry.fullMask(of: chunk), at: slot)
        }
        // A page may be of a million blocks: what is under way to the peer is far less.
        let waiting =
            peers[slot].unconfirmedBlocks + relays.owed(to: slot) + Array(striper.underWay.keys)
            + Array(awaiting.keys)
        for address in waiting where address.item == page.item {
            guard holders(of: address).contains(slot) else { continue }
            has(address, at: slot, now: now, into: &directives)
        }
    }

    /// Takes a page of whole chunks that came before the item; what is known of the others stays.
    mutating func claim(_ page: BitfieldPage, at slot: Int) {
        guard let geometry = items[page.item]?.geometry else { return }
        for chunk in page.chunks(in: geometry) {
            items[page.item]?.holdings.set(chunk, to: geometry.fullMask(of: chunk), at: slot)
        }
    }

    mutating func merge(
        _ have: Have, from peer: PeerID, now: MonotonicInstant,
        into directives: inout [SwarmDirective]
    ) {
        guard let geometry = items[have.item]?.geometry, let slot = peers.slot(of: peer) else {
            return
        }
        promising.insert(slot)
        // The first thing a peer says is what it had when it met us: nobody was to bring us that.
        let isNews = peers[slot].hasSpoken
        peers[slot].hasSpoken = true
        for entry in have.entries {
            guard let chunk = geometry.chunk(at: entry.chunk) else { continue }
            if isNews {
                expectRelays(of: have.item, chunk, entry.blocks, heardFrom: slot, now: now)
            }
            learn(have.item, chunk, entry.blocks, of: slot, now: now, into: &directives)
        }
    }

    /// A peer has these blocks of a chunk: nobody has to bring them to it any more.
    private mutating func learn(
        _ item: ItemID, _ chunk: ChunkIndex, _ mask: BlockMask, of slot: Int,
        now: MonotonicInstant, into directives: inout [SwarmDirective]
    ) {
        guard let geometry = items[item]?.geometry,
            let before = items[item]?.holdings.mask(of: chunk, at: slot), mask != before
        else { return }
        items[item]?.holdings.set(chunk, to: mask, at: slot)
        for block in geometry.blocks(of: chunk)
        where mask.contains(slot: block.slot) && !before.contains(slot: block.slot) {
            has(BlockAddress(item: item, block: block), at: slot, now: now, into: &directives)
        }
    }

    private mutating func has(
        _ address: BlockAddress, at slot: Int, now: MonotonicInstant,
        into directives: inout [SwarmDirective]
    ) {
        peers[slot].confirm(address, at: now)
        relays.received(address, by: slot)
        guard hosted.contains(address.item) else { return }
        striper.received(address, by: slot, now: now)
        if awaiting[address]?.remove(slot) ?? false, peers[slot].forgive(address) {
            directives.append(.send(.reject(BlockRequest(address)), to: peers[slot].id))
        }
    }

    /// The first guest that has a block got it to pass it on: it will reach us, too.
    private mutating func expectRelays(
        of item: ItemID, _ chunk: ChunkIndex, _ mask: BlockMask, heardFrom slot: Int,
        now: MonotonicInstant
    ) {
        guard !wantsOnlyAsked, !peers.hosts.isEmpty, !peers.hosts.contains(slot),
            let geometry = items[item]?.geometry, items[item]?.isComplete == false
        else { return }
        for block in geometry.blocks(of: chunk) where mask.contains(slot: block.slot) {
            guard items[item]?[block] == .missing,
                items[item]?.holdings.holders(of: block).isDisjoint(with: peers.guests) ?? false
            else { continue }
            let address = BlockAddress(item: item, block: block)
            expectations.expect(address, now: now)
            release(address, now: now)
        }
    }

    // MARK: What we have

    /// Everything we have of an item: whole chunks as bitfield, the others as news.
    func announce(_ item: ItemID, to peer: PeerID, into directives: inout [SwarmDirective]) {
        guard let ledger = items[item], ledger.verifiedCount > 0 else { return }
        for page in ledger.bitfieldPages(of: item) {
            directives.append(.send(.bitfield(page), to: peer))
        }
        guard !ledger.isComplete else { return }
        let partial = (0..<UInt32(ledger.geometry.chunkCount)).filter { number in
            ledger.geometry.chunk(at: number).map {
                let mask = ledger.verifiedMask(of: $0)
                return mask != .none && mask != ledger.geometry.fullMask(of: $0)
            } ?? false
        }
        directives += haves(of: item, partial).map { .send(.have($0), to: peer) }
    }

    /// Sends the news that are due.
    mutating func tell(now: MonotonicInstant, into directives: inout [SwarmDirective]) {
        tellReach(now: now, into: &directives)
        tell(news.takeForHost(now: now), to: peers.hosts, into: &directives)
        tell(news.takeForGuests(now: now), to: peers.guests, into: &directives)
    }

    private func tell(
        _ chunks: [ItemID: Set<UInt32>], to listeners: PeerSet,
        into directives: inout [SwarmDirective]
    ) {
        for item in chunks.keys.sorted() {
            for have in haves(of: item, (chunks[item] ?? []).sorted()) {
                for slot in peers.inOrder where listeners.contains(slot) {
                    directives.append(.send(.have(have), to: peers[slot].id))
                }
            }
        }
    }

    private func haves(of item: ItemID, _ chunks: [UInt32]) -> [Have] {
        guard let ledger = items[item] else { return [] }
        let entries = chunks.compactMap { number in
            ledger.geometry.chunk(at: number).map {
                Have.Entry(chunk: number, blocks: ledger.verifiedMask(of: $0))
            }
        }
        return stride(from: 0, to: entries.count, by: Limits.chunksPerHave).map {
            let end = min($0 + Limits.chunksPerHave, entries.count)
            return Have(item: item, entries: Array(entries[$0..<end]))
        }
    }
}

// Who is there and what they have; telling them what we have.

import PartyModel

extension Swarm {
    mutating func join(_ peer: PeerID, isHost: Bool, into directives: inout [SwarmDirective]) {
        guard peers[peer] == nil else { return }
        guard let slot = slots.join(peer) else {
            directives.append(.drop(peer, Bye(kind: .roomFull)))
            return
        }
        var ledger = PeerLedger(isHost: isHost, slot: slot)
        for (item, blocks) in items {
            ledger.availability[item] = Availability(geometry: blocks.geometry)
        }
        peers[peer] = ledger
        striper.join(slot)
        for item in items.keys.sorted() { announce(item, to: peer, into: &directives) }
    }

    mutating func leave(_ peer: PeerID, into directives: inout [SwarmDirective]) {
        earlyPages[peer] = nil
        guard let ledger = peers.removeValue(forKey: peer) else { return }
        slots.leave(peer)
        relays.leave(ledger.slot)
        let rest = peers
        striper.leave(ledger.slot) { address in rest.values.contains { $0.has(address) } }
        for address in awaiting.keys { _ = awaiting[address]?.remove(ledger.slot) }
        awaiting = awaiting.filter { !$0.value.isEmpty }
        for (address, asked) in ledger.asked where !asked.isCancelled { unask(address) }
    }

    // MARK: What they have

    mutating func merge(
        _ page: BitfieldPage, from peer: PeerID, now: MonotonicInstant,
        into directives: inout [SwarmDirective]
    ) {
        guard let geometry = items[page.item]?.geometry, peers[peer] != nil else {
            if (earlyPages[peer]?.count ?? 0) < Self.earlyPagesKept {
                earlyPages[peer, default: []].append(page)
            }
            return
        }
        for chunk in page.chunks(in: geometry) {
            let mask = geometry.fullMask(of: chunk)
            learn(page.item, chunk, mask, of: peer, now: now, into: &directives)
        }
    }

    mutating func merge(
        _ have: Have, from peer: PeerID, now: MonotonicInstant,
        into directives: inout [SwarmDirective]
    ) {
        guard let geometry = items[have.item]?.geometry else { return }
        for entry in have.entries {
            guard let chunk = geometry.chunk(at: entry.chunk) else { continue }
            expectRelays(of: have.item, chunk, entry.blocks, heardFrom: peer, now: now)
            learn(have.item, chunk, entry.blocks, of: peer, now: now, into: &directives)
        }
    }

    /// A peer has these blocks of a chunk: nobody has to bring them to it any more.
    private mutating func learn(
        _ item: ItemID, _ chunk: ChunkIndex, _ mask: BlockMask, of peer: PeerID,
        now: MonotonicInstant, into directives: inout [SwarmDirective]
    ) {
        guard let ledger = peers[peer], let before = ledger.availability[item]?.mask(of: chunk)
        else { return }
        peers[peer]?.availability[item]?.set(chunk, to: mask)
        guard let geometry = items[item]?.geometry else { return }
        for block in geometry.blocks(of: chunk)
        where mask.contains(slot: block.slot) && !before.contains(slot: block.slot) {
            let address = BlockAddress(item: item, block: block)
            peers[peer]?.confirm(address, at: now)
            relays.received(address, by: ledger.slot)
            guard hosted.contains(item) else { continue }
            striper.received(address, by: ledger.slot, now: now)
            if awaiting[address]?.remove(ledger.slot) ?? false,
                peers[peer]?.forgive(address) ?? false
            {
                directives.append(.send(.reject(BlockRequest(address)), to: peer))
            }
        }
    }

    /// The first guest that has a block got it to pass it on: it will reach us, too.
    private mutating func expectRelays(
        of item: ItemID, _ chunk: ChunkIndex, _ mask: BlockMask, heardFrom peer: PeerID,
        now: MonotonicInstant
    ) {
        guard let ledger = items[item], !ledger.isComplete, peers[peer]?.isHost == false,
            peers.values.contains(where: \.isHost)
        else { return }
        for block in ledger.geometry.blocks(of: chunk)
        where mask.contains(slot: block.slot) && ledger[block] == .missing {
            let address = BlockAddress(item: item, block: block)
            let isFirst = !peers.values.contains { !$0.isHost && $0.has(address) }
            if isFirst { expectations.expect(address, now: now) }
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
        tell(news.takeForHost(now: now), hosts: true, into: &directives)
        tell(news.takeForGuests(now: now), hosts: false, into: &directives)
    }

    private func tell(
        _ chunks: [ItemID: Set<UInt32>], hosts: Bool, into directives: inout [SwarmDirective]
    ) {
        for item in chunks.keys.sorted() {
            for have in haves(of: item, (chunks[item] ?? []).sorted()) {
                for peer in peers.keys.sorted() where peers[peer]?.isHost == hosts {
                    directives.append(.send(.have(have), to: peer))
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

extension PeerLedger {
    /// Takes a page of whole chunks; what is known of the others stays.
    mutating func claim(_ page: BitfieldPage, geometry: ChunkGeometry) {
        for chunk in page.chunks(in: geometry) {
            availability[page.item]?.set(chunk, to: geometry.fullMask(of: chunk))
        }
    }
}

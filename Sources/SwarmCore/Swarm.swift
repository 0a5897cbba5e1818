// Who is asked for which block, and whose requests are answered when.
//
// Every peer pulls what it lacks. Wanted first is what its player is about to read, then the rest of
// the film in order from there, then the next one. A block is asked of the peer that can be expected to
// deliver it soonest, of a guest before the host; a block the player waits for is asked of a second peer
// when the first is late. What others ask is sent urgent first, else in the order asked.
//
// Invariants: each block is in one `BlockState` (`BlockLedger`); each request is answered exactly
// once (`PeerLedger`); a block is `requested` exactly while some peer's ledger has it in `asked`
// and not cancelled.

public import PartyModel

/// The swarm as one peer sees it: events in, directives out.
public struct Swarm {
    private var items: [ItemID: BlockLedger] = [:]
    private var peers: [PeerID: PeerLedger] = [:]
    private var demand = Demand()
    private var isPaused = false
    private var news: [ItemID: Set<UInt32>] = [:]
    private var nextNews: MonotonicInstant?
    private var nextCheck: MonotonicInstant?
    private var alarm: MonotonicInstant?
    /// Pages of peers that came before the item they are about: the connection's order does not
    /// promise that the playlist is first everywhere.
    private var earlyPages: [PeerID: [BitfieldPage]] = [:]

    /// Batches news so that a fast download is not a message per block.
    static let newsInterval = Duration.milliseconds(50)
    /// How often late requests are looked for.
    static let checkInterval = Duration.milliseconds(100)
    /// A peer that was asked and sends nothing for so long is passed over: longer than any stall of
    /// a living link, shorter than a player's patience.
    static let silenceLimit = Duration.seconds(5)
    /// How late an urgent block may be before a second peer is asked, beyond what the rate explains.
    static let lateness = Duration.milliseconds(250)
    /// Bitfield pages kept for an unknown item, per peer.
    static let earlyPagesKept = 64

    /// A swarm without items and peers.
    public init() {}

    // MARK: Questions

    /// Where a block stands; `nil` for an item unknown.
    public func state(of address: BlockAddress) -> BlockState? { items[address.item]?[address.block] }

    /// Bytes of an item that are verified.
    public func verifiedBytes(of item: ItemID) -> Int64 { items[item]?.verifiedBytes ?? 0 }

    /// Whether all of an item is verified.
    public func isComplete(_ item: ItemID) -> Bool { items[item]?.isComplete ?? false }

    /// Bytes that are verified without a gap from `offset` on.
    public func contiguousBytes(of item: ItemID, from offset: Int64) -> Int64 {
        items[item]?.contiguousBytes(from: offset) ?? 0
    }

    /// Whether a peer has all of an item, by its own word.
    public func peer(_ peer: PeerID, hasWhole item: ItemID) -> Bool {
        peers[peer]?.availability[item]?.isComplete ?? false
    }

    /// Bytes of blocks received from each peer that is here.
    public var bytesReceived: [PeerID: Int64] { peers.mapValues(\.received.total) }

    // MARK: Events

    /// Takes an event and returns what is to be done about it.
    public mutating func on(_ event: SwarmEvent, now: MonotonicInstant) -> [SwarmDirective] {
        var directives: [SwarmDirective] = []
        switch event {
        case .itemAdded(let item, let geometry, let holding):
            add(item, geometry, holding, into: &directives)
        case .turned(let item, let followers):
            demand.turn(to: item, followers: followers)
        case .prefetchHinted(let item, let ranges):
            hintPrefetch(of: item, ranges)
        case .playerReads(let item, let bytes):
            playerReads(item, bytes, into: &directives)
        case .playerSought(let item):
            if item == demand.item { demand.seek() }
        case .peerJoined(let peer, let isHost):
            join(peer, isHost: isHost, into: &directives)
        case .peerLeft(let peer):
            leave(peer)
        case .roundTripMeasured(let peer, let roundTrip):
            peers[peer]?.roundTrip = roundTrip
        case .bitfield(let page, let peer):
            merge(page, from: peer)
        case .have(let have, let peer):
            merge(have, from: peer)
        case .request(let request, let peer):
            owe(request, to: peer, into: &directives)
        case .cancel(let request, let peer):
            forgive(request, of: peer, into: &directives)
        case .reject(let request, let peer):
            refused(request, by: peer)
        case .blockArrived(let item, let block, let byteCount, let peer):
            arrived(item, block, byteCount, from: peer, now: now, into: &directives)
        case .blockStored(let address):
            stored(address, now: now, into: &directives)
        case .blockMismatched(let address, let peer):
            items[address.item]?.move(address.block, to: .missing)
            directives.append(
                .drop(peer, Bye(kind: .violation, reason: "a block did not match its hash")))
        case .blockDropped(let address):
            items[address.item]?.move(address.block, to: .missing)
        case .blockSent(let address, let peer):
            peers[peer]?.sent(address)
        case .blockUnreadable(let address, let peer):
            peers[peer]?.sent(address)
            directives.append(.send(.reject(BlockRequest(address)), to: peer))
        case .downloadPaused(let paused):
            isPaused = paused
        case .tick:
            break
        }
        tell(now: now, into: &directives)
        check(now: now)
        schedule(now: now, into: &directives)
        setAlarm(now: now, into: &directives)
        return directives
    }

    // MARK: Items and the player

    private mutating func add(
        _ item: ItemID, _ geometry: ChunkGeometry, _ holding: SwarmHolding,
        into directives: inout [SwarmDirective]
    ) {
        guard items[item] == nil else { return }
        items[item] = BlockLedger(geometry: geometry, isComplete: holding == .everything)
        for peer in peers.keys.sorted() {
            peers[peer]?.availability[item] = Availability(geometry: geometry)
            for page in earlyPages[peer] ?? [] where page.item == item { merge(page, from: peer) }
            earlyPages[peer]?.removeAll { $0.item == item }
            announce(item, to: peer, into: &directives)
        }
    }

    /// Everything we have of an item: whole chunks as bitfield, the others as news.
    private func announce(
        _ item: ItemID, to peer: PeerID, into directives: inout [SwarmDirective]
    ) {
        guard let ledger = items[item], ledger.verifiedCount > 0 else { return }
        for page in ledger.bitfieldPages(of: item) {
            directives.append(.send(.bitfield(page), to: peer))
        }
        let entries = (0..<ledger.geometry.chunkCount).compactMap { number -> Have.Entry? in
            guard let chunk = ledger.geometry.chunk(at: number) else { return nil }
            let mask = ledger.verifiedMask(of: chunk)
            guard mask != .none, mask != ledger.geometry.fullMask(of: chunk) else { return nil }
            return Have.Entry(chunk: chunk.number, blocks: mask)
        }
        directives += Self.news(entries, of: item).map { .send(.have($0), to: peer) }
    }

    private mutating func hintPrefetch(of item: ItemID, _ ranges: [Range<Int64>]) {
        guard item == demand.item, let geometry = items[item]?.geometry else { return }
        let blocks = ranges.compactMap { range -> Range<Int>? in
            guard let first = geometry.block(containing: range.lowerBound),
                let last = geometry.block(containing: min(range.upperBound, geometry.size) - 1),
                first <= last
            else { return nil }
            return Int(first.number)..<(Int(last.number) + 1)
        }
        demand.prefetch(blocks)
    }

    private mutating func playerReads(
        _ item: ItemID, _ bytes: Range<Int64>, into directives: inout [SwarmDirective]
    ) {
        guard item == demand.item, let geometry = items[item]?.geometry,
            demand.read(bytes, geometry: geometry)
        else { return }
        cancelAllButUrgent(into: &directives)
    }

    /// After a jump: what is under way but not needed at the new place only stands in its way.
    private mutating func cancelAllButUrgent(into directives: inout [SwarmDirective]) {
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

    // MARK: Peers

    private mutating func join(
        _ peer: PeerID, isHost: Bool, into directives: inout [SwarmDirective]
    ) {
        guard peers[peer] == nil else { return }
        var ledger = PeerLedger(isHost: isHost)
        for (item, blocks) in items {
            ledger.availability[item] = Availability(geometry: blocks.geometry)
        }
        peers[peer] = ledger
        for item in items.keys.sorted() { announce(item, to: peer, into: &directives) }
    }

    private mutating func leave(_ peer: PeerID) {
        earlyPages[peer] = nil
        guard let ledger = peers.removeValue(forKey: peer) else { return }
        for (address, asked) in ledger.asked where !asked.isCancelled { unask(address) }
    }

    /// A block that one peer owes no more is missing again, unless another one owes it.
    private mutating func unask(_ address: BlockAddress) {
        guard items[address.item]?[address.block] == .requested else { return }
        let isAsked = peers.values.contains { $0.asked[address].map { !$0.isCancelled } ?? false }
        if !isAsked { items[address.item]?.move(address.block, to: .missing) }
    }

    private mutating func merge(_ page: BitfieldPage, from peer: PeerID) {
        guard peers[peer]?.availability[page.item] != nil else {
            if (earlyPages[peer]?.count ?? 0) < Self.earlyPagesKept {
                earlyPages[peer, default: []].append(page)
            }
            return
        }
        peers[peer]?.availability[page.item]?.merge(page)
    }

    private mutating func merge(_ have: Have, from peer: PeerID) {
        guard let geometry = items[have.item]?.geometry else { return }
        for entry in have.entries {
            guard let chunk = geometry.chunk(at: entry.chunk) else { continue }
            peers[peer]?.availability[have.item]?.set(chunk, to: entry.blocks)
        }
    }

    // MARK: What others ask

    private mutating func owe(
        _ request: BlockRequest, to peer: PeerID, into directives: inout [SwarmDirective]
    ) {
        var refused: [BlockAddress] = []
        guard let addresses = addresses(of: request) else {
            directives.append(
                .drop(peer, Bye(kind: .violation, reason: "it asked for blocks that do not exist")))
            return
        }
        for address in addresses {
            guard items[address.item]?[address.block] == .verified else {
                refused.append(address)
                continue
            }
            switch peers[peer]?.owe(address, isUrgent: request.isUrgent) {
            case .accepted, nil: break
            case .tooMany: refused.append(address)
            case .alreadyOwed:
                directives.append(
                    .drop(peer, Bye(kind: .violation, reason: "it asked twice for one block")))
                return
            }
        }
        directives += BlockRequest.batches(refused, isUrgent: false)
            .map { .send(.reject($0), to: peer) }
    }

    private mutating func forgive(
        _ request: BlockRequest, of peer: PeerID, into directives: inout [SwarmDirective]
    ) {
        let forgiven = (addresses(of: request) ?? []).filter { peers[peer]?.forgive($0) ?? false }
        directives += BlockRequest.batches(forgiven, isUrgent: false)
            .map { .send(.reject($0), to: peer) }
    }

    /// The blocks of a request; `nil` when one of them does not exist.
    private func addresses(of request: BlockRequest) -> [BlockAddress]? {
        guard let geometry = items[request.item]?.geometry else { return nil }
        var addresses: [BlockAddress] = []
        for run in request.runs {
            guard let blocks = geometry.run(from: run.first, count: UInt32(run.count)) else {
                return nil
            }
            // A peer may not make us list more than it can be owed.
            guard addresses.count + blocks.count <= Self.blocksListed else { return nil }
            addresses += blocks.map { BlockAddress(item: request.item, block: $0) }
        }
        return addresses
    }

    private static let blocksListed = Limits.runsPerRequest * Limits.blocksRequestedPerPeer

    private mutating func refused(_ request: BlockRequest, by peer: PeerID) {
        for address in addresses(of: request) ?? [] {
            guard let asked = peers[peer]?.asked[address] else { continue }
            _ = peers[peer]?.answer(address)
            if !asked.isCancelled {
                // It does not have it, whatever it said.
                peers[peer]?.availability[address.item]?.remove(address.block)
                unask(address)
            }
        }
    }

    // MARK: What arrives

    private mutating func arrived(
        _ item: ItemID, _ number: UInt32, _ byteCount: Int, from peer: PeerID,
        now: MonotonicInstant, into directives: inout [SwarmDirective]
    ) {
        guard let geometry = items[item]?.geometry, let block = geometry.block(at: number),
            byteCount == geometry.length(of: block),
            peers[peer]?.answer(BlockAddress(item: item, block: block)) == true
        else {
            directives.append(
                .drop(peer, Bye(kind: .violation, reason: "it sent a block nobody asked for")))
            return
        }
        peers[peer]?.received.count(byteCount, at: now)
        peers[peer]?.lastProgress = now
        let address = BlockAddress(item: item, block: block)
        switch items[item]?[block] {
        case .missing, .requested:
            items[item]?.move(block, to: .arrived)
            directives.append(.store(address, from: peer))
        case .arrived, .verified, nil:
            directives.append(.discard(address))
        }
    }

    private mutating func stored(
        _ address: BlockAddress, now: MonotonicInstant, into directives: inout [SwarmDirective]
    ) {
        guard let before = items[address.item], before[address.block] != .verified else { return }
        items[address.item]?.move(address.block, to: .verified)
        news[address.item, default: []].insert(address.block.chunk.number)
        nextNews = nextNews ?? now + Self.newsInterval
        cancelOtherCopies(of: address, into: &directives)
        if items[address.item]?.isComplete == true { directives.append(.completed(address.item)) }
    }

    private mutating func cancelOtherCopies(
        of address: BlockAddress, into directives: inout [SwarmDirective]
    ) {
        for (peer, ledger) in peers {
            guard let asked = ledger.asked[address], !asked.isCancelled else { continue }
            peers[peer]?.cancel(address)
            directives.append(.send(.cancel(BlockRequest(address)), to: peer))
        }
    }

    // MARK: News

    private mutating func tell(now: MonotonicInstant, into directives: inout [SwarmDirective]) {
        guard let due = nextNews, due <= now else { return }
        nextNews = nil
        for item in news.keys.sorted() {
            guard let ledger = items[item] else { continue }
            let entries = (news[item] ?? []).sorted().compactMap { number -> Have.Entry? in
                ledger.geometry.chunk(at: number).map {
                    Have.Entry(chunk: number, blocks: ledger.verifiedMask(of: $0))
                }
            }
            for have in Self.news(entries, of: item) {
                for peer in peers.keys.sorted() { directives.append(.send(.have(have), to: peer)) }
            }
        }
        news = [:]
    }

    private static func news(_ entries: [Have.Entry], of item: ItemID) -> [Have] {
        stride(from: 0, to: entries.count, by: Limits.chunksPerHave).map {
            Have(item: item, entries: Array(entries[$0..<min($0 + Limits.chunksPerHave, entries.count)]))
        }
    }

    // MARK: Asking

    /// Takes back what silent peers owe, so that others are asked.
    private mutating func check(now: MonotonicInstant) {
        guard let due = nextCheck, due <= now else { return }
        nextCheck = nil
        for (peer, ledger) in peers where isSilent(ledger, now: now) {
            for (address, asked) in ledger.asked where !asked.isCancelled {
                peers[peer]?.cancel(address)
                unask(address)
            }
        }
    }

    private func isSilent(_ peer: PeerLedger, now: MonotonicInstant) -> Bool {
        guard !peer.asked.isEmpty, let progress = peer.lastProgress else { return false }
        return now - progress > Self.silenceLimit
    }

    private mutating func schedule(now: MonotonicInstant, into directives: inout [SwarmDirective]) {
        for peer in peers.keys.sorted() {
            while let address = peers[peer]?.nextToSend() {
                directives.append(.upload(address, to: peer))
            }
        }
        guard !isPaused else { return }
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
        guard var ledger = peers[peer], !isSilent(ledger, now: now) else { return }
        let allowed = ledger.blocksInFlightAllowed(at: now)
        peers[peer] = ledger
        let free = allowed - ledger.asked.count
        // Topping up by single blocks would double the number of messages.
        guard free > 0, free >= min(allowed / 4, 8) || ledger.asked.count < 2 else { return }
        var urgent: [BlockAddress] = []
        var later: [BlockAddress] = []
        while urgent.count + later.count < free, let (address, isUrgent) = next(for: ledger, now: now)
        {
            items[address.item]?.move(address.block, to: .requested)
            ledger.ask(address, at: now)
            if isUrgent { urgent.append(address) } else { later.append(address) }
        }
        if urgent.isEmpty, later.isEmpty, let late = lateUrgentBlock(for: ledger, now: now) {
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

    /// The most wanted missing block that this peer has and does not owe us already.
    private mutating func next(
        for peer: PeerLedger, now: MonotonicInstant
    ) -> (BlockAddress, isUrgent: Bool)? {
        guard let item = demand.item else { return nil }
        if let block = first(in: demand.urgent, of: item, from: peer) { return (block, true) }
        for wanted in [item] + demand.followers {
            guard let count = items[wanted]?.geometry.blockCount else { continue }
            let order = wanted == item ? demand.order(blockCount: count) : [0..<count]
            let holders = peer.isHost ? guestsAvailability(of: wanted, now: now) : []
            if let block = first(in: order, of: wanted, from: peer, unlessWith: holders) {
                return (block, false)
            }
        }
        return nil
    }

    /// What the guests that answer have: the host is not asked for it before a player waits.
    private func guestsAvailability(of item: ItemID, now: MonotonicInstant) -> [Availability] {
        peers.values.compactMap { peer in
            peer.isHost || isSilent(peer, now: now) ? nil : peer.availability[item]
        }
    }

    private mutating func first(
        in ranges: [Range<Int>], of item: ItemID, from peer: PeerLedger,
        unlessWith holders: [Availability] = []
    ) -> BlockAddress? {
        guard let availability = peer.availability[item] else { return nil }
        for range in ranges {
            let found = items[item]?.firstMissing(in: range) { block in
                let address = BlockAddress(item: item, block: block)
                return availability.contains(block) && peer.asked[address] == nil
                    && !holders.contains { $0.contains(block) }
            }
            if let found { return BlockAddress(item: item, block: found) }
        }
        return nil
    }

    /// A block the player waits for whose only request is late: this peer may be sooner.
    private func lateUrgentBlock(for peer: PeerLedger, now: MonotonicInstant) -> BlockAddress? {
        guard let item = demand.item, let ledger = items[item], let place = demand.places.first
        else { return nil }
        for number in place.prefix(4) {
            guard let block = ledger.geometry.block(at: number), ledger[block] == .requested
            else { continue }
            let address = BlockAddress(item: item, block: block)
            guard peer.has(address), peer.asked[address] == nil else { continue }
            let copies = peers.values.compactMap { other in
                other.asked[address].map { now - $0.since - other.roundTrip }
            }
            if copies.count == 1, copies.allSatisfy({ $0 > Self.lateness }) { return address }
        }
        return nil
    }

    /// Asks to be woken for the next news or the next look at late requests.
    private mutating func setAlarm(now: MonotonicInstant, into directives: inout [SwarmDirective]) {
        let isWaiting = peers.values.contains { !$0.asked.isEmpty }
        nextCheck = isWaiting ? nextCheck ?? now + Self.checkInterval : nil
        let next = [nextNews, nextCheck].compactMap { $0 }.min()
        guard let next, next != alarm else { return }
        alarm = next
        directives.append(.wake(at: next))
    }

    private static func inOrder(_ left: BlockAddress, _ right: BlockAddress) -> Bool {
        (left.item, left.block) < (right.item, right.block)
    }
}

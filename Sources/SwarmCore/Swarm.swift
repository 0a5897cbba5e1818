// Who sends which block to whom, and when.
//
// The host pushes: it gives consecutive blocks to different guests, which pass them on to all others
// (`Striper`, `RelayQueue`), so that each block leaves the host about once. Guests pull what the push
// does not bring: what a player waits for, what was there before they came, what got lost. What is on
// its way by push is not pulled (`Expectations`), and a guest is asked rather than the host.
//
// Invariants: each block is in one `BlockState` (`BlockLedger`); each request is answered exactly
// once (`PeerLedger`, `awaiting`); a block is `requested` exactly while some peer's ledger has it in
// `asked` and not cancelled.

import DequeModule
public import PartyModel

/// The swarm as one peer sees it: events in, directives out.
public struct Swarm {
    var items: [ItemID: BlockLedger] = [:]
    var peers = PeerTable()
    var demand = Demand()
    var isPaused = false

    // What this peer gives.
    /// The items this peer hosts, and so gives out.
    var hosted: Set<ItemID> = []
    var striper = Striper()
    var relays = RelayQueue()
    /// What the host wants passed on, and is not here and checked yet.
    var errands: [BlockAddress: Errand] = [:]
    /// The errands that were run last: somebody they are for may not have been connected.
    var errandsRun: Deque<RunErrand> = []
    /// Guests that have just connected, by slot.
    var newcomers: [Int: Newcomer] = [:]
    /// When the host is to be told whom we reach, if that is news.
    var reachDue: MonotonicInstant?
    /// Requests for blocks that the striper will give to somebody: who asked.
    var awaiting: [BlockAddress: PeerSet] = [:]
    var sent = RateEstimator()
    var bestSentRate = 0.0
    var bucket = TokenBucket(lateness: TokenBucket.alarmLateness)
    /// When the pace lets the next block out, if one waits for that.
    var paceOpens: MonotonicInstant?
    var isRequestsTurn = false
    var isElsewheresTurn = false

    /// Peers that want only what they ask for.
    var askers = PeerSet.empty

    // What this peer takes.
    /// The rate at which it asks, where the user limits that, and when it may go on.
    var intake = TokenBucket()
    var intakeOpens: MonotonicInstant?
    var crowding = Crowding()
    var expectations = Expectations()
    /// How long a block took that was asked for because a player waits.
    var urgentAnswers = DelayEstimator()
    var lastPush: MonotonicInstant?
    /// Peers that may have something to be asked for; the others had nothing when they were asked
    /// last, and nothing changed since.
    var promising = PeerSet.empty
    /// Items that are not whole.
    var incompleteCount = 0

    var news = News()
    var nextCheck: MonotonicInstant?
    private var alarm: MonotonicInstant?
    /// Pages of peers that came before the item they are about: the connection's order does not
    /// promise that the playlist is first everywhere.
    var earlyPages: [PeerID: [BitfieldPage]] = [:]

    /// How often late requests and relays are looked for.
    static let checkInterval = Duration.milliseconds(100)
    /// Bitfield pages kept for an unknown item, per peer.
    static let earlyPagesKept = 64

    /// A swarm without items and peers.
    ///
    /// `intakeLimit`: bytes per second of blocks that may come from peers that are not on this LAN;
    /// `nil` for as many as do.
    public init(intakeLimit: Double? = nil) {
        intake.set(rate: intakeLimit, at: MonotonicInstant(nanoseconds: 0))
    }

    // MARK: Questions

    /// Where a block stands; `nil` for an item unknown.
    public func state(of address: BlockAddress) -> BlockState? {
        items[address.item]?[address.block]
    }

    /// Bytes of an item that are verified.
    public func verifiedBytes(of item: ItemID) -> Int64 { items[item]?.verifiedBytes ?? 0 }

    /// How much of each of up to 240 equal parts of an item is verified, from 0 to 1.
    public func verifiedShares(of item: ItemID) -> [Double] { items[item]?.verifiedShares ?? [] }

    /// Whether all of an item is verified.
    public func isComplete(_ item: ItemID) -> Bool { items[item]?.isComplete ?? false }

    /// Bytes that are verified without a gap from `offset` on.
    public func contiguousBytes(of item: ItemID, from offset: Int64) -> Int64 {
        items[item]?.contiguousBytes(from: offset) ?? 0
    }

    /// What this host and its guests send when they have enough to send, in bytes per second; `nil`
    /// as long as nothing is known of them all.
    public var uplinks: (own: Double, guests: [Double])? {
        guard bestSentRate > 0, let guests = striper.relayRates(without: askers) else { return nil }
        return (bestSentRate, guests)
    }

    // MARK: Events

    /// Takes an event and returns what is to be done about it.
    public mutating func on(_ event: SwarmEvent, now: MonotonicInstant) -> [SwarmDirective] {
        var directives: [SwarmDirective] = []
        take(event, now: now, into: &directives)
        tell(now: now, into: &directives)
        check(now: now, into: &directives)
        openIntake(now: now)
        runLateErrands(now: now)
        serve(now: now, into: &directives)
        fetch(now: now, into: &directives)
        setAlarm(now: now, into: &directives)
        return directives
    }

    private mutating func take(
        _ event: SwarmEvent, now: MonotonicInstant, into directives: inout [SwarmDirective]
    ) {
        switch event {
        case .itemAdded(let item, let geometry, let holding):
            add(item, geometry, holding, into: &directives)
        case .turned(let item, let followers, let isWatched, let firstReads):
            turn(
                to: item, followers, firstReads: isWatched ? firstReads : nil, now: now,
                into: &directives)
        case .playerReads(let item, let bytes):
            playerReads(item, bytes, now: now, into: &directives)
        case .playerOpened(let item):
            guard item == demand.item else { break }
            changeDemand(into: &directives) { $0.opened() }
        case .playerSought(let item):
            guard item == demand.item else { break }
            demand.seek()
            crowding.forget()
        case .peerJoined(let peer, let isHost):
            join(peer, isHost: isHost, now: now, into: &directives)
        case .peerLeft(let peer):
            leave(peer, now: now)
        case .paced(let rate):
            bucket.set(rate: rate, at: now)
        case .located(let peer, let isLocal):
            locate(peer, isLocal: isLocal, into: &directives)
        case .roundTripMeasured(let peer, let roundTrip):
            if let slot = peers.slot(of: peer) { peers[slot].roundTrip = roundTrip }
        case .bitfield(let page, let peer):
            merge(page, from: peer, now: now, into: &directives)
        case .have(let have, let peer):
            merge(have, from: peer, now: now, into: &directives)
        case .request(let request, let peer):
            owe(request, to: peer, now: now, into: &directives)
        case .anticipated(let peer, let item, let ranges):
            anticipate(item, ranges, by: peer, now: now)
        case .cancel(let request, let peer):
            forgive(request, of: peer, into: &directives)
        case .reject(let request, let peer):
            refused(request, by: peer, now: now)
        case .ordered(let order, let peer):
            take(order, from: peer, now: now)
        case .appetite(let appetite, let peer):
            note(appetite, of: peer, now: now)
        case .reaches(let reach, let peer):
            note(reach, of: peer, now: now)
        case .blockArrived(let item, let block, let byteCount, let relay, let peer):
            arrived(item, block, byteCount, relay, from: peer, now: now, into: &directives)
        case .blockStored(let address):
            stored(address, now: now, into: &directives)
        case .blockMismatched(let address, let peer):
            lose(address)
            directives.append(
                .drop(peer, Bye(kind: .violation, reason: "a block did not match its hash")))
        case .blockDropped(let address, let peer):
            lose(address, from: peer, into: &directives)
            rest(address, now: now)
        case .blockSent(let address, let peer):
            left(address, to: peer, now: now)
        case .blockUnreadable(let address, let peer):
            unreadable(address, for: peer, into: &directives)
        case .downloadPaused(let paused):
            isPaused = paused
            promising = peers.present
        case .tick:
            break
        }
    }

    // MARK: Items and the player

    /// Changes what is wanted; others hear of it when a player begins to open the film, or has.
    private mutating func changeDemand<Outcome>(
        into directives: inout [SwarmDirective], by change: (inout Demand) -> Outcome
    ) -> Outcome {
        let wasOpening = demand.isOpening
        let outcome = change(&demand)
        promising = peers.present
        if demand.isOpening != wasOpening { tellAppetite(into: &directives) }
        return outcome
    }

    private mutating func turn(
        to item: ItemID, _ followers: [ItemID], firstReads: [Range<Int64>]?, now: MonotonicInstant,
        into directives: inout [SwarmDirective]
    ) {
        let isElsewhere = demand.item.map { $0 != item } ?? false
        if isElsewhere { crowding.forget() }
        let geometry = items[item]?.geometry
        let first = firstReads?.compactMap { geometry?.blocks(covering: $0) }
        changeDemand(into: &directives) { demand in
            demand.turn(to: item, followers: followers, firstReads: first)
        }
        if isElsewhere { cancelAll(but: item, now: now, into: &directives) }
        striper.turn(to: item, followers: followers)
    }

    private mutating func add(
        _ item: ItemID, _ geometry: ChunkGeometry, _ holding: SwarmHolding,
        into directives: inout [SwarmDirective]
    ) {
        guard items[item] == nil else { return }
        items[item] = BlockLedger(geometry: geometry, isComplete: holding == .everything)
        if holding == .everything {
            hosted.insert(item)
            striper.add(item, geometry)
        } else {
            incompleteCount += 1
        }
        promising = peers.present
        for slot in peers.inOrder {
            let peer = peers[slot].id
            for page in earlyPages[peer] ?? [] where page.item == item { claim(page, at: slot) }
            earlyPages[peer]?.removeAll { $0.item == item }
            announce(item, to: peer, into: &directives)
        }
    }

    private mutating func playerReads(
        _ item: ItemID, _ bytes: Range<Int64>, now: MonotonicInstant,
        into directives: inout [SwarmDirective]
    ) {
        guard item == demand.item, let geometry = items[item]?.geometry else { return }
        let isElsewhere = changeDemand(into: &directives) { demand in
            demand.read(bytes, geometry: geometry)
        }
        guard isElsewhere else { return }
        if hosted.contains(item), let block = geometry.block(containing: bytes.lowerBound) {
            striper.lead(to: BlockAddress(item: item, block: block))
        }
        cancelAllButUrgent(now: now, into: &directives)
    }

    // MARK: Time

    /// Looks for what is late: silent peers, relays that were not passed on, blocks that never
    /// reached a disk.
    private mutating func check(now: MonotonicInstant, into directives: inout [SwarmDirective]) {
        guard let due = nextCheck, due <= now else { return }
        nextCheck = nil
        promising = peers.present
        stopExpecting(now: now)
        forgetRefusals()
        for slot in peers.present {
            peers[slot].expireUnconfirmed(at: now)
            peers[slot].lookForOverdue(at: now)
            if peers[slot].isSilent(at: now) { passOver(slot, now: now, into: &directives) }
        }
        askAgain(now: now, into: &directives)
        for (address, lackers) in striper.expire(now: now) {
            relays.add(address, to: lackers.subtracting(askers))
        }
    }

    /// Asks to be woken for the next news or the next look at what is late.
    private mutating func setAlarm(now: MonotonicInstant, into directives: inout [SwarmDirective]) {
        let isWaiting =
            !relays.isEmpty || !striper.underWay.isEmpty || !expectations.isEmpty
            || (!peers.isEmpty && incompleteCount > 0)
            || peers.present.contains { peers[$0].isBusy }
        nextCheck = isWaiting ? nextCheck ?? now + Self.checkInterval : nil
        let next = [
            news.next, nextCheck, paceOpens, intakeOpens, reachDue,
            newcomers.values.map(\.due).min(),
        ].compactMap { $0 }.min()
        guard let next, next != alarm else { return }
        alarm = next
        directives.append(.wake(at: next))
    }

    static func inOrder(_ left: BlockAddress, _ right: BlockAddress) -> Bool {
        (left.item, left.block) < (right.item, right.block)
    }
}

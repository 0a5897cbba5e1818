// Which guest gets the next block from the host, so that every block leaves the host about once.
//
// In a party everybody needs the same next block and only the host has it; if each guest asks for it,
// the host sends N copies. So the host gives consecutive blocks to different guests, each of which
// passes its blocks on to all others: Mutualcast (Li, Chou, Zhang: "Mutualcast: an efficient mechanism
// for one-to-many content distribution", 2005). The owner of a block is the guest that will have passed
// it on soonest, by what it still has to pass on and how fast it does. When the guests together are the
// bottleneck, the host spreads a block itself.
//
// Departures from the paper: there is no queue per link but a count of what each guest still has to
// pass on, kept exact by the guests' news of what they have; blocks a player waits for go first, and
// helpers share in passing them on (`RelayPlan`).
//
// Invariant: a block in `underWay` has at least one guest that lacks it and will get it from the owner
// or a helper; `backlog` of a guest is the sum of those it is to bring blocks to.

import DequeModule
import PartyModel

/// The host's plan.
struct Striper {
    /// A block on its way to everybody.
    struct Passage {
        var plan: RelayPlan
        let isUrgent: Bool
        let since: MonotonicInstant
    }

    /// What the host is to send next.
    enum Push: Equatable {
        /// To the plan's owner, which passes it on to the others.
        case relay(BlockAddress, RelayPlan)
        /// Nobody passes it on soon enough: to each of these, by the host itself.
        case spread(BlockAddress, PeerSet)
    }

    private var items: [ItemID: StripedItem] = [:]
    private var order: [ItemID] = []
    /// By slot.
    private var lines: [RelayLine?] = Array(repeating: nil, count: Limits.members)
    private(set) var underWay: [BlockAddress: Passage] = [:]
    /// What went out last to be passed on by its owner to everybody.
    private var lastRelays: Deque<(address: BlockAddress, owner: Int, at: MonotonicInstant)> = []
    /// Blocks that players wait for and nobody was given.
    private var wanted = WishList()
    /// Blocks that were asked for without haste and nobody was given.
    private var asked = WishList()

    /// A backlog is always as old as the news of it: a block's way to its owner and on, and the
    /// word of its arrival back.
    static let newsDelay = Duration.milliseconds(500)
    /// What passing on may take beyond twice the time its backlog explains.
    static let relayGrace = Duration.seconds(2)
    /// How long a guest that passes other blocks on may take: what is not urgent gives way.
    static let workingGrace = Duration.seconds(10)
    /// 1 MiB: so much more than twice the usual may be on its way to a guest.
    private static let comingBeyond = 16
    /// For so long a guest that lags is sent nothing unasked.
    private static let laggingTime = Duration.seconds(30)
    /// 4 MiB: so much does not go out within a round trip but to a LAN.
    private static let relaysRemembered = 64
    /// How many owners are looked at for one that reaches everybody, if only by helpers.
    private static let ownersTried = 8

    mutating func add(_ item: ItemID, _ geometry: ChunkGeometry) {
        guard items[item] == nil else { return }
        items[item] = StripedItem(geometry)
    }

    /// The item that is watched now is given out first, then those that follow; guests have no
    /// place for others.
    mutating func turn(to item: ItemID, followers: [ItemID]) { order = [item] + followers }

    // MARK: Guests

    mutating func join(_ slot: Int, now: MonotonicInstant) {
        lines[slot] = RelayLine(joined: now)
    }

    /// A guest said which others it is connected to.
    ///
    /// Returns the blocks that players wait for and that will not get to some by the way planned.
    mutating func reaches(
        _ peers: PeerSet, from slot: Int, now: MonotonicInstant
    ) -> [(BlockAddress, PeerSet)] {
        lines[slot]?.reach = peers
        var cutOff: [BlockAddress: PeerSet] = [:]
        // What it was to pass on to others, or others to it, is not coming after all.
        for (address, passage) in underWay {
            for share in passage.plan.shares {
                let reach = reach(of: share.server, now: now)
                for receiver in share.receivers where !reach.contains(receiver) {
                    received(address, by: receiver, now: nil)
                    if passage.isUrgent { cutOff[address, default: .empty].insert(receiver) }
                }
            }
        }
        return cutOff.sorted { Swarm.inOrder($0.key, $1.key) }
            .map { ($0.key, $0.value) }
    }

    /// The guests that a guest reaches: those it says, and new ones that do not deny it.
    private func reach(of slot: Int, now: MonotonicInstant) -> PeerSet {
        guard var reach = lines[slot]?.reach else { return PeerSet(bits: .max) }
        for other in lines.indices where !reach.contains(other) {
            guard let line = lines[other], now - line.joined < RelayLine.arrival else { continue }
            if line.reach?.contains(slot) ?? true { reach.insert(other) }
        }
        return reach
    }

    /// A guest is gone; what only it had or was to pass on is free again.
    mutating func leave(_ slot: Int, stillHeld: (BlockAddress) -> Bool) {
        for (address, passage) in underWay {
            received(address, by: slot, now: nil)
            if passage.plan.owner == slot, !stillHeld(address) {
                abandon(address)
                free(address)
            } else {
                abandon(address, shareOf: slot)
            }
        }
        lines[slot] = nil
    }

    /// A guest wants nothing that it does not ask for; what it has it still passes on.
    mutating func bringNothing(to slot: Int) {
        for address in underWay.keys { received(address, by: slot, now: nil) }
    }

    /// Nobody is to pass the block on any more.
    private mutating func abandon(_ address: BlockAddress) {
        guard let passage = underWay.removeValue(forKey: address) else { return }
        for share in passage.plan.shares {
            lines[share.server]?.settle(share.receivers.count, isUrgent: passage.isUrgent)
            for slot in share.receivers { lines[slot]?.coming -= 1 }
        }
    }

    /// What a guest was to pass on of a block, it is not any more.
    private mutating func abandon(_ address: BlockAddress, shareOf slot: Int) {
        guard let passage = underWay[address], let left = underWay[address]?.plan.drop(slot) else {
            return
        }
        lines[slot]?.settle(left.count, isUrgent: passage.isUrgent)
        for receiver in left { lines[receiver]?.coming -= 1 }
        if underWay[address]?.plan.receivers.isEmpty ?? true { underWay[address] = nil }
    }

    /// Counts a guest that has come since among those to whom a block's owner brings it, where the block is
    /// still on its way to the owner; says whether it is.
    ///
    /// Guests that come together are connected to each other by the time the block is there.
    ///
    /// - Parameter roundTrip: the round trip to an owner.
    mutating func joinRelay(
        of address: BlockAddress, _ slot: Int, now: MonotonicInstant, roundTrip: (Int) -> Duration
    ) -> Bool {
        guard let relay = lastRelays.last(where: { $0.address == address }),
            lines[relay.owner] != nil, now - relay.at < roundTrip(relay.owner),
            reach(of: relay.owner, now: now).contains(slot)
        else { return false }
        var passage =
            underWay[address]
            ?? Passage(plan: RelayPlan(owner: relay.owner), isUrgent: true, since: relay.at)
        guard passage.plan.owner == relay.owner, passage.plan.join(slot) else { return false }
        underWay[address] = passage
        lines[relay.owner]?.promise(1, isUrgent: passage.isUrgent)
        lines[slot]?.coming += 1
        return true
    }

    private mutating func free(_ address: BlockAddress) {
        items[address.item]?.free(Int(address.block.number))
    }

    /// What each guest passes on, in bytes per second; `nil` while one of them was not measured.
    ///
    /// - Parameter askers: guests that take part in no plan, and so pass nothing on. Where that leaves
    ///   one, it has nobody to pass anything on to.
    func relayRates(without askers: PeerSet) -> [Double]? {
        let present = lines.indices.filter { lines[$0] != nil }
        let relays = present.filter { !askers.contains($0) }
        let rates = present.map { askers.contains($0) ? 0 : lines[$0]?.bestRate ?? 0 }
        let isUnknown = relays.count > 1 && relays.contains { lines[$0]?.bestRate == 0 }
        return isUnknown ? nil : rates
    }

    // MARK: Blocks

    /// Whether the block was given to nobody.
    func isFree(_ address: BlockAddress) -> Bool {
        items[address.item]?.isFree(Int(address.block.number)) ?? false
    }

    /// Whether the block is on its way to the guest.
    func isComing(_ address: BlockAddress, to slot: Int) -> Bool {
        guard let plan = underWay[address]?.plan else { return false }
        return plan.owner == slot || plan.receivers.contains(slot)
    }

    /// A player waits for a block that nobody was given: it goes out next, and, if it `leads`, what
    /// follows it after.
    mutating func want(_ address: BlockAddress, leads: Bool) {
        guard isFree(address), wanted.add(address) else { return }
        if leads { items[address.item]?.follow(to: Int(address.block.number)) }
    }

    /// A block that nobody was given is asked for, without haste: before what nobody asked for.
    mutating func ask(_ address: BlockAddress) {
        guard isFree(address) else { return }
        _ = asked.add(address)
    }

    /// Nobody waits for these any more.
    mutating func withdraw(_ addresses: Set<BlockAddress>) {
        wanted.remove(addresses)
        asked.remove(addresses)
    }

    /// The room watches from this block on: it and what follows go out next.
    mutating func lead(to address: BlockAddress) {
        items[address.item]?.lead(to: Int(address.block.number))
    }

    /// A guest has a block, by its own word.
    mutating func received(_ address: BlockAddress, by slot: Int, now: MonotonicInstant?) {
        guard let isUrgent = underWay[address]?.isUrgent,
            let server = underWay[address]?.plan.received(by: slot)
        else { return }
        if underWay[address]?.plan.receivers.isEmpty ?? false { underWay[address] = nil }
        lines[server]?.settle(1, isUrgent: isUrgent)
        lines[slot]?.coming -= 1
        if let now { lines[server]?.passedOn(at: now) }
    }

    private mutating func give(_ address: BlockAddress) {
        items[address.item]?.give(Int(address.block.number))
    }

    // MARK: Giving

    /// The next block to send and to whom; `nil` when all are given or nobody can take one.
    ///
    /// - Parameters:
    ///   - hostRate: what the host sends, in bytes per second.
    ///   - open: the guests that can be sent a block now.
    ///   - onlyWanted: whether nothing goes out but what a player waits for.
    ///   - passed: the guests whose players have passed a block without it.
    ///   - lackers: the guests that lack a block.
    mutating func next(
        now: MonotonicInstant, hostRate: Double, open: PeerSet, onlyWanted: Bool = false,
        passed: (BlockAddress) -> PeerSet, lackers: (BlockAddress) -> PeerSet
    ) -> Push? {
        guard !open.isEmpty else { return nil }
        let laggards = laggards(now: now)
        while let (address, reason) = nextFree() {
            let lacking = lackers(address)
            guard !lacking.isEmpty else {
                give(address)
                continue
            }
            guard reason == .wanted || !onlyWanted else { return nil }
            // A player that begins at a key frame which lies behind the others' places does not wait
            // until one of them has the block, and who has passed it asks for it in its turn.
            let keepingUp = lacking.subtracting(laggards)
            var receivers = keepingUp.isEmpty ? lacking : keepingUp
            if reason == .wanted {
                let waiting = keepingUp.subtracting(passed(address))
                if !waiting.isDisjoint(with: open) { receivers = waiting }
            }
            let isUrgent = reason != .inOrder
            let way = way(
                to: receivers, isUrgent: isUrgent, hostRate: hostRate, now: now, open: open)
            guard let way else { return nil }
            give(address)
            guard case .guests(var plan) = way else { return .spread(address, receivers) }
            plan.leavesOut = receivers != lacking
            if plan.isPlain {
                lastRelays.append((address, plan.owner, now))
                if lastRelays.count > Self.relaysRemembered { lastRelays.removeFirst() }
            }
            if !plan.receivers.isEmpty {
                underWay[address] = Passage(plan: plan, isUrgent: isUrgent, since: now)
                for share in plan.shares {
                    lines[share.server]?.promise(share.receivers.count, isUrgent: isUrgent)
                    for slot in share.receivers { lines[slot]?.coming += 1 }
                }
            }
            return .relay(address, plan)
        }
        return nil
    }

    /// Why a block is the next.
    private enum Reason {
        /// A player waits for it.
        case wanted
        /// It is among those that the room reads next.
        case head
        /// It was asked for without haste, or all before it are given.
        case inOrder
    }

    private mutating func nextFree() -> (BlockAddress, Reason)? {
        while let first = wanted.first {
            if isFree(first) { return (first, .wanted) }
            wanted.removeFirst()
        }
        while let first = asked.first {
            if isFree(first) { return (first, .inOrder) }
            asked.removeFirst()
        }
        for id in order {
            if let number = items[id]?.nextFree(), let block = items[id]?.geometry.block(at: number)
            {
                let isUrgent = items[id]?.isUrgent(number) ?? false
                return (BlockAddress(item: id, block: block), isUrgent ? .head : .inOrder)
            }
        }
        return nil
    }

    private enum Way {
        case guests(RelayPlan)
        case host
    }

    /// How the block gets to all that lack it soonest; `nil` when there is nobody to give it to now.
    private func way(
        to lacking: PeerSet, isUrgent: Bool, hostRate: Double, now: MonotonicInstant, open: PeerSet
    ) -> Way? {
        let reach = Double(lacking.count)
        let sends = RelayPlan.sendsOfOwner(receivers: lacking.count - 1, isUrgent: isUrgent)
        let assumed = assumedRate(hostRate: hostRate)
        var owners: [(slot: Int, time: Double)] = []
        for slot in lacking.intersection(open) {
            guard let line = lines[slot], reach == 1 || line.isTrusted(at: now) else { continue }
            let backlog = isUrgent ? line.urgentBacklog : line.backlog
            let time = (Double(backlog) + sends) * line.secondsPerBlock(assuming: assumed)
            owners.append((slot, time))
        }
        owners.sort { ($0.time, $0.slot) < ($1.time, $1.slot) }
        guard let best = owners.first else { return lacking.isDisjoint(with: open) ? nil : .host }
        // Mutualcast's second case: beyond this the guests' links are full and the host's is not.
        let hostTime = 2 * reach * Double(ChunkGeometry.blockSize) / max(hostRate, 1)
        let perBlock = lines[best.slot]?.secondsPerBlock(assuming: assumed) ?? 0
        let limit = max(hostTime, 2 * (reach - 1) * perBlock) + Self.newsDelay.inSeconds
        guard best.time <= limit else { return .host }
        var helpers = lacking
        for slot in lacking where lines[slot]?.isTrusted(at: now) == false { helpers.remove(slot) }
        return .guests(
            plan(
                for: lacking, by: owners.map(\.slot), helpers: helpers, isUrgent: isUrgent,
                assumed: assumed, now: now))
    }

    /// The guests whose own lines cannot take what is sent to them: much more is on its way to them
    /// than to the others.
    ///
    /// Nobody waits for those; they ask for what they lack.
    private mutating func laggards(now: MonotonicInstant) -> PeerSet {
        var laggards = PeerSet.empty
        let coming = lines.compactMap { $0?.coming }
        let isAnyLate = coming.max() ?? 0 > Self.comingBeyond
        let limit =
            isAnyLate ? 2 * coming.sorted()[(coming.count - 1) / 2] + Self.comingBeyond : .max
        for slot in lines.indices {
            guard let line = lines[slot] else { continue }
            if let since = line.lagging, now - since < Self.laggingTime {
                laggards.insert(slot)
            } else if line.coming > limit {
                lines[slot]?.lagging = now
                laggards.insert(slot)
                bringNothing(to: slot)
            }
        }
        return laggards
    }

    /// What a guest is taken to pass on before it was measured: as much as those that were, or as
    /// the host.
    private func assumedRate(hostRate: Double) -> Double {
        let known = lines.compactMap { $0?.bestRate }.filter { $0 > 0 }
        guard known.isEmpty else { return known.reduce(0, +) / Double(known.count) }
        return max(hostRate, RelayLine.assumedRate)
    }

    /// The plan of the first of these owners whose plan reaches everybody; where none does, of the
    /// one whose plan reaches most.
    ///
    /// There is at least one owner.
    private func plan(
        for lacking: PeerSet, by owners: [Int], helpers: PeerSet, isUrgent: Bool, assumed: Double,
        now: MonotonicInstant
    ) -> RelayPlan {
        let server = { (slot: Int) in
            let line = lines[slot] ?? RelayLine(joined: now)
            let perBlock = line.secondsPerBlock(assuming: assumed)
            let backlog = isUrgent ? line.urgentBacklog : line.backlog
            return RelayPlan.Server(
                load: Double(backlog) * perBlock, perReceiver: perBlock,
                reach: reach(of: slot, now: now))
        }
        let plan = { (owner: Int) in
            RelayPlan(
                owner: owner, receivers: lacking.subtracting(PeerSet(owner)), isUrgent: isUrgent,
                candidates: helpers.subtracting(PeerSet(owner)), server: server)
        }
        var best = plan(owners[0])
        for owner in owners.dropFirst().prefix(Self.ownersTried) {
            guard best.receivers.count < lacking.count - 1 else { break }
            let other = plan(owner)
            if other.receivers.count > best.receivers.count { best = other }
        }
        return best
    }

    // MARK: What is late

    /// Blocks that were not passed on in time, with those that still lack them; they are the host's
    /// to bring now.
    mutating func expire(now: MonotonicInstant) -> [(BlockAddress, PeerSet)] {
        var late: [(BlockAddress, PeerSet)] = []
        for (address, passage) in underWay where isLate(passage, at: now) {
            late.append((address, passage.plan.receivers))
        }
        late.sort { Swarm.inOrder($0.0, $1.0) }
        for (address, lackers) in late {
            for share in underWay[address]?.plan.shares ?? []
            where !share.receivers.isEmpty && !lackers.contains(share.server) {
                lines[share.server]?.failed(at: now)
            }
            abandon(address)
        }
        return late
    }

    /// If a block that was given out long ago did not reach a guest, it is not waited for there.
    mutating func giveUp(_ address: BlockAddress, for slot: Int, now: MonotonicInstant) {
        guard let since = underWay[address]?.since, now - since > Self.relayGrace else { return }
        received(address, by: slot, now: nil)
    }

    private func isLate(_ passage: Passage, at now: MonotonicInstant) -> Bool {
        let age = now - passage.since
        guard age > Self.relayGrace else { return false }
        let servers = passage.plan.shares.filter { !$0.receivers.isEmpty }
            .compactMap { lines[$0.server] }
        let explained =
            servers.map { line in
                2 * Double(line.backlog) * line.secondsPerBlock(assuming: RelayLine.assumedRate)
            }.max() ?? 0
        guard age > Self.relayGrace + .milliseconds(Int64(min(explained, 60) * 1_000)) else {
            return false
        }
        return age > Self.workingGrace || servers.contains { !$0.isWorking(at: now) }
    }
}

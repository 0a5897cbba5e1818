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
// pass on, kept exact by the guests' news of what they have; blocks a player waits for go first.
//
// Invariant: a block in `underWay` has an owner and at least one guest that lacks it and will get it
// from the owner; `backlog` of an owner is the sum of those guests over its blocks.

import PartyModel

/// The host's plan.
struct Striper {
    /// A block on its way to everybody.
    struct Passage {
        let owner: Int
        var lackers: PeerSet
        let since: MonotonicInstant
    }

    /// What the host is to send next.
    enum Push: Equatable {
        /// To this guest, which passes it on to the others.
        case relay(BlockAddress, slot: Int)
        /// Nobody passes it on soon enough: to each of these, by the host itself.
        case spread(BlockAddress, PeerSet)
    }

    /// What one item is like for the host.
    private struct Item {
        let geometry: ChunkGeometry
        /// Whether the block was given out, or no guest lacks it.
        ///
        /// What guests say they have beyond that is their word only.
        var isGiven: [Bool]
        var givenCount = 0
        /// No block from here to `base` round again is free.
        var cursor = 0

        init(_ geometry: ChunkGeometry) {
            self.geometry = geometry
            isGiven = Array(repeating: false, count: geometry.blockCount)
        }

        /// The number of the next free block from the cursor on and round again, which moves there.
        mutating func nextFree() -> Int? {
            guard givenCount < isGiven.count else { return nil }
            while isGiven[cursor] { cursor = cursor + 1 < isGiven.count ? cursor + 1 : 0 }
            return cursor
        }
    }

    /// A guest that passes blocks on.
    private struct Relay {
        /// Blocks it still has to send, counted per receiver.
        var backlog = 0
        var rate = RateEstimator()
        /// The best rate seen: what it could do when it had enough to do.
        var bestRate = 0.0
        /// Blocks it did not pass on in time, since the last one it did.
        var failures = 0
        var lastFailure: MonotonicInstant?

        mutating func passedOn(at now: MonotonicInstant) {
            failures = 0
            rate.count(ChunkGeometry.blockSize, at: now)
            bestRate = max(bestRate * Striper.forgetting, rate.rate(at: now))
        }

        func isTrusted(at now: MonotonicInstant) -> Bool {
            guard failures >= Striper.failuresAllowed, let lastFailure else { return true }
            return backlog == 0 && now - lastFailure > Striper.trialInterval
        }
    }

    private var items: [ItemID: Item] = [:]
    private var order: [ItemID] = []
    /// By slot.
    private var relays: [Relay?] = Array(repeating: nil, count: Limits.members)
    private(set) var underWay: [BlockAddress: Passage] = [:]
    /// Blocks that players wait for and nobody was given.
    private var wanted = WishList()
    /// Blocks that were asked for without haste and nobody was given.
    private var asked = WishList()

    /// Before a guest has passed anything on: a usual home uplink, 10 Mbit/s.
    static let assumedRate = 1_250_000.0
    /// A guest that lets this many blocks lie is given one now and then to try it.
    static let failuresAllowed = 4
    /// How much of a relay's best rate is left after each block it passes on: a guest that has little
    /// to do seems slow, and must not be given less for it.
    static let forgetting = 0.99
    /// Between such trials.
    static let trialInterval = Duration.seconds(3)
    /// A backlog is always as old as the news of it: a block's way to its owner and on, and the
    /// word of its arrival back.
    static let newsDelay = Duration.milliseconds(500)
    /// What passing on may take beyond twice the time its backlog explains.
    static let relayGrace = Duration.seconds(2)

    mutating func add(_ item: ItemID, _ geometry: ChunkGeometry) {
        guard items[item] == nil else { return }
        items[item] = Item(geometry)
    }

    /// The item that is watched now is given out first, then those that follow; guests have no
    /// place for others.
    mutating func turn(to item: ItemID, followers: [ItemID]) { order = [item] + followers }

    mutating func join(_ slot: Int) { relays[slot] = Relay() }

    /// A guest is gone; what only it had or was to pass on is free again.
    mutating func leave(_ slot: Int, stillHeld: (BlockAddress) -> Bool) {
        relays[slot] = nil
        for (address, passage) in underWay {
            if passage.owner == slot {
                underWay[address] = nil
                if !stillHeld(address) { free(address) }
            } else if passage.lackers.contains(slot) {
                received(address, by: slot, now: nil)
            }
        }
    }

    private mutating func free(_ address: BlockAddress) {
        let number = Int(address.block.number)
        guard items[address.item]?.isGiven[number] == true else { return }
        items[address.item]?.isGiven[number] = false
        items[address.item]?.givenCount -= 1
        let cursor = items[address.item]?.cursor ?? 0
        items[address.item]?.cursor = min(cursor, number)
    }

    /// Whether the block was given to nobody.
    func isFree(_ address: BlockAddress) -> Bool {
        items[address.item]?.isGiven[Int(address.block.number)] == false
    }

    /// Whether the block is on its way to the guest.
    func isComing(_ address: BlockAddress, to slot: Int) -> Bool {
        guard let passage = underWay[address] else { return false }
        return passage.owner == slot || passage.lackers.contains(slot)
    }

    /// A player waits for a block that nobody was given: it goes out next, and, if it `leads`, what
    /// follows it after.
    mutating func want(_ address: BlockAddress, leads: Bool) {
        guard isFree(address), wanted.add(address) else { return }
        if leads { lead(to: address) }
    }

    /// A block that nobody was given is asked for, without haste: before what nobody asked for.
    mutating func ask(_ address: BlockAddress) {
        guard isFree(address) else { return }
        _ = asked.add(address)
    }

    /// The room watches from this block on: it and what follows go out next.
    mutating func lead(to address: BlockAddress) {
        items[address.item]?.cursor = Int(address.block.number)
    }

    /// A guest has a block, by its own word.
    mutating func received(_ address: BlockAddress, by slot: Int, now: MonotonicInstant?) {
        guard var passage = underWay[address], passage.lackers.remove(slot) else { return }
        underWay[address] = passage.lackers.isEmpty ? nil : passage
        relays[passage.owner]?.backlog -= 1
        if let now { relays[passage.owner]?.passedOn(at: now) }
    }

    private mutating func give(_ address: BlockAddress) {
        let number = Int(address.block.number)
        guard items[address.item]?.isGiven[number] == false else { return }
        items[address.item]?.isGiven[number] = true
        items[address.item]?.givenCount += 1
    }

    /// What each guest passes on, in bytes per second; `nil` while one of them was not measured.
    var relayRates: [Double]? {
        let rates = relays.compactMap { $0?.bestRate }
        return rates.contains(0) ? nil : rates
    }

    /// The next block to send and to whom; `nil` when all are given or nobody can take one.
    ///
    /// - Parameters:
    ///   - hostRate: what the host sends, in bytes per second.
    ///   - open: the guests that can be sent a block now.
    ///   - lackers: the guests that lack a block.
    mutating func next(
        now: MonotonicInstant, hostRate: Double, open: PeerSet,
        lackers: (BlockAddress) -> PeerSet
    ) -> Push? {
        guard !open.isEmpty else { return nil }
        while let address = nextFree() {
            let lacking = lackers(address)
            guard !lacking.isEmpty else {
                give(address)
                continue
            }
            guard let owner = owner(of: lacking, hostRate: hostRate, now: now, open: open) else {
                return nil
            }
            give(address)
            guard case .guest(let slot) = owner else { return .spread(address, lacking) }
            let others = lacking.subtracting(PeerSet(slot))
            if !others.isEmpty {
                underWay[address] = Passage(owner: slot, lackers: others, since: now)
                relays[slot]?.backlog += others.count
            }
            return .relay(address, slot: slot)
        }
        return nil
    }

    private mutating func nextFree() -> BlockAddress? {
        while let first = wanted.first {
            if isFree(first) { return first }
            wanted.removeFirst()
        }
        while let first = asked.first {
            if isFree(first) { return first }
            asked.removeFirst()
        }
        for id in order {
            if let number = items[id]?.nextFree(), let block = items[id]?.geometry.block(at: number)
            {
                return BlockAddress(item: id, block: block)
            }
        }
        return nil
    }

    private enum Owner {
        case guest(Int)
        case host
    }

    /// Who will have brought the block to all that lack it soonest; `nil` when that guest has to be
    /// waited for.
    private func owner(
        of lacking: PeerSet, hostRate: Double, now: MonotonicInstant, open: PeerSet
    ) -> Owner? {
        let reach = Double(lacking.count)
        let block = Double(ChunkGeometry.blockSize)
        var best: (slot: Int, time: Double, rate: Double)?
        for slot in lacking.intersection(open) {
            guard let relay = relays[slot] else { continue }
            guard reach == 1 || relay.isTrusted(at: now) else { continue }
            let rate = relay.bestRate > 0 ? relay.bestRate : max(hostRate, Self.assumedRate)
            let time = (Double(relay.backlog) + reach - 1) * block / rate
            if time < best?.time ?? .infinity { best = (slot, time, rate) }
        }
        guard let best else { return lacking.isDisjoint(with: open) ? nil : .host }
        // Mutualcast's second case: beyond this the guests' links are full and the host's is not.
        let hostTime = 2 * reach * block / max(hostRate, 1)
        let relayTime = 2 * (reach - 1) * block / best.rate
        let limit = max(hostTime, relayTime) + Self.newsDelay.inSeconds
        return best.time > limit ? .host : .guest(best.slot)
    }

    /// Blocks that were not passed on in time, with those that still lack them; they are the host's
    /// to bring now.
    mutating func expire(now: MonotonicInstant) -> [(BlockAddress, PeerSet)] {
        var late: [(BlockAddress, PeerSet)] = []
        for (address, passage) in underWay {
            guard let relay = relays[passage.owner] else { continue }
            let rate = relay.bestRate > 0 ? relay.bestRate : Self.assumedRate
            let explained = 2 * Double(relay.backlog * ChunkGeometry.blockSize) / rate
            let allowed = Self.relayGrace + .milliseconds(Int64(min(explained, 60) * 1_000))
            guard now - passage.since > allowed else { continue }
            late.append((address, passage.lackers))
        }
        late.sort { ($0.0.item, $0.0.block) < ($1.0.item, $1.0.block) }
        for (address, lackers) in late {
            guard let owner = underWay.removeValue(forKey: address)?.owner else { continue }
            relays[owner]?.backlog -= lackers.count
            relays[owner]?.failures += 1
            relays[owner]?.lastFailure = now
        }
        return late
    }
}

// How much this peer lets itself be sent: where the user or the line limits that, and while its player
// opens.
//
// Nobody can be told to send less of what it sends unasked without room for error, so a peer with a
// limit wants nothing unasked: it asks for every block itself, at the rate it may receive. To others it
// is no part of the plan: they pass nothing on to it and wait for nothing from it. So does a peer whose
// line takes less than it is sent, while its player waits (`Crowding`).
//
// Invariant: over any time span, no more bytes are asked for than the limit allows plus one block,
// except of peers on this LAN and of a second peer for a block that is late.

import PartyModel

extension Swarm {
    var limitsIntake: Bool { intake.rate != nil }

    /// Whether nothing is wanted that was not asked for.
    var wantsOnlyAsked: Bool { limitsIntake || crowding.isCrowded }

    // MARK: Here

    /// Tells a new peer what is wanted unasked, if that is not everything.
    func introduceAppetite(
        to peer: PeerID, isHost: Bool, into directives: inout [SwarmDirective]
    ) {
        if wantsOnlyAsked {
            directives.append(.send(.appetite(.asked), to: peer))
        } else if isHost, demand.isOpening {
            directives.append(.send(.appetite(.needed), to: peer))
        }
    }

    /// Tells the host, who alone sends what nobody asked for, that the player opens a film, or has.
    func tellAppetite(into directives: inout [SwarmDirective]) {
        guard !wantsOnlyAsked else { return }
        directives += peers.hosts.map {
            .send(.appetite(demand.isOpening ? .needed : .all), to: peers[$0].id)
        }
    }

    /// Looks whether a block that came is one of those the player waits for, and tells everybody when
    /// the others are too many, or are so no more.
    mutating func watchCrowding(
        _ address: BlockAddress, isNews: Bool, now: MonotonicInstant,
        into directives: inout [SwarmDirective]
    ) {
        guard !limitsIntake, !demand.isOpening, let item = demand.item, let place = demand.place,
            let ledger = items[item]
        else { return }
        let start = place.lowerBound
        // What lies behind was on its way when the player jumped.
        let number = Int(address.block.number)
        if address.item == item, isNews, number < start { return }
        let soon = start..<start + Crowding.soon
        let changes = crowding.arrived(
            isWanted: isNews && address.item == item && soon.contains(number),
            lacksMore: !ledger.hasAll(of: start..<start + Crowding.next),
            isRelieved: ledger.hasAll(of: start..<start + Crowding.relief), now: now)
        guard changes else { return }
        let appetite: Appetite = crowding.isCrowded ? .asked : .all
        directives += peers.inOrder.map { .send(.appetite(appetite), to: peers[$0].id) }
    }

    /// What comes over the LAN is not limited.
    mutating func locate(
        _ peer: PeerID, isLocal: Bool, into directives: inout [SwarmDirective]
    ) {
        guard let slot = peers.slot(of: peer), peers[slot].isLocal != isLocal else { return }
        peers[slot].isLocal = isLocal
        promising.insert(slot)
        guard limitsIntake else { return }
        directives.append(.send(.appetite(isLocal ? .all : .asked), to: peer))
    }

    /// Whether a peer may be asked for a block now.
    func isIntakeOpen(to slot: Int, now: MonotonicInstant) -> Bool {
        peers[slot].isLocal || intake.opens(after: now) == nil
    }

    /// A block was asked for.
    mutating func countIntake(_ address: BlockAddress, from slot: Int, now: MonotonicInstant) {
        guard limitsIntake, !peers[slot].isLocal else { return }
        intake.take(items[address.item]?.geometry.length(of: address.block) ?? 0, at: now)
        intakeOpens = intake.opens(after: now)
    }

    /// When the limit lets more in, everybody may be asked again.
    mutating func openIntake(now: MonotonicInstant) {
        guard let opens = intakeOpens, opens <= now else { return }
        intakeOpens = nil
        promising = peers.present
    }

    // MARK: There

    /// For so long a player opens at the most, as far as others are concerned: one that takes longer is
    /// on a line that nothing sent to others makes slower.
    static let openingPatience = Duration.seconds(3)

    /// Whether some peer's player opens the film: then only what players wait for goes out, to all alike,
    /// for what was given to some alone would have to be brought to the others one by one.
    func isOpening(at now: MonotonicInstant) -> Bool {
        peers.present.contains { slot in peers[slot].opensUntil.map { now < $0 } ?? false }
    }

    mutating func note(_ appetite: Appetite, of peer: PeerID, now: MonotonicInstant) {
        guard let slot = peers.slot(of: peer) else { return }
        askers.remove(slot)
        peers[slot].opensUntil = nil
        switch appetite {
        case .all: break
        case .needed: peers[slot].opensUntil = now + Self.openingPatience
        case .asked:
            askers.insert(slot)
            relays.leave(slot)
            striper.bringNothing(to: slot)
            answerAwaited(by: slot)
        }
    }

    /// What a peer asked for and would have got by the plan, it gets from here: it is no part of that any
    /// more.
    private mutating func answerAwaited(by slot: Int) {
        for address in awaiting.keys.sorted(by: Self.inOrder)
        where awaiting[address]?.remove(slot) ?? false {
            if awaiting[address]?.isEmpty ?? false { awaiting[address] = nil }
            peers[slot].queue(address, isUrgent: true)
        }
    }
}

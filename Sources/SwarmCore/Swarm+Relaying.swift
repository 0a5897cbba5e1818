// Passing on: what the host orders, and what it has to know for that.

import DequeModule
import PartyModel

/// To whom a block goes on that the host wants passed on.
enum Errand {
    /// To all guests that lack it.
    case toEverybody
    /// To these: those first who pass it on further.
    case to(first: [PeerID], others: [PeerID])
}

/// An errand of a block that is here.
struct RunErrand {
    let errand: Errand
    let address: BlockAddress
    let since: MonotonicInstant
}

/// A guest that has just connected.
struct Newcomer {
    /// When it has said what it has.
    let due: MonotonicInstant
    /// Blocks it has asked for and was sent meanwhile.
    var answered: Set<BlockAddress> = []
}

extension Swarm {
    /// Changes of whom one reaches come in swarms, as a guest joins or a line breaks.
    static let reachInterval = Duration.milliseconds(100)
    /// Round trips that guests need to connect to each other after they have come: before that, the
    /// word that one reaches nobody would only keep the host from having blocks passed on.
    static let roundTripsToConnect = 5
    /// Round trips of one such connection, TCP, TLS and the proofs: what the host gave out longer before
    /// it was up was not meant for somebody who had not come yet.
    static let roundTripsOfConnection = 3
    /// What a guest has it says as it connects, in messages that leave together: so long they may be
    /// apart on their way.
    static let firstWordsTime = Duration.milliseconds(20)
    /// Orders kept for blocks that are not here, and errands that were run: twice what the host has under
    /// way to one guest.
    static let errandsKept = 64

    // MARK: At the host

    /// Tells everybody in the plan of a block what to do with it.
    func order(
        _ plan: RelayPlan, of address: BlockAddress, into directives: inout [SwarmDirective]
    ) {
        let helpers = plan.helpers
        for share in plan.shares {
            let first = share.server == plan.owner ? helpers : .empty
            let order = RelayOrder(
                item: address.item, block: address.block.number, first: ids(of: first),
                others: ids(of: share.receivers.subtracting(first)))
            directives.append(.send(.relay(order), to: peers[share.server].id))
        }
    }

    private func ids(of some: PeerSet) -> [PeerID] { some.map { peers[$0].id } }

    private func slots(of ids: [PeerID]) -> PeerSet {
        var some = PeerSet.empty
        for slot in ids.compactMap(peers.slot) { some.insert(slot) }
        return some
    }

    mutating func note(_ reach: Reach, of peer: PeerID, now: MonotonicInstant) {
        guard let slot = peers.slot(of: peer) else { return }
        let cutOff = striper.reaches(slots(of: reach.peers), from: slot, now: now)
        // They were told that these are on their way.
        for (address, lackers) in cutOff { relays.add(address, to: lackers.subtracting(askers)) }
    }

    // MARK: At a guest

    /// Tells the host whom we reach, when that changed.
    mutating func tellReach(now: MonotonicInstant, into directives: inout [SwarmDirective]) {
        guard let due = reachDue, due <= now else { return }
        let early = peers.hosts.map { slot in
            peers[slot].came + peers[slot].roundTrip * Self.roundTripsToConnect
        }
        if let earliest = early.max(), earliest > now {
            reachDue = earliest
            return
        }
        reachDue = nil
        let reach = Reach(peers: ids(of: peers.guests))
        for host in ids(of: peers.hosts) { directives.append(.send(.reach(reach), to: host)) }
    }

    /// Takes an order; only the host says who passes what on.
    mutating func take(_ order: RelayOrder, from peer: PeerID, now: MonotonicInstant) {
        guard let slot = peers.slot(of: peer), peers.hosts.contains(slot),
            let block = items[order.item]?.geometry.block(at: order.block)
        else { return }
        let address = BlockAddress(item: order.item, block: block)
        let isHere = items[order.item]?[block] == .verified
        guard isHere || errands.count < Self.errandsKept else { return }
        errands[address] = .to(first: order.first, others: order.others)
        if isHere { runErrand(with: address, now: now) }
    }

    /// Passes on a block that is here now, if it is to be.
    mutating func runErrand(with address: BlockAddress, now: MonotonicInstant) {
        guard let errand = errands.removeValue(forKey: address) else { return }
        let run = RunErrand(errand: errand, address: address, since: now)
        errandsRun.append(run)
        if errandsRun.count > Self.errandsKept { errandsRun.removeFirst() }
        pass(on: run, to: peers.guests)
    }

    private mutating func pass(on run: RunErrand, to some: PeerSet) {
        let lackers = some.subtracting(askers).subtracting(holders(of: run.address))
        switch run.errand {
        case .toEverybody:
            relays.add(run.address, to: lackers)
        case .to(let first, let others):
            let (first, others) = (slots(of: first), slots(of: others))
            relays.add(run.address, to: first.union(others).intersection(lackers), first: first)
        }
    }

    /// Passes on to guests that have just connected what was here a moment before.
    ///
    /// The host takes those who came at the same time to be connected by the time it matters.
    mutating func runLateErrands(now: MonotonicInstant) {
        guard !newcomers.isEmpty else { return }
        let roundTrip = peers.hosts.map { peers[$0].roundTrip }.max() ?? .zero
        for (slot, newcomer) in newcomers.sorted(by: { $0.key < $1.key })
        where newcomer.due <= now {
            newcomers[slot] = nil
            let came = peers[slot].came
            let earliest = came - roundTrip * Self.roundTripsOfConnection
            // Who was there as the errand was run got the block then.
            for run in errandsRun where run.since >= earliest && run.since < came {
                guard !newcomer.answered.contains(run.address) else { continue }
                pass(on: run, to: PeerSet(slot))
            }
        }
    }
}

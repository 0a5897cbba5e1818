// The border to the swarm: the only place that speaks its events and directives.
//
// It stands where the running program stands: messages become events, directives become reads, checks
// and transmissions. What the program would hand to a socket or a disk is planned here as an event.

import PartyModel
import SwarmCore

extension Simulation {
    // MARK: What a swarm is told

    mutating func introduceFilm(to node: Int) {
        tell(node, .itemAdded(item, geometry, node == Self.host ? .everything : .nothing))
        tell(node, .turned(to: item, followers: [], isWatched: node != Self.host))
        if let part = scenario.pacing {
            tell(node, .paced(bytesPerSecond: part * nodes[node].profile.uplink))
        }
    }

    mutating func introduce(_ peer: Int, to node: Int) {
        let id = nodes[peer].id
        tell(node, .peerJoined(id, isHost: peer == Self.host))
        tell(node, .roundTripMeasured(id, links[index(node, peer)].delay * 2))
    }

    mutating func tellOfLeaving(_ peer: Int, to node: Int) { tell(node, .peerLeft(nodes[peer].id)) }

    mutating func tellOfReading(_ bytes: Range<Int64>, by node: Int) {
        tell(node, .playerReads(item, bytes))
    }

    mutating func tellOfOpening(by node: Int) { tell(node, .playerOpened(item)) }

    mutating func tellOfSeek(by node: Int) { tell(node, .playerSought(item)) }

    mutating func tell(_ message: Message, from peer: Int, to node: Int) {
        let id = nodes[peer].id
        switch message {
        case .bitfield(let page): tell(node, .bitfield(page, from: id))
        case .have(let have): tell(node, .have(have, from: id))
        case .request(let request):
            checker.asked(request, by: peer, of: node, at: now)
            tell(node, .request(request, from: id))
        case .cancel(let request): tell(node, .cancel(request, from: id))
        case .reject(let request): tell(node, .reject(request, from: id))
        case .relay(let order):
            if !keepsToItself(node) { tell(node, .ordered(order, by: id)) }
        case .reach(let reach): tell(node, .reaches(reach, by: id))
        case .appetite(let appetite): tell(node, .appetite(appetite, of: id))
        case .introduction, .welcome, .roster, .keptRoster, .playlist, .roots, .timeline, .hold,
            .rules, .status,
            .chat, .ping, .pong, .bye:
            break
        }
    }

    mutating func tellOfArrival(_ block: BlockInTransit, from peer: Int, to node: Int) {
        arriving = block
        tell(
            node,
            .blockArrived(
                item, block: block.address.block.number,
                byteCount: geometry.length(of: block.address.block),
                relay: block.isToBeRelayed && !keepsToItself(node), from: nodes[peer].id))
        arriving = nil
    }

    private func keepsToItself(_ node: Int) -> Bool {
        isFaulty && nodes[node].profile.misdeeds.contains(.relaysNothing)
    }

    mutating func tellOfCheck(of block: BlockInTransit, by node: Int, from peer: Int) {
        if block.isGarbage {
            tell(node, .blockMismatched(block.address, from: nodes[peer].id))
        } else {
            tell(node, .blockStored(block.address))
        }
    }

    mutating func tellOfSending(_ block: BlockInTransit, from node: Int, to peer: Int) {
        tell(node, .blockSent(block.address, to: nodes[peer].id))
    }

    mutating func wake(_ node: Int) { tell(node, .tick) }

    private mutating func tell(_ node: Int, _ event: SwarmEvent) {
        guard nodes[node].isHere else { return }
        trace?("\(now.nanoseconds / 1_000) \(node) ← \(event)")
        for directive in nodes[node].swarm.on(event, now: now) {
            trace?("\(now.nanoseconds / 1_000) \(node) → \(directive)")
            carryOut(directive, of: node)
        }
    }

    // MARK: What a swarm decides

    private mutating func carryOut(_ directive: SwarmDirective, of node: Int) {
        switch directive {
        case .send(let message, let peer):
            guard let peer = reachable(peer, from: node) else { return }
            if case .reject(let request) = message {
                checker.rejected(request, of: peer, by: node, at: now)
            }
            send(message, from: node, to: peer)
        case .upload(let address, let peer, let relay):
            guard let peer = reachable(peer, from: node) else { return }
            upload(address, from: node, to: peer, relay: relay)
        case .store(let address, let peer):
            guard let block = arriving, block.address == address, let sender = number(of: peer)
            else {
                checker.note("node \(node) stores a block that did not just arrive", at: now)
                return
            }
            queue.plan(
                .checked(block, by: node, from: sender), at: nodes[node].disk.work(from: now))
        case .discard:
            checker.discarded()
        case .drop(let peer, let bye):
            guard let peer = number(of: peer) else { return }
            drop(peer, by: node, because: bye.reason)
        case .completed:
            if !nodes[node].isComplete {
                checker.note("node \(node) calls an incomplete film complete", at: now)
            }
            nodes[node].completed = nodes[node].completed ?? now
        case .wake(let instant):
            nodes[node].alarm = instant
            queue.plan(.alarm(node), at: max(now, instant))
        }
    }

    /// The peer a directive is about; a swarm may speak only to those it was told of.
    private mutating func reachable(_ peer: PeerID, from node: Int) -> Int? {
        guard let number = number(of: peer), links[index(node, number)].isOpen else {
            checker.note("node \(node) speaks to a peer that is not there", at: now)
            return nil
        }
        return number
    }
}

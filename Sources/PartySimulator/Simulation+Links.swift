// How do things get from one peer to another? Messages past everything else, blocks through the lines of
// both peers, and nothing into a connection that is over.

import PartyModel

extension Simulation {
    // MARK: Messages

    mutating func send(_ message: Message, from node: Int, to peer: Int) {
        let bytes = message.frameBytes
        nodes[node].bytesOfMessagesSent += Int64(bytes)
        let left = now + nodes[node].uplink.send(messageOf: bytes)
        let link = index(node, peer)
        let jitter = chance.duration(upTo: scenario.jitter)
        let arrival = links[link].messageArrives(leaving: left, jitter: jitter)
        queue.plan(
            .message(message, from: node, to: peer, session: links[link].session), at: arrival)
    }

    mutating func deliver(_ message: Message, from node: Int, to peer: Int, session: Int) {
        guard isOpen(at: peer, to: node, session: session) else { return }
        fingerprint.add(now, 1, node, peer)
        tell(message, from: node, to: peer)
    }

    // MARK: Blocks

    /// Reads a block for a peer, unless this node keeps everything to itself.
    mutating func upload(_ address: BlockAddress, from node: Int, to peer: Int, relay: Bool) {
        if !nodes[node].held[Int(address.block.number)] {
            checker.note("node \(node) serves a block it did not verify", at: now)
        }
        let misdeeds = isFaulty ? nodes[node].profile.misdeeds : []
        let block = BlockInTransit(
            address: address, isGarbage: misdeeds.contains(.sendsGarbage), isToBeRelayed: relay,
            isPush: !checker.answered(address.block, to: peer, by: node, at: now))
        let session = links[index(node, peer)].session
        guard !misdeeds.contains(.sendsNothing) else {
            nodes[node].withheld.append((block, peer, session))
            return
        }
        read(block, from: node, to: peer, session: session)
    }

    mutating func read(_ block: BlockInTransit, from node: Int, to peer: Int, session: Int) {
        queue.plan(
            .wasRead(block, by: node, to: peer, session: session),
            at: nodes[node].disk.work(from: now))
    }

    mutating func enqueue(_ block: BlockInTransit, from node: Int, to peer: Int, session: Int) {
        let link = index(node, peer)
        guard nodes[node].isHere, links[link].isOpen, links[link].session == session else { return }
        links[link].waiting.append(block)
        checker.queued(links[link].waiting.count, from: node, to: peer, at: now)
        if !links[link].isInRound {
            links[link].isInRound = true
            nodes[node].uplink.round.append(peer)
        }
        serve(node)
    }

    /// Puts the next block on the uplink if nothing is on it.
    mutating func serve(_ node: Int) {
        guard nodes[node].isHere, !nodes[node].uplink.isBusy else { return }
        for _ in 0..<nodes[node].uplink.round.count {
            guard let peer = nodes[node].uplink.round.popFirst() else { return }
            let link = index(node, peer)
            guard links[link].takesBlocks(at: now) else {
                nodes[node].uplink.round.append(peer)
                continue
            }
            guard let block = links[link].waiting.popFirst() else {
                links[link].isInRound = false
                continue
            }
            nodes[node].uplink.round.append(peer)
            nodes[node].uplink.isBusy = true
            let left = now + nodes[node].uplink.send(blockOf: frameBytes(of: block))
            queue.plan(
                .hasLeft(block, from: node, to: peer, session: links[link].session), at: left)
            return
        }
    }

    mutating func leaveUplink(_ block: BlockInTransit, from node: Int, to peer: Int, session: Int) {
        nodes[node].uplink.isBusy = false
        guard nodes[node].isHere else { return }
        nodes[node].bytesOfBlocksSent += Int64(geometry.length(of: block.address.block))
        let link = index(node, peer)
        if links[link].isOpen, links[link].session == session {
            let jitter = chance.duration(upTo: scenario.jitter)
            let arrival = links[link].blockArrives(leaving: now, jitter: jitter)
            queue.plan(.reachesLine(block, from: node, to: peer, session: session), at: arrival)
            tellOfSending(block, from: node, to: peer)
        }
        serve(node)
    }

    mutating func reachLine(_ block: BlockInTransit, from node: Int, to peer: Int, session: Int) {
        guard isOpen(at: peer, to: node, session: session) else { return }
        let end = nodes[peer].downlink.receive(frameBytes(of: block), arriving: now)
        queue.plan(.received(block, from: node, to: peer, session: session), at: end)
    }

    mutating func deliver(_ block: BlockInTransit, from node: Int, to peer: Int, session: Int) {
        guard isOpen(at: peer, to: node, session: session) else { return }
        links[index(node, peer)].blockArrived()
        serve(node)
        fingerprint.add(now, 2, node, peer, Int(block.address.block.number))
        checker.arrived(block, from: node, to: peer)
        tellOfArrival(block, from: node, to: peer)
    }

    mutating func finishCheck(of block: BlockInTransit, by node: Int, from peer: Int) {
        guard nodes[node].isHere else { return }
        let number = Int(block.address.block.number)
        if !block.isGarbage, !nodes[node].held[number] {
            nodes[node].held[number] = true
            nodes[node].heldCount += 1
            checker.gained(node)
            mayBeDone = nodes[node].isComplete
            for clock in seekClocks.indices { seekClocks[clock].gained(number, by: node, at: now) }
        }
        tellOfCheck(of: block, by: node, from: peer)
        lookAtPlayer(of: node, isPlanned: false)
    }

    private func frameBytes(of block: BlockInTransit) -> Int {
        geometry.length(of: block.address.block) + Message.blockFrameOverhead
    }

    /// Whether what comes from `peer` still concerns `node`.
    private func isOpen(at node: Int, to peer: Int, session: Int) -> Bool {
        let link = links[index(node, peer)]
        return nodes[node].isHere && link.isOpen && link.session == session
    }
}

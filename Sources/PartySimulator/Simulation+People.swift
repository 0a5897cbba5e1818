// Who comes and goes, whose link stops, and what people do with their players.

import PartyModel

extension Simulation {
    /// How long a connection may be silent before it is given up.
    static let silenceGivenUp = Duration.seconds(10)

    // MARK: Coming and going

    mutating func arrive(_ node: Int) {
        tookPlace()
        checker.somebodyCame()
        nodes[node].presence = .here
        introduceFilm(to: node)
        nodes[node].player = VirtualPlayer(
            geometry: geometry, bytesPerSecond: scenario.mediaRate, opening: now)
        lookAtPlayer(of: node, isPlanned: false)
        let isAtStart = now == MonotonicInstant(nanoseconds: 0)
        for peer in nodes.indices where peer != node && nodes[peer].isHere {
            let pair = Scenario.Pair(node, peer)
            // TCP, TLS and the proof take two round trips; a party that starts is connected.
            let handshake = links[index(node, peer)].delay * (isAtStart ? 0 : 4)
            queue.plan(.connects(pair), at: now + handshake)
        }
    }

    mutating func depart(_ node: Int) {
        tookPlace()
        guard nodes[node].isHere else { return }
        nodes[node].presence = .gone
        let closes = nodes[node].profile.departure?.closesConnections ?? true
        for peer in nodes.indices where links[index(node, peer)].isOpen {
            let session = links[index(node, peer)].session
            let notice = closes ? links[index(peer, node)].delay : Self.silenceGivenUp
            queue.plan(.losesConnection(node: peer, peer: node, session: session), at: now + notice)
            // Nobody acknowledges any more: what is for it stays in its sender's buffer.
            if !closes { links[index(peer, node)].clog(until: now + Self.silenceGivenUp) }
            links[index(node, peer)].close()
        }
    }

    mutating func connect(_ pair: Scenario.Pair) {
        let there = index(pair.low, pair.high)
        let back = index(pair.high, pair.low)
        guard nodes[pair.low].isHere, nodes[pair.high].isHere, !bans.contains(pair),
            !scenario.missingPairs.contains(pair), !links[there].isOpen, !links[back].isOpen
        else { return }
        // A clogged link connects when it runs again.
        guard !links[there].isClogged(at: now) else { return }
        let session = max(links[there].session, links[back].session) + 1
        links[there].open(session: session)
        links[back].open(session: session)
        introduce(pair.high, to: pair.low)
        introduce(pair.low, to: pair.high)
        for (node, peer) in [(pair.low, pair.high), (pair.high, pair.low)] { boast(node, to: peer) }
    }

    /// A liar says it has everything.
    private mutating func boast(_ node: Int, to peer: Int) {
        guard isFaulty, nodes[node].profile.misdeeds.contains(.claimsEverything) else { return }
        let bits = [UInt8](repeating: 0xFF, count: (geometry.chunkCount + 7) / 8)
        send(
            .bitfield(BitfieldPage(item: item, firstChunk: 0, bits: bits)), from: node, to: peer)
    }

    /// A node ends a connection because the peer broke a rule; they never meet again.
    mutating func drop(_ peer: Int, by node: Int, because reason: String) {
        if nodes[peer].profile.misdeeds.isEmpty {
            checker.note("node \(node) drops the honest node \(peer): \(reason)", at: now)
        }
        bans.insert(Scenario.Pair(node, peer))
        checker.dropped()
        disconnect(node, peer)
    }

    /// The connection ends at `node` now, and at `peer` when it hears of it.
    private mutating func disconnect(_ node: Int, _ peer: Int) {
        let session = links[index(node, peer)].session
        queue.plan(.losesConnection(node: node, peer: peer, session: session), at: now)
        queue.plan(
            .losesConnection(node: peer, peer: node, session: session),
            at: now + links[index(node, peer)].delay)
    }

    mutating func loseConnection(of node: Int, to peer: Int, session: Int) {
        let link = index(node, peer)
        guard links[link].isOpen, links[link].session == session else { return }
        links[link].close()
        checker.forget(node, peer)
        tellOfLeaving(peer, to: node)
    }

    // MARK: Links that stop

    mutating func clog(_ clog: Scenario.Clog) {
        tookPlace()
        let end = min(clog.end, max(scenario.faultsEnd, clog.start))
        guard end > now else { return }
        let there = index(clog.pair.low, clog.pair.high)
        links[there].clog(until: end)
        links[index(clog.pair.high, clog.pair.low)].clog(until: end)
        queue.plan(.unclogs(clog.pair), at: end)
        queue.plan(
            .givesUp(clog.pair, session: links[there].session), at: now + Self.silenceGivenUp)
    }

    mutating func unclog(_ pair: Scenario.Pair) {
        guard !links[index(pair.low, pair.high)].isClogged(at: now) else { return }
        connect(pair)
        serve(pair.low)
        serve(pair.high)
    }

    mutating func giveUp(_ pair: Scenario.Pair, session: Int) {
        guard links[index(pair.low, pair.high)].isClogged(at: now) else { return }
        loseConnection(of: pair.low, to: pair.high, session: session)
        loseConnection(of: pair.high, to: pair.low, session: session)
    }

    /// Whoever did wrong does right from now on.
    mutating func endFaults() {
        tookPlace()
        for node in nodes.indices {
            let withheld = nodes[node].withheld
            nodes[node].withheld = []
            for (block, peer, session) in withheld {
                read(block, from: node, to: peer, session: session)
            }
        }
    }

    // MARK: Players and timers

    mutating func ring(_ node: Int) {
        guard nodes[node].alarm == now else { return }
        nodes[node].alarm = nil
        wake(node)
    }

    mutating func lookAtPlayer(of node: Int, isPlanned: Bool) {
        if isPlanned {
            guard nodes[node].nextLook == now else { return }
            nodes[node].nextLook = nil
        }
        let held = nodes[node].held
        guard nodes[node].isHere, let step = nodes[node].player?.advance(to: now, held: held)
        else { return }
        if let look = step.lookAgain, look != nodes[node].nextLook {
            nodes[node].nextLook = look
            queue.plan(.looksAtPlayer(node), at: look)
        }
        for bytes in step.reads { tellOfReading(bytes, by: node) }
        if step.hasOpened { tellOfOpening(by: node) }
    }

    mutating func seek(_ node: Int, _ seek: Int) {
        if node == Self.host {
            tookPlace()
            startClock(of: seek)
            for peer in nodes.indices where peer != Self.host {
                queue.plan(.seeks(node: peer, seek: seek), at: now + links[index(0, peer)].delay)
            }
        }
        guard nodes[node].isHere else { return }
        nodes[node].player?.seek(to: scenario.seeks[seek].offset, at: now)
        tellOfSeek(by: node)
        lookAtPlayer(of: node, isPlanned: false)
    }

    private mutating func startClock(of seek: Int) {
        seekClocks.append(
            SeekClock(
                from: now, offset: scenario.seeks[seek].offset, geometry: geometry,
                nodes: nodes))
    }
}

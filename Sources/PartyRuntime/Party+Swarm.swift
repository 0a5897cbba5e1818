// What the swarm decides, carried out: blocks between disk and connections.

import FilmStore
import Logging
import MeshTransport
import DequeModule
import NIOCore
import PartyModel
import RoomCore
import SwarmCore

extension Party {
    /// Tells the swarm, and carries out what it decides before it is told anything else: what is
    /// sent at once is an event again.
    func tellSwarm(_ event: SwarmEvent) {
        swarmEvents.append(event)
        guard swarmEvents.count == 1 else { return }
        while let event = swarmEvents.first {
            for directive in swarm.on(event, now: PartyClock.now) { carryOut(directive) }
            swarmEvents.removeFirst()
        }
    }

    private func carryOut(_ directive: SwarmDirective) {
        switch directive {
        case .send(let message, let peer):
            mesh?.send(message, to: peer)
        case .upload(let address, let peer, let relay):
            upload(address, to: peer, relay: relay)
        case .store(let address, _):
            store(address)
        case .discard:
            break
        case .drop(let peer, let bye):
            mesh?.disconnect(peer, saying: bye)
        case .completed(let item):
            completed(item)
        case .wake(let instant):
            swarmAlarm?.cancel()
            swarmAlarm = loop.scheduleTask(deadline: instant.deadline) { [weak self] in
                self?.assumeIsolated { $0.tellSwarm(.tick) }
            }
        }
    }

    // MARK: Receiving

    func arrived(_ header: BlockHeader, _ bytes: ByteBuffer, from peer: PeerID) {
        guard shelf?.film(header.item) != nil else {
            // What does not fit is asked for again.
            if earlyBlocks.count < Self.earlyBlocksKept {
                earlyBlocks.append((header, bytes, peer))
            }
            return
        }
        arrival = Arrival(leaves: header.leaves, bytes: bytes, sender: peer)
        progress.received(bytes.readableBytes)
        tellSwarm(
            .blockArrived(
                header.item, block: header.block, byteCount: bytes.readableBytes,
                relay: header.relay, from: peer))
        arrival = nil
    }

    /// 4 MiB: what the host sends before it is asked, and more.
    static let earlyBlocksKept = 64

    private func store(_ address: BlockAddress) {
        guard let arrival, case .fetched(let film)? = shelf?.film(address.item) else { return }
        storing.append(film, address, arrival)
        storeNext()
    }

    private func storeNext() {
        while let batch = storing.nextBatch() {
            onWorker({
                batch.map { order in
                    Result {
                        try order.film.store(
                            order.address.block, leaves: order.arrival.leaves,
                            bytes: order.arrival.bytes)
                    }
                }
            }) { party, results in
                party.storing.batchEnded()
                guard case .success(let results) = results else { return }
                for (order, result) in zip(batch, results) {
                    party.stored(order.address, from: order.arrival.sender, result)
                }
                party.storeNext()
            }
        }
    }

    private func stored(
        _ address: BlockAddress, from peer: PeerID, _ result: Result<StoreOutcome, any Error>
    ) {
        switch result {
        case .success(.stored), .success(.alreadyThere):
            progress.verified(address.item, from: peer, length(of: address))
            tellSwarm(.blockStored(address))
        case .success(.held):
            heldFrom[address] = peer
        case .success(.tooManyHeld):
            tellSwarm(.blockDropped(address, from: peer))
        case .success(.mismatch):
            mismatched(address, from: peer)
        case .failure(let error):
            tellSwarm(.blockDropped(address, from: peer))
            diskFailed(error.asPartyError)
        }
    }

    private func mismatched(_ address: BlockAddress, from peer: PeerID) {
        log.record(
            .verifiedBad(
                peer: peer.description, chunk: address.block.chunk.number, block: address.block.slot
            ))
        tellSwarm(.blockMismatched(address, from: peer))
    }

    private func length(of address: BlockAddress) -> Int {
        room?.items?.item(address.item)?.geometry.length(of: address.block) ?? 0
    }

    /// A full disk pauses the download until there is room again; anything else ends the party.
    func diskFailed(_ error: PartyError) {
        guard case .diskFull = error else {
            fail(error)
            return
        }
        guard !playback.isDiskFull else { return }
        playback.isDiskFull = true
        log.record(.error(error))
        notice(error.description)
        tellSwarm(.downloadPaused(true))
        after(Self.diskRetry) { party in
            party.playback.isDiskFull = false
            party.tellSwarm(.downloadPaused(false))
        }
    }

    /// Somebody has to delete something; asking more often would not help them.
    static let diskRetry = TimeAmount.seconds(5)

    /// Takes roots the room signed; blocks that waited for them are settled.
    func learn(_ roots: Signed<RootList>) {
        guard case .fetched(let film)? = shelf?.film(roots.content.item) else {
            keepForLater(roots)
            return
        }
        let room = roomKey
        onWorker({ roots.isSigned(by: room) ? film.learn(roots) : nil }) { party, result in
            switch result {
            case .success(let outcome?): party.settle(outcome, of: roots.content.item)
            case .success(nil), .failure: party.logger.warning("roots that the room did not sign")
            }
        }
    }

    private func keepForLater(_ roots: Signed<RootList>) {
        let item = roots.content.item
        guard waitingRoots.hasPlace(for: item, of: room?.items) else { return }
        let room = roomKey
        onWorker({ roots.isSigned(by: room) }) { party, result in
            guard case .success(true) = result else { return }
            if party.shelf?.film(item) != nil {
                party.learn(roots)
            } else {
                party.waitingRoots.keep(roots)
            }
        }
    }

    /// Blocks that a list of roots settled: recovered ones, and those held back until now.
    func settle(_ outcome: LearnOutcome, of item: ItemID) {
        for block in outcome.verified {
            let address = BlockAddress(item: item, block: block)
            if let peer = heldFrom.removeValue(forKey: address) {
                progress.verified(item, from: peer, length(of: address))
            }
            tellSwarm(.blockStored(address))
        }
        for block in outcome.mismatched {
            let address = BlockAddress(item: item, block: block)
            guard let peer = heldFrom.removeValue(forKey: address) else { continue }
            mismatched(address, from: peer)
        }
        for block in outcome.lost {
            let address = BlockAddress(item: item, block: block)
            guard let peer = heldFrom.removeValue(forKey: address) else { continue }
            tellSwarm(.blockDropped(address, from: peer))
        }
        if let failure = outcome.failure { diskFailed(failure) }
    }

    /// Checks what an earlier run left of a film, list by list, while everything else goes on.
    func recheck(_ film: GuestFilm, of item: ItemID) {
        onWorker({ film.recheck() }) { party, result in
            guard case .success(let outcome?) = result else { return }
            party.settle(outcome, of: item)
            party.recheck(film, of: item)
        }
    }

    func completed(_ item: ItemID) {
        guard case .fetched(let film)? = shelf?.film(item), let entry = room?.items?.item(item),
            case .joining(_, let directory) = configuration.role
        else { return }
        onWorker({ try directory.map { try film.finish(as: entry.name, in: $0) } }) {
            party, result in
            switch result {
            case .success(let path):
                let event = party.progress.completion(of: entry, path: path, at: PartyClock.now)
                if let event { party.log.record(event) }
            case .failure(let error): party.fail(error.asPartyError)
            }
        }
    }

    // MARK: Sending

    private func upload(_ address: BlockAddress, to peer: PeerID, relay: Bool) {
        guard let film = shelf?.film(address.item) else {
            tellSwarm(.blockUnreadable(address, to: peer))
            return
        }
        if roomSigner != nil { hashAhead(of: address) }
        if case .hosted(let film) = film, let block = film.fresh(address.block) {
            read(address, for: peer, relay: relay, .success(block))
            return
        }
        let owesRoot = owesRoot(of: address, to: peer)
        onWorker({
            (try film.read(address.block), try owesRoot ? film.roots(of: address.block) : nil)
        }) { party, result in
            if case .success((_, let roots?)) = result { party.passOn(roots, to: peer) }
            party.read(address, for: peer, relay: relay, result.map(\.0))
        }
    }

    private func read(
        _ address: BlockAddress, for peer: PeerID, relay: Bool,
        _ result: Result<StoredBlock?, any Error>
    ) {
        switch result {
        case .success(let block?):
            sendRoot(block.root, of: address, to: peer)
            progress.sent(block.bytes.readableBytes)
            let header = BlockHeader(
                item: address.item, block: address.block.number, relay: relay, leaves: block.leaves)
            underWay[peer]?.append(address)
            mesh?.sendBlock(header, block.bytes, to: peer)
        case .success(nil):
            tellSwarm(.blockUnreadable(address, to: peer))
        case .failure(let error):
            tellSwarm(.blockUnreadable(address, to: peer))
            filmFailed(error.asPartyError)
        }
    }

    /// A film that changed, vanished or cannot be read ends this party, and at the host the room.
    func filmFailed(_ error: PartyError) {
        guard !isLeaving, roomLost == nil else { return }
        guard roomSigner != nil, !remotes.isEmpty else {
            fail(error)
            return
        }
        // The guests hang up when they have heard it; who closes first would take the word back.
        roomLost = error
        // They put it into a sentence of their own.
        let bye = Bye(kind: .filmLost, reason: String(error.description.dropLast()))
        for peer in remotes.keys { mesh?.send(.bye(bye), to: peer) }
        after(Self.lastWords) { $0.fail(error) }
    }

    /// How long guests may take to hear that the room ends: a word behind film on a slow line.
    static let lastWords = TimeAmount.seconds(5)

    /// The host says what a chunk hashes to before its first block.
    private func sendRoot(_ root: ChunkRoot, of address: BlockAddress, to peer: PeerID) {
        guard let roomSigner else { return }
        rootFeeds.learn(root, of: address.block.chunk, in: address.item)
        guard let list = rootFeeds.list(for: peer, before: address) else { return }
        mesh?.send(.roots(roomSigner.sign(list)), to: peer)
    }
}

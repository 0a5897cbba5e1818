// What connections bring: each event of the mesh and each message goes to the core it concerns.

import DequeModule
import Logging
import MeshTransport
import NIOCore
import PartyModel
import RoomCore
import SwarmCore
import SyncCore
import WireFormat

extension Party {
    func handle(_ event: MeshEvent) {
        switch event {
        case .connected(let remote, let dialled):
            connected(remote, dialled: dialled)
        case .bulkReady(let peer):
            line.separated(peer, at: PartyClock.now)
            logger.debug("bulk ready", metadata: ["peer": "\(peer)"])
        case .message(let message, let peer):
            lastHeard[peer] = PartyClock.now
            handle(message, from: peer)
        case .block(let header, let bytes, let peer):
            lastHeard[peer] = PartyClock.now
            traffic.received(bytes.readableBytes, from: peer)
            arrived(header, bytes, from: peer)
        case .blockSent(let peer, let bytes):
            guard let address = underWay[peer]?.popFirst() else { break }
            traffic.sent(bytes, to: peer)
            line.sentFilm(to: peer, at: PartyClock.now)
            tellSwarm(.blockSent(address, to: peer))
        case .disconnected(let peer, let reason, let bye):
            logger.debug("disconnected", metadata: ["peer": "\(peer)", "reason": "\(reason)"])
            disconnected(peer, bye: bye)
        case .refusedStranger(let reason, let address):
            logger.info("refused a stranger", metadata: ["at": "\(address)", "why": "\(reason)"])
        }
    }

    private func connected(_ remote: RemotePeer, dialled: Bool) {
        remotes[remote.peer] = remote
        lastHeard[remote.peer] = PartyClock.now
        underWay[remote.peer] = []
        clocks[remote.peer] = ClockOffset()
        pings.begin(remote.peer, now: PartyClock.now)
        // A host that was dialled has heard it behind the proof.
        if remote.isHost, !dialled {
            for message in greeting { mesh?.send(message, to: remote.peer) }
        }
        tellRoom(.connected(remote.peer, isHost: remote.isHost))
        tellSwarm(.peerJoined(remote.peer, isHost: remote.isHost))
        // The kernel knows it since the connection was made, before any ping.
        if let roundTrip = mesh?.traffic(to: remote.peer)?.roundTrip, roundTrip > .zero {
            tellSwarm(.roundTripMeasured(remote.peer, roundTrip))
        }
        sendPings()
        startHashing()
    }

    private func disconnected(_ peer: PeerID, bye: Bye?) {
        let wasHost = remotes.removeValue(forKey: peer)?.isHost ?? false
        underWay[peer] = nil
        line.left(peer)
        traffic.left(peer)
        clocks[peer] = nil
        pings.remove(peer)
        lastHeard[peer] = nil
        clocksCompared[peer] = nil
        statuses[peer] = nil
        rootFeeds.forget(peer)
        keeping.rootsTold[peer] = nil
        if wasHost, let end = bye?.endOfRoom { return fail(end) }
        tellSwarm(.peerLeft(peer))
        if bye?.kind == .leaving { tellRoom(.left(peer)) }
        tellRoom(.disconnected(peer))
        if let roomLost, remotes.isEmpty { fail(roomLost) }
    }

    private func handle(_ message: Message, from peer: PeerID) {
        switch message {
        case .introduction(let introduction):
            guard let remote = remotes[peer] else { break }
            let newcomer = Newcomer(
                fingerprint: remote.fingerprint, key: remote.key,
                observed: remote.address.listening(like: introduction))
            tellRoom(.introduced(introduction, by: newcomer))
        case .welcome(let welcome):
            tellRoom(.welcomed(welcome, from: peer))
        case .roster(let roster):
            tellRoom(.roster(roster))
        case .keptRoster(let kept):
            tellRoom(.keptRoster(kept))
        case .playlist(let playlist):
            tellRoom(.playlist(playlist))
        case .timeline(let intent):
            tellRoom(.timeline(intent, from: peer))
        case .hold(let hold):
            tellRoom(.hold(hold, from: peer))
        case .rules(let rules):
            tellRoom(.rules(rules))
        case .roots(let roots):
            learn(roots)
        case .bitfield(let page):
            tellSwarm(.bitfield(page, from: peer))
        case .have(let have):
            tellSwarm(.have(have, from: peer))
        case .request(let request):
            tellSwarm(.request(request, from: peer))
        case .cancel(let request):
            tellSwarm(.cancel(request, from: peer))
        case .reject(let request):
            tellSwarm(.reject(request, from: peer))
        case .relay(let order):
            tellSwarm(.ordered(order, by: peer))
        case .reach(let reach):
            tellSwarm(.reaches(reach, by: peer))
        case .appetite(let appetite):
            tellSwarm(.appetite(appetite, of: peer))
        case .status(let status):
            heard(status, from: peer)
        case .chat(let chat):
            tellRoom(.chat(chat, from: peer))
        case .ping(let ping):
            let now = PartyClock.now
            let pong = Pong(
                sent: ping.sent, arrived: now, answered: PartyClock.now,
                roomOffset: roomClock.offset)
            mesh?.send(.pong(pong), to: peer)
        case .pong(let pong):
            heard(pong, from: peer)
        case .bye:
            break
        }
    }
}

extension Bye {
    /// The end of the room that a host says with its good-bye; `nil` where it is none.
    fileprivate var endOfRoom: PartyError? {
        switch kind {
        case .roomFull: .roomFull
        case .filmLost: .roomClosed(reason: reason)
        case .leaving, .violation, .duplicate: nil
        }
    }
}

extension PeerAddress {
    /// Where a peer seen at this address listens: the address it was seen at with the port it says.
    fileprivate func listening(like introduction: Introduction) -> PeerAddress? {
        guard let port = introduction.addresses.first?.port else { return nil }
        switch self {
        case .ipv4(let address, _): return .ipv4(address, port: port)
        case .ipv6(let address, _): return .ipv6(address, port: port)
        case .name: return nil
        }
    }
}

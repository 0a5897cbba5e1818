// What changes when the host goes, and when it comes back: who keeps the room is told, the keeper
// shows a token of its own, and everybody learns whether the film can be seen to its end.

import MeshTransport
import MpvPlayer
import PartyModel
import RoomCore
import SwarmCore
import SyncCore

extension Party {
    /// Whether a guest keeps the room, because the host is gone.
    private var isHostGone: Bool {
        guard roomSigner == nil, let keeper = room?.keeper else { return false }
        return keeper != room?.host
    }

    func keeperChanged(to peer: PeerID) {
        let isHost = peer == room?.host
        let hadKeeper = keeping.hasKeeper
        keeping.hasKeeper = true
        keeping.supply = nil
        // A quick look at the clock that counts from now on.
        pings[peer] = pings[peer].map { _ in PingSchedule(now: PartyClock.now) }
        // That the host keeps its room is no news to somebody who has just come.
        guard hadKeeper || !isHost else { return }
        let isHere = peer == identity.peer
        log.record(
            .keeper(id: peer.description, name: name(of: peer), isHost: isHost, isHere: isHere))
        if isHost {
            notice("The host is back.")
        } else if isHere {
            notice("The host is gone; you keep the room now.")
            showKeepersToken()
        } else {
            notice("The host is gone; \(name(of: peer)) keeps the room now.")
        }
    }

    /// The way in while this guest keeps the room: the same room and secret at another address.
    private func showKeepersToken() {
        guard room?.takesNewcomers ?? false, let port = mesh?.listeningPort else { return }
        let addresses = listeningAddresses(port: port)
        let token = Token(
            room: roomKey, secret: secret, addresses: addresses, leadsToKeeper: true)
        log.record(.room(token: token.text, addresses: addresses.map(\.description)))
        offer(token, atOnce: true)
    }

    // MARK: The film

    /// Says whether the film is all here, once the host is gone, and again when that changes.
    func reportSupply() {
        guard isHostGone, let id = playback.item, let item = room?.items?.item(id) else { return }
        let lost = swarm.firstLostByte(of: id)
        let supply: KeepingBook.Supply = lost.map { .until($0) } ?? .complete
        guard keeping.supply != supply else { return }
        keeping.supply = supply
        let share = lost.map { Double($0) / Double(item.geometry.size) }
        let seconds = share.flatMap { share in
            playback.duration.map { max(0, $0.seconds * share - playback.position.seconds) }
        }
        let left = FilmSupply(isComplete: lost == nil, seconds: seconds)
        log.record(.supply(left))
        notice(left.sentence)
    }

    // MARK: Roots

    /// Whether a guest that gets this block may lack its root: the host, which says all roots, is
    /// gone.
    func owesRoot(of address: BlockAddress, to peer: PeerID) -> Bool {
        guard roomSigner == nil, !remotes.values.contains(where: \.isHost) else { return false }
        return keeping.rootsTold[peer]?[address.item]?.contains(address.block.chunk.number) != true
    }

    /// Passes on what the host signed, before the first block under it.
    func passOn(_ roots: Signed<RootList>, to peer: PeerID) {
        guard remotes[peer] != nil else { return }
        let chunks = roots.content.entries.map(\.chunk)
        keeping.rootsTold[peer, default: [:]][roots.content.item, default: []].formUnion(chunks)
        mesh?.send(.roots(roots), to: peer)
    }
}

/// What this process has said while the host is gone.
struct KeepingBook {
    /// How far the film can be played.
    enum Supply: Equatable {
        case complete
        /// Up to this byte.
        case until(Int64)
    }

    /// Whether there was a keeper before, be it the host.
    var hasKeeper = false
    /// What was said of the film.
    var supply: Supply?
    /// The chunks whose roots a guest got from here.
    var rootsTold: [PeerID: [ItemID: Set<UInt32>]] = [:]
}

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
    var isHostGone: Bool {
        guard roomSigner == nil, let keeper = room?.keeper else { return false }
        return keeper != room?.host
    }

    func keeperChanged(to peer: PeerID) {
        let isHost = peer == room?.host
        let hadKeeper = keeping.hasKeeper
        keeping.hasKeeper = true
        keeping.supply = nil
        // A quick look at the clock that counts from now on.
        if remotes[peer] != nil { pings.begin(peer, now: PartyClock.now) }
        // That the host keeps its room is no news to somebody who has just come.
        guard hadKeeper || !isHost else { return }
        let isHere = peer == identity.peer
        log.record(
            .keeper(id: peer.description, name: name(of: peer), isHost: isHost, isHere: isHere))
        if isHost {
            let isPaused = room?.intent?.isPaused ?? false
            notice(isPaused ? "The host is back; the film is paused." : "The host is back.")
        } else if isHere {
            notice("The host is gone; you keep the room now.")
        } else {
            notice("The host is gone; \(name(of: peer)) keeps the room now.")
        }
        offerToken(to: peer, isHost: isHost)
    }

    /// The window gets the token that leads in now.
    ///
    /// Whoever keeps the room says it everywhere: the same room and secret at another address.
    private func offerToken(to keeper: PeerID, isHost: Bool) {
        guard case .joining(let first, _) = configuration.role else { return }
        guard !isHost else { return offer(first, atOnce: false) }
        guard room?.takesNewcomers(keeper) ?? false, let port = mesh?.listeningPort else { return }
        let isHere = keeper == identity.peer
        let addresses =
            isHere ? listeningAddresses(port: port) : room?.member(keeper)?.addresses ?? []
        let token = Token(
            room: roomKey, secret: secret, addresses: addresses, leadsToKeeper: true)
        if isHere {
            log.record(.room(token: token.text, addresses: addresses.map(\.description)))
        }
        offer(token, atOnce: isHere)
    }

    // MARK: The film

    /// Says whether the film is all here, once the host is gone, and again when that changes.
    func reportSupply() {
        guard isHostGone, let id = playback.item, let item = room?.items?.item(id) else { return }
        let lost = swarm.firstLostByte(of: id)
        if let lost { stopAtLoss(lost, of: id) }
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

    /// Pauses the room when its keeper's player has nothing left that anybody could send: nobody is to
    /// be waited for, and the film does not run on unseen.
    private func stopAtLoss(_ lost: Int64, of item: ItemID) {
        guard playback.isStalled, swarm.isPlayer(at: lost, of: item), let intent = room?.intent,
            !intent.isPaused, room?.keeper == identity.peer, let roomNow
        else { return }
        tellRoom(.wished(.pause(at: playback.position), at: roomNow))
        keeping.stop = room?.intent?.anchor
    }

    /// Goes on from where this keeper stopped the room for want of film, once the host is back and has
    /// taken that over; what anybody wished meanwhile stands.
    func goOnAfterLoss() {
        guard let stop = keeping.stop, !isHostGone, let intent = room?.intent, let roomNow else {
            return
        }
        guard intent.isPaused, intent.anchor == stop else {
            keeping.stop = nil
            return
        }
        guard intent.author == room?.host else { return }
        keeping.stop = nil
        guard room?.mayControl ?? false else { return }
        tellRoom(.wished(.play(from: stop), at: roomNow))
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
    /// Where this keeper stopped the room for want of film.
    var stop: MediaPosition?
    /// The chunks whose roots a guest got from here.
    var rootsTold: [PeerID: [ItemID: Set<UInt32>]] = [:]
}

// The line this process sends over: pings that measure it, and the pace that comes of it.

import MeshTransport
import PartyModel
import SwarmCore
import SyncCore

extension Party {
    /// The pace of one connection, as a multiple of that of all.
    static let kernelPace = 1.05
    /// The room's clock takes the best answer in so long: while film is sent there are many, and its
    /// samples must reach back to a quiet moment.
    static let clockInterval = Duration.milliseconds(250)

    func sendPings() {
        let now = PartyClock.now
        for peer in pings.takeDue(now: now, isBusy: line.isBusy(at: now)) {
            line.asked(peer, at: now)
            mesh?.send(.ping(Ping(sent: now)), to: peer)
        }
    }

    /// Compares the room's clocks by one answer, unless there are better ones.
    func compareClocks(_ pong: Pong, with peer: PeerID) {
        let now = PartyClock.now
        let isDue = clocksCompared[peer].map { now - $0 >= Self.clockInterval } ?? true
        guard isDue || clocks[peer]?.roundTrip.map({ now - pong.sent < $0 }) ?? true else { return }
        clocksCompared[peer] = now
        clocks[peer]?.add(pong, received: now)
    }

    /// Notes how long one ping took, and whether the peer is on this LAN.
    func measureLine(_ pong: Pong, to peer: PeerID) {
        guard let remote = remotes[peer] else { return }
        let wasLocal = line.isLocal(peer)
        let isNew = line.heard(pong, from: peer, at: remote.address, received: PartyClock.now)
        if isNew || line.isLocal(peer) != wasLocal { lookAtLine() }
        tellSwarm(.located(peer, isLocal: line.isLocal(peer)))
    }

    /// Between looks at a line over which no film goes: asking the kernel costs more than all else
    /// that a quiet room does.
    static let quietLook = Duration.seconds(1)

    /// Looks at the line as often as its pacer wants, as long as film goes over it.
    func watchLine() {
        let now = PartyClock.now
        let isDue = lineLooked.map { now - $0 >= Self.quietLook } ?? true
        if isDue || line.isBusy(at: now) { lookAtLine() }
    }

    /// Sets the pace at which film leaves.
    func lookAtLine() {
        let now = PartyClock.now
        lineLooked = now
        line.counted(
            remotes.keys.compactMap { peer in
                mesh?.traffic(to: peer).map {
                    LineCount(peer: peer, sent: $0.sent, unsent: $0.unsent, delay: $0.delay)
                }
            }, at: now)
        let pace = pacer.look(at: line.sight(at: now, noise: pacer.noise), now: now)
        tellSwarm(.paced(bytesPerSecond: UplinkPacer.handingOver(pace, unsent: line.unsent)))
        let kernelPace = Int(pace * Self.kernelPace) / max(line.holdingBack, 1)
        for peer in remotes.keys {
            // The swarm spaces the blocks; the kernel only the packets of one, a little faster.
            mesh?.setPacingRate(bytesPerSecond: line.isLocal(peer) ? nil : kernelPace, for: peer)
        }
    }
}

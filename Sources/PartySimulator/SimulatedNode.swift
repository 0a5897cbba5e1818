// One simulated peer: the real swarm, and everything around it that is not real.

import PartyModel
import SwarmCore

/// A peer of the simulation.
struct SimulatedNode {
    /// Where a peer is in its life.
    enum Presence { case absent, here, gone }

    let id: PeerID
    let profile: Scenario.Node
    var swarm = Swarm()
    var presence = Presence.absent
    var uplink: VirtualUplink
    var downlink: VirtualDownlink
    var disk: VirtualDisk
    var player: VirtualPlayer?
    /// When the player wants to be looked at; older wishes are void.
    var nextLook: MonotonicInstant?
    /// When the swarm wants to be woken; older wishes are void.
    var alarm: MonotonicInstant?
    /// Which blocks are here and checked: the simulator's own book, not the swarm's.
    var held: [Bool]
    var heldCount: Int
    var completed: MonotonicInstant?
    /// Uploads that a peer which sends nothing keeps to itself until it is healed.
    var withheld: [(block: BlockInTransit, peer: Int, session: Int)] = []

    var bytesOfBlocksSent: Int64 = 0
    var bytesOfMessagesSent: Int64 = 0

    init(_ profile: Scenario.Node, id: PeerID, blockCount: Int, isHost: Bool) {
        self.id = id
        self.profile = profile
        uplink = VirtualUplink(bytesPerSecond: profile.uplink)
        downlink = VirtualDownlink(bytesPerSecond: profile.downlink)
        disk = VirtualDisk(timePerBlock: profile.diskTime)
        held = Array(repeating: isHost, count: blockCount)
        heldCount = isHost ? blockCount : 0
    }

    var isHere: Bool { presence == .here }
    var isComplete: Bool { heldCount == held.count }
}

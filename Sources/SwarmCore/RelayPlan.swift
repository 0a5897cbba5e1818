// How does a block get from its first receiver, its owner, to everybody?
//
// Mostly the owner brings it to all others itself: each uplink carries each block once either way, and
// a plan that concerns few has few ways to fail. It is not enough in two cases. Some that lack the
// block may be out of the owner's reach; then somebody it reaches brings it to them. And where players
// wait for the block, one after the other is slow: in a room of 50 it takes an uplink of 20 Mbit/s
// 1.3 s, while most others have nothing to do. Then the owner sends it to some helpers first, who
// share the work with it.
//
// Invariant: no receiver is in two shares, none is out of its server's reach, and every helper is a
// receiver of the owner.

import PartyModel

/// Who passes a block on to whom.
struct RelayPlan: Equatable {
    /// What one guest passes on.
    struct Share: Equatable {
        let server: Int
        var receivers: PeerSet
    }

    /// The owner's first, then the helpers' in the order in which the owner serves them.
    private(set) var shares: [Share]

    /// A guest that can pass on.
    struct Server {
        /// The seconds until it is through with what goes before.
        let load: Double
        /// The seconds one receiver takes.
        let perReceiver: Double
        let reach: PeerSet
    }

    /// What a block's second hop takes beside the sending: the way to the helper, the check there.
    static let hop = 0.05
    /// Below so many receivers a second hop takes longer than it saves.
    static let fewestReceiversToShare = 8

    var owner: Int { shares[0].server }
    /// Those the owner has to serve first.
    var helpers: PeerSet { PeerSet(shares.dropFirst().map(\.server)) }
    /// Whether there are guests that lack the block and are left out on purpose.
    var leavesOut = false
    /// Whether the owner may just pass the block on to all that lack it.
    var isPlain: Bool { shares.count == 1 && !leavesOut }
    /// Everybody who gets the block from the owner or a helper.
    var receivers: PeerSet { shares.reduce(.empty) { $0.union($1.receivers) } }

    /// The plan by which `owner` and, where it has to be or is `urgent`, others bring a block to
    /// `receivers`, as far as they reach them.
    ///
    /// - Parameters:
    ///   - candidates: who may help only to be faster.
    ///   - server: what is known of a guest.
    init(
        owner: Int, receivers: PeerSet, isUrgent: Bool, candidates: PeerSet,
        server: (Int) -> Server
    ) {
        let own = server(owner)
        let reached = receivers.intersection(own.reach)
        var helpers = Self.bridges(to: receivers.subtracting(own.reach), among: reached, server)
        let wanted = Self.helpersWanted(receivers: receivers.count, isUrgent: isUrgent)
        if wanted > helpers.count {
            let free = reached.intersection(candidates).filter { !helpers.contains($0) }
            helpers += free.map { (slot: $0, server: server($0)) }
                .sorted { ($0.server.load, $0.slot) < ($1.server.load, $1.slot) }
                .prefix(wanted - helpers.count).map(\.slot)
        }
        shares = [Share(server: owner, receivers: PeerSet(helpers))]
        shares += helpers.map { Share(server: $0, receivers: .empty) }
        // Those out of the owner's reach first: they have less choice.
        let rest = receivers.subtracting(shares[0].receivers)
        divide([rest.subtracting(own.reach), rest.intersection(own.reach)], server)
        shares = shares.prefix(1) + shares.dropFirst().filter { !$0.receivers.isEmpty }
    }

    /// The plan of an owner who passes a block on to everybody, and knows of nobody yet.
    init(owner: Int) { shares = [Share(server: owner, receivers: .empty)] }

    /// Counts somebody more among those to whom the owner passes the block on; `false` where that is not
    /// simply everybody.
    mutating func join(_ slot: Int) -> Bool {
        guard isPlain, slot != owner, !shares[0].receivers.contains(slot) else { return false }
        shares[0].receivers.insert(slot)
        return true
    }

    /// Gives each receiver to the server that will have brought it the block first.
    private mutating func divide(_ groups: [PeerSet], _ server: (Int) -> Server) {
        let servers = shares.map { server($0.server) }
        var done = servers.indices.map { number in
            let own = servers[0]
            let sends = Double(number == 0 ? servers.count - 1 : number) * own.perReceiver
            let comes = own.load + sends + (number == 0 ? 0 : Self.hop)
            return max(comes, servers[number].load) + servers[number].perReceiver
        }
        for receiver in groups.joined() {
            let best = servers.indices.filter { servers[$0].reach.contains(receiver) }
                .min { done[$0] < done[$1] }
            guard let best else { continue }
            done[best] += servers[best].perReceiver
            shares[best].receivers.insert(receiver)
        }
    }

    /// A square: about as many helpers as each of them then has receivers.
    private static func helpersWanted(receivers: Int, isUrgent: Bool) -> Int {
        guard isUrgent, receivers >= fewestReceiversToShare else { return 0 }
        return Int(Double(receivers).squareRoot()) - 1
    }

    /// How often an owner with that many receivers has to send a block, about.
    static func sendsOfOwner(receivers: Int, isUrgent: Bool) -> Double {
        let helpers = helpersWanted(receivers: receivers, isUrgent: isUrgent)
        return Double(helpers) + Double(receivers - helpers) / Double(helpers + 1)
    }

    /// As few as possible of `some` that together reach all `receivers` that any of them does.
    private static func bridges(
        to receivers: PeerSet, among some: PeerSet, _ server: (Int) -> Server
    ) -> [Int] {
        var bridges: [Int] = []
        var rest = receivers
        while !rest.isEmpty {
            let best = some.map { slot in
                let server = server(slot)
                return (slot: slot, count: server.reach.intersection(rest).count, load: server.load)
            }.max { ($0.count, -$0.load) < ($1.count, -$1.load) }
            guard let best, best.count > 0 else { break }
            bridges.append(best.slot)
            rest = rest.subtracting(server(best.slot).reach)
        }
        return bridges
    }

    /// A receiver has the block; who was to bring it.
    mutating func received(by slot: Int) -> Int? {
        for share in shares.indices where shares[share].receivers.remove(slot) {
            return shares[share].server
        }
        return nil
    }

    /// A server passes nothing on any more; to whom it was to bring the block.
    mutating func drop(_ slot: Int) -> PeerSet {
        var left = PeerSet.empty
        for share in shares.indices where shares[share].server == slot {
            left = left.union(shares[share].receivers)
            shares[share].receivers = .empty
        }
        return left
    }
}

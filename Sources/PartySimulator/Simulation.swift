// One seed, one run: real swarms in a world of virtual lines, disks and players.
//
// Time jumps from event to event; whatever an event makes happen is planned as another event. All
// chance comes from the scenario's seed, so that a run that fails can be had again.

import PartyModel

/// A run of a scenario.
public struct Simulation {
    /// What can happen.
    enum Happening {
        case arrives(Int)
        case departs(Int)
        case connects(Scenario.Pair)
        /// `node` learns that its connection to `peer` is over.
        case losesConnection(node: Int, peer: Int, session: Int)
        case clogs(Scenario.Clog)
        case unclogs(Scenario.Pair)
        /// A connection that was silent for so long is given up.
        case givesUp(Scenario.Pair, session: Int)
        case message(Message, from: Int, to: Int, session: Int)
        case wasRead(BlockInTransit, by: Int, to: Int, session: Int)
        case hasLeft(BlockInTransit, from: Int, to: Int, session: Int)
        case reachesLine(BlockInTransit, from: Int, to: Int, session: Int)
        case received(BlockInTransit, from: Int, to: Int, session: Int)
        case checked(BlockInTransit, by: Int, from: Int)
        case alarm(Int)
        case looksAtPlayer(Int)
        case seeks(node: Int, seek: Int)
        case inspection
        case faultsEnd
    }

    let scenario: Scenario
    let geometry: ChunkGeometry
    let item: ItemID
    var now = MonotonicInstant(nanoseconds: 0)
    var queue = EventQueue<Happening>()
    var nodes: [SimulatedNode]
    var links: [VirtualLink]
    var chance: SeededGenerator
    var bans: Set<Scenario.Pair> = []
    var checker: Checker
    var seekClocks: [SeekClock] = []
    var trace: ((String) -> Void)?
    var fingerprint = Fingerprint()
    /// The block that a swarm is just being told of.
    var arriving: BlockInTransit?
    var eventCount = 0
    /// Things of the scenario that are still to come.
    private var pending = 0
    /// Whether what just happened may have been the last thing to wait for.
    var mayBeDone = false
    private var isDone = false

    static let host = 0

    /// Runs a scenario to its end.
    ///
    /// - Parameter trace: gets a line for everything a swarm is told and decides: time in
    ///   microseconds, node, and what it is.
    public static func run(
        _ scenario: Scenario, trace: ((String) -> Void)? = nil
    ) -> SimulationReport {
        var simulation = Simulation(scenario)
        simulation.trace = trace
        simulation.run()
        return simulation.report()
    }

    private init(_ scenario: Scenario) {
        guard let geometry = ChunkGeometry(size: scenario.filmSize) else {
            preconditionFailure("no film has \(scenario.filmSize) bytes")
        }
        let count = scenario.nodes.count
        self.scenario = scenario
        self.geometry = geometry
        item = ItemID(Self.bytes(0x11))
        chance = SeededGenerator(seed: scenario.seed)
        nodes = scenario.nodes.enumerated().map { number, node in
            SimulatedNode(
                node, id: PeerID(Self.bytes(number + 1)), blockCount: geometry.blockCount,
                isHost: number == Self.host)
        }
        links = Array(repeating: VirtualLink(delay: .zero), count: count * count)
        checker = Checker(nodeCount: count, patience: scenario.patience)
        for low in 0..<count {
            for high in low + 1..<max(count, low + 1) {
                let delay = Duration.nanoseconds(Int64(chance.number(in: scenario.delay) * 1e9))
                links[index(low, high)] = VirtualLink(delay: delay)
                links[index(high, low)] = VirtualLink(delay: delay)
            }
        }
        planScenario()
    }

    private static func bytes(_ number: Int) -> Bytes16 {
        let tail = UInt64(number)
        let bytes = (0..<16).map { $0 < 8 ? 0 : UInt8(truncatingIfNeeded: tail >> (8 * (15 - $0))) }
        guard let value = Bytes16(bytes) else { preconditionFailure("sixteen bytes are sixteen") }
        return value
    }

    private mutating func planScenario() {
        for (number, node) in scenario.nodes.enumerated() {
            planOfScenario(.arrives(number), at: node.arrival)
            if let departure = node.departure { planOfScenario(.departs(number), at: departure.at) }
        }
        for clog in scenario.clogs { planOfScenario(.clogs(clog), at: clog.start) }
        for (number, seek) in scenario.seeks.enumerated() {
            planOfScenario(.seeks(node: Self.host, seek: number), at: seek.at)
        }
        planOfScenario(.faultsEnd, at: scenario.faultsEnd)
        queue.plan(.inspection, at: now + Checker.interval)
    }

    private mutating func planOfScenario(_ happening: Happening, at time: MonotonicInstant) {
        pending += 1
        queue.plan(happening, at: time)
    }

    /// Something the scenario asked for took place.
    mutating func tookPlace() {
        pending -= 1
        mayBeDone = true
    }

    func index(_ from: Int, _ to: Int) -> Int { from * nodes.count + to }

    func number(of peer: PeerID) -> Int? {
        let number = peer.raw.bytes.suffix(8).reduce(0) { $0 << 8 | Int($1) } - 1
        return nodes.indices.contains(number) ? number : nil
    }

    // MARK: The loop

    private mutating func run() {
        let limit = MonotonicInstant(nanoseconds: 0) + scenario.timeLimit
        var end = limit
        while let (time, event) = queue.next(), time <= end {
            now = time
            eventCount += 1
            happen(event)
            if mayBeDone, !isDone, pending == 0, checker.isEveryoneServed(nodes) {
                isDone = true
                end = now + Self.aftermath
            }
            mayBeDone = false
        }
        checker.end(isDone: isDone, nodes: nodes, at: now)
    }

    /// How long a run goes on after everybody has everything: what was asked has to be answered.
    private static let aftermath = Duration.seconds(3)

    private mutating func happen(_ event: Happening) {
        switch event {
        case .arrives(let node): arrive(node)
        case .departs(let node): depart(node)
        case .connects(let pair): connect(pair)
        case .losesConnection(let node, let peer, let session):
            loseConnection(of: node, to: peer, session: session)
        case .clogs(let clog): self.clog(clog)
        case .unclogs(let pair): unclog(pair)
        case .givesUp(let pair, let session): giveUp(pair, session: session)
        case .message(let message, let from, let to, let session):
            deliver(message, from: from, to: to, session: session)
        case .wasRead(let block, let node, let peer, let session):
            enqueue(block, from: node, to: peer, session: session)
        case .hasLeft(let block, let from, let to, let session):
            leaveUplink(block, from: from, to: to, session: session)
        case .reachesLine(let block, let from, let to, let session):
            reachLine(block, from: from, to: to, session: session)
        case .received(let block, let from, let to, let session):
            deliver(block, from: from, to: to, session: session)
        case .checked(let block, let node, let sender):
            finishCheck(of: block, by: node, from: sender)
        case .alarm(let node): ring(node)
        case .looksAtPlayer(let node): lookAtPlayer(of: node, isPlanned: true)
        case .seeks(let node, let seek): self.seek(node, seek)
        case .inspection:
            checker.inspect(nodes: nodes, links: links, at: now)
            mayBeDone = true
            if !isDone { queue.plan(.inspection, at: now + Checker.interval) }
        case .faultsEnd: endFaults()
        }
    }

    /// Whether misdeeds are still committed.
    var isFaulty: Bool { now < scenario.faultsEnd }
}

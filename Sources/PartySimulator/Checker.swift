// What must hold after every step, whatever goes wrong. The checker keeps books of its own, so that a
// swarm that is wrong about itself is found out.

import PartyModel

/// Watches a run, and remembers what should not have happened.
struct Checker {
    /// How often it is looked for peers that starve.
    static let interval = Duration.seconds(1)
    /// After so many violations the rest would say the same.
    private static let violationsKept = 20
    /// Blocks that may wait for one peer in one sender's memory: 4 MiB.
    private static let blocksQueued = 64
    /// Blocks sent unasked that may be on their way to one peer: twice the credit of 2 MiB, because
    /// credit is given back when a block seems lost.
    private static let blocksPushed = 64

    private(set) var violations: [String] = []
    private(set) var duplicateBlocks = 0
    private(set) var drops = 0

    private let nodeCount: Int
    private let patience: Duration
    /// By asker and asked: what was asked of the latter when, and not answered by it.
    private var open: [[UInt32: MonotonicInstant]]
    /// By sender and receiver: blocks sent unasked that have not arrived.
    private var pushed: [Int]
    /// Since when a peer gets nothing though a neighbour has something for it.
    private var hungrySince: [MonotonicInstant?]
    /// Everything that somebody who lacks it could get was delivered.
    private var isStuckButServed = false

    init(nodeCount: Int, patience: Duration) {
        self.nodeCount = nodeCount
        self.patience = patience
        open = Array(repeating: [:], count: nodeCount * nodeCount)
        pushed = Array(repeating: 0, count: nodeCount * nodeCount)
        hungrySince = Array(repeating: nil, count: nodeCount)
    }

    mutating func note(_ violation: String, at time: MonotonicInstant) {
        guard violations.count < Self.violationsKept else { return }
        violations.append("at \(time.nanoseconds / 1_000_000) ms: \(violation)")
    }

    // MARK: Requests, as they reach who is asked: only there is it clear what is an answer

    mutating func asked(
        _ request: BlockRequest, by asker: Int, of node: Int, at time: MonotonicInstant
    ) {
        let pair = asker * nodeCount + node
        for block in request.blockNumbers {
            if open[pair].updateValue(time, forKey: block) != nil {
                note("node \(asker) asks \(node) again for \(block) before an answer", at: time)
            }
        }
        if open[pair].count > Limits.blocksRequestedPerPeer {
            note("node \(asker) asks \(node) for \(open[pair].count) blocks at once", at: time)
        }
    }

    mutating func rejected(
        _ request: BlockRequest, of asker: Int, by node: Int, at time: MonotonicInstant
    ) {
        for block in request.blockNumbers
        where open[asker * nodeCount + node].removeValue(forKey: block) == nil {
            note("node \(node) rejects \(block), which \(asker) did not ask for", at: time)
        }
    }

    /// A node sends a block; whether that is an answer.
    mutating func answered(
        _ block: BlockIndex, to asker: Int, by node: Int, at time: MonotonicInstant
    ) -> Bool {
        if open[asker * nodeCount + node].removeValue(forKey: block.number) != nil { return true }
        let pair = node * nodeCount + asker
        pushed[pair] += 1
        if pushed[pair] > Self.blocksPushed {
            note("node \(node) has \(pushed[pair]) unasked blocks under way to \(asker)", at: time)
        }
        return false
    }

    /// A connection is over, and with it all that was open in it.
    mutating func forget(_ node: Int, _ peer: Int) {
        open[peer * nodeCount + node] = [:]
        pushed[node * nodeCount + peer] = 0
    }

    // MARK: Blocks

    mutating func arrived(_ block: BlockInTransit, from node: Int, to peer: Int) {
        guard block.isPush, pushed[node * nodeCount + peer] > 0 else { return }
        pushed[node * nodeCount + peer] -= 1
    }

    mutating func discarded() { duplicateBlocks += 1 }

    mutating func dropped() { drops += 1 }

    mutating func gained(_ node: Int) { hungrySince[node] = nil }

    mutating func queued(_ count: Int, from node: Int, to peer: Int, at time: MonotonicInstant) {
        if count > Self.blocksQueued {
            note("node \(node) holds \(count) blocks in memory for \(peer)", at: time)
        }
    }

    // MARK: Progress

    /// Longer than anybody takes to connect.
    private static let connecting = Duration.seconds(2)

    /// What the last inspection found says nothing of somebody who came after it.
    mutating func somebodyCame() { isStuckButServed = false }

    /// Whether everyone who can have the film has it.
    func isEveryoneServed(_ nodes: [SimulatedNode]) -> Bool {
        isStuckButServed
            || nodes.allSatisfy { !$0.isHere || $0.isComplete || $0.mayStayHungry }
    }

    mutating func inspect(nodes: [SimulatedNode], links: [VirtualLink], at time: MonotonicInstant) {
        var isAnyoneHungry = false
        for node in nodes.indices {
            guard nodes[node].isHere, !nodes[node].isComplete, !nodes[node].mayStayHungry,
                let giver = giver(for: node, nodes: nodes, links: links, at: time)
            else {
                hungrySince[node] = nil
                continue
            }
            isAnyoneHungry = true
            let since = hungrySince[node] ?? time
            hungrySince[node] = since
            if time - since > patience {
                note("node \(node) starves beside node \(giver)", at: time)
                hungrySince[node] = time
            }
        }
        let isAnyLinkClogged = links.contains { $0.isClogged(at: time) }
        // Whoever has just come is not connected yet, and lacks everything.
        let isAnyoneNew = nodes.contains {
            $0.isHere && !$0.isComplete && time - $0.profile.arrival < Self.connecting
        }
        isStuckButServed = !isAnyoneHungry && !isAnyLinkClogged && !isAnyoneNew
    }

    /// A neighbour that has what this node lacks, and could send it.
    private func giver(
        for node: Int, nodes: [SimulatedNode], links: [VirtualLink], at time: MonotonicInstant
    ) -> Int? {
        nodes.indices.first { peer in
            let there = links[node * nodeCount + peer]
            let back = links[peer * nodeCount + node]
            return nodes[peer].isHere && there.isOpen && back.isOpen && !back.isClogged(at: time)
                && nodes[peer].profile.misdeeds.isEmpty
                && zip(nodes[peer].held, nodes[node].held).contains { $0 && !$1 }
        }
    }

    // MARK: The end

    mutating func end(isDone: Bool, nodes: [SimulatedNode], at time: MonotonicInstant) {
        guard isDone else {
            let hungry = nodes.indices.filter { nodes[$0].isHere && !nodes[$0].isComplete }
            note("nodes \(hungry) did not complete the film", at: time)
            return
        }
        for (pair, blocks) in open.enumerated() where !blocks.isEmpty {
            let (asker, peer) = pair.quotientAndRemainder(dividingBy: nodeCount)
            guard nodes[asker].isHere, nodes[peer].isHere else { continue }
            // Who has the film asks for nothing any more, but who was dropped by most still does,
            // and what it asked for lately may still be on its way.
            let limit = nodes[asker].isComplete ? Duration.zero : patience
            let late = blocks.filter { time - $0.value >= limit }.keys.sorted()
            if !late.isEmpty { note("node \(peer) never answers \(asker) for \(late)", at: time) }
        }
    }
}

extension SimulatedNode {
    /// Nobody owes the film to those whom everyone dropped for sending garbage.
    fileprivate var mayStayHungry: Bool { profile.misdeeds.contains(.sendsGarbage) }
}

extension BlockRequest {
    fileprivate var blockNumbers: [UInt32] {
        runs.flatMap { run in (0..<UInt32(run.count)).map { run.first + $0 } }
    }
}

// What does a bad evening look like? Everything that can go wrong, at once, from one seed; then nothing
// goes wrong any more, and everybody who is left must get the film.

import PartyModel

extension Scenario {
    /// A short party with late comers, leavers, liars, stopped links, pairs that never connect and
    /// jumps, all drawn from `seed`.
    public static func churn(seed: UInt64, guests: ClosedRange<Int> = 2...12) -> Scenario {
        var chance = SeededGenerator(seed: seed)
        let count = guests.lowerBound + chance.index(below: guests.count)
        var nodes = (0...count).map { _ in
            Node(
                uplink: chance.number(in: 600_000...5_000_000),
                downlink: chance.number(in: 2_000_000...12_000_000))
        }
        for guest in 1...count { nodes[guest].fail(&chance) }
        let filmSize = Int64(chance.number(in: 1...12_000_000))
        var scenario = Scenario(filmSize: filmSize, nodes: nodes)
        scenario.seed = seed
        scenario.delay = 0.002...0.080
        scenario.jitter = .milliseconds(Int64(chance.index(below: 20)))
        scenario.mediaRate = chance.number(in: 200_000...1_000_000)
        if chance.happens(0.5) { scenario.pacing = chance.number(in: 0.7...1.3) }
        scenario.faultsEnd = faultsEnd
        scenario.missingPairs = missingPairs(among: count, &chance)
        scenario.clogs = clogs(among: count, &chance)
        scenario.seeks = (0..<chance.index(below: 3)).map { _ in
            Seek(at: moment(&chance), to: Int64(chance.fraction() * Double(filmSize)))
        }
        scenario.timeLimit = .seconds(600)
        return scenario
    }

    private static let faultsEnd = MonotonicInstant(nanoseconds: 20_000_000_000)

    /// Some time before faults end.
    private static func moment(_ chance: inout SeededGenerator) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: Int64(chance.fraction() * Double(faultsEnd.nanoseconds)))
    }

    /// A tenth of the pairs of guests; the host reaches everyone.
    private static func missingPairs(among guests: Int, _ chance: inout SeededGenerator) -> Set<
        Pair
    > {
        var pairs: Set<Pair> = []
        for low in 1...guests {
            for high in low..<(guests + 1) where high > low && chance.happens(0.1) {
                pairs.insert(Pair(low, high))
            }
        }
        return pairs
    }

    private static func clogs(among guests: Int, _ chance: inout SeededGenerator) -> [Clog] {
        (0..<chance.index(below: 2 * guests)).compactMap { _ in
            let low = chance.index(below: guests)
            let high = low + 1 + chance.index(below: guests - low)
            let start = moment(&chance)
            let length = Duration.milliseconds(Int64(chance.number(in: 50...15_000)))
            return Clog(Pair(low, high), from: start, to: start + length)
        }
    }
}

extension Scenario.Node {
    /// One guest in five is late, one in six leaves, one in three does something wrong.
    fileprivate mutating func fail(_ chance: inout SeededGenerator) {
        let end = Double(20_000_000_000)
        if chance.happens(0.2) {
            arrival = MonotonicInstant(nanoseconds: Int64(chance.fraction() * end))
        }
        if chance.happens(0.17) {
            departure = Scenario.Departure(
                at: arrival + .nanoseconds(Int64(chance.fraction() * end / 2)),
                closesConnections: chance.happens(0.5))
        }
        if chance.happens(0.1) { misdeeds.insert(.sendsNothing) }
        if chance.happens(0.1) { misdeeds.insert(.claimsEverything) }
        if chance.happens(0.05) { misdeeds.insert(.sendsGarbage) }
        if chance.happens(0.1) { misdeeds.insert(.relaysNothing) }
        if chance.happens(0.1) { diskTime = .milliseconds(15) }
    }
}

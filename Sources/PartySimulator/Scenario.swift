// What is to be simulated: a film, the people who watch it, what lies between them, and what goes wrong.
//
// Invariant: a scenario and its seed determine a run to the last event.

public import PartyModel

/// One party to be simulated.
public struct Scenario: Sendable {
    /// What the whole of chance is drawn from.
    public var seed: UInt64 = 1
    /// Bytes in the film.
    public var filmSize: Int64
    /// Bytes of film per second of playing.
    public var mediaRate: Double = 1_000_000
    /// The peers; the first one hosts.
    public var nodes: [Node]

    /// The shortest and longest one-way delay between two peers.
    public var delay: ClosedRange<Double> = 0.0125...0.0125
    /// What a single transmission takes beyond that, at most.
    public var jitter = Duration.zero
    /// Pairs that can never connect.
    public var missingPairs: Set<Pair> = []
    /// When links stop, and for how long.
    public var clogs: [Clog] = []
    /// When everybody jumps to another place.
    public var seeks: [Seek] = []
    /// From here on nothing goes wrong any more: links run, and nobody leaves or misbehaves.
    public var faultsEnd = MonotonicInstant(nanoseconds: 0)
    /// To what part of its uplink each peer holds itself; `nil` when it does not.
    public var pacing: Double?

    /// When a run is given up.
    public var timeLimit = Duration.seconds(3_600)
    /// How long a peer may get nothing while a neighbour could give it something.
    public var patience = Duration.seconds(20)

    /// A party that watches a film of this size together.
    public init(filmSize: Int64, nodes: [Node]) {
        self.filmSize = filmSize
        self.nodes = nodes
    }

    /// Two peers, the smaller number first.
    public struct Pair: Hashable, Sendable {
        /// The smaller number.
        public let low: Int
        /// The larger number.
        public let high: Int

        /// The pair of these two.
        public init(_ one: Int, _ other: Int) {
            low = min(one, other)
            high = max(one, other)
        }
    }

    /// A link that stops for a time.
    public struct Clog: Hashable, Sendable {
        /// Between whom.
        public let pair: Pair
        /// From when.
        public let start: MonotonicInstant
        /// Until when.
        public let end: MonotonicInstant

        /// The link between `pair` stops from `start` to `end`.
        public init(_ pair: Pair, from start: MonotonicInstant, to end: MonotonicInstant) {
            self.pair = pair
            self.start = start
            self.end = end
        }
    }

    /// A jump of the whole party.
    public struct Seek: Hashable, Sendable {
        /// When the host presses the key; the others hear of it a one-way delay later.
        public let at: MonotonicInstant
        /// Where in the film.
        public let offset: Int64

        /// Everybody jumps to `offset` at this time.
        public init(at: MonotonicInstant, to offset: Int64) {
            self.at = at
            self.offset = offset
        }
    }
}

extension Scenario {
    /// One peer.
    public struct Node: Hashable, Sendable {
        /// Bytes per second it can send.
        public var uplink: Double
        /// Bytes per second it can receive.
        public var downlink: Double
        /// When it comes.
        public var arrival = MonotonicInstant(nanoseconds: 0)
        /// When and how it goes, if it does.
        public var departure: Departure?
        /// What it does wrong until faults end.
        public var misdeeds: Misdeeds = []
        /// How long its disk needs for a block, hashing included: SHA-256 of 64 KiB takes 40 µs, a
        /// read from a page cache less, a write and its journal entry the rest.
        public var diskTime = Duration.microseconds(300)

        /// A peer with these rates, in bytes per second.
        public init(uplink: Double, downlink: Double) {
            self.uplink = uplink
            self.downlink = downlink
        }
    }

    /// How a peer goes.
    public struct Departure: Hashable, Sendable {
        /// When.
        public let at: MonotonicInstant
        /// Whether its connections end with it; if not, the others notice only by its silence.
        public let closesConnections: Bool

        /// A departure at this time.
        public init(at: MonotonicInstant, closesConnections: Bool = true) {
            self.at = at
            self.closesConnections = closesConnections
        }
    }

    /// What a peer does wrong.
    public struct Misdeeds: OptionSet, Hashable, Sendable {
        /// One bit per misdeed.
        public let rawValue: UInt8

        /// The misdeeds of these bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Takes everything and sends no block.
        public static let sendsNothing = Misdeeds(rawValue: 1)
        /// Says it has the whole film.
        public static let claimsEverything = Misdeeds(rawValue: 2)
        /// Sends blocks that do not match.
        public static let sendsGarbage = Misdeeds(rawValue: 4)
        /// Keeps to itself what it is to pass on.
        public static let relaysNothing = Misdeeds(rawValue: 8)
    }
}

extension Scenario {
    /// Stops every link between these peers and the others for a time.
    public mutating func part(
        _ group: Set<Int>, from start: MonotonicInstant, to end: MonotonicInstant
    ) {
        for one in nodes.indices where group.contains(one) {
            for other in nodes.indices where !group.contains(other) {
                clogs.append(Clog(Pair(one, other), from: start, to: end))
            }
        }
    }

    /// The least time in which anything could bring the film to all guests: as a fluid, with every
    /// uplink full all the time (Kumar and Ross).
    public var fluidBound: Double {
        guard let host = nodes.first, nodes.count > 1 else { return 0 }
        let guests = nodes.dropFirst()
        let film = Double(filmSize)
        let slowestDownlink = guests.map(\.downlink).min() ?? host.downlink
        let uplinks = nodes.reduce(0) { $0 + $1.uplink }
        return max(
            film / host.uplink, film / slowestDownlink, Double(guests.count) * film / uplinks)
    }
}

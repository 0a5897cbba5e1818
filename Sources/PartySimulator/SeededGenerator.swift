// Where does chance come from? From one number, so that one number replays a whole run.

import PartyModel

/// SplitMix64 (Steele, Lea, Flood 2014): small, fast, and any seed is a good one.
public struct SeededGenerator: Sendable {
    private var state: UInt64

    /// The sequence of this seed.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to and without 1.
    public mutating func fraction() -> Double { Double(next() >> 11) / Double(1 << 53) }

    /// A number in a range.
    public mutating func number(in range: ClosedRange<Double>) -> Double {
        range.lowerBound + fraction() * (range.upperBound - range.lowerBound)
    }

    /// An index from 0 up to and without `count`, which is at least one.
    public mutating func index(below count: Int) -> Int { Int(next() % UInt64(max(1, count))) }

    /// Whether something of this probability happens.
    public mutating func happens(_ probability: Double) -> Bool { fraction() < probability }

    /// A duration from zero to `longest`.
    mutating func duration(upTo longest: Duration) -> Duration {
        .nanoseconds(Int64(fraction() * Double(longest.wholeNanoseconds)))
    }
}

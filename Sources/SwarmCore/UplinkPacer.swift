// How fast may this peer send, so that nothing else on its line has to wait?
//
// A modem queues whatever comes faster than its line; a pause pressed meanwhile waits behind film. So
// film is paced to nine tenths of what the line takes, and what it takes shows when the round trip of
// the small messages grows. The idea is LEDBAT's (RFC 6817): the queueing delay is the signal, not
// loss. It differs in working on whole seconds of delivered bytes rather than on a window.

import PartyModel

/// The pace of everything this peer sends over its line, LAN excepted.
public struct UplinkPacer: Sendable {
    /// How often ``look(at:delivered:inflation:)`` is to be called.
    public static let interval = Duration.milliseconds(250)
    /// A round trip this much longer than the shortest one is a queue of our own making.
    static let tooLong = Duration.milliseconds(30)
    /// Up to this it may be anything.
    static let harmless = Duration.milliseconds(15)
    /// The part of the line that film gets: measured, control messages then wait 3 ms instead of
    /// seconds, and nine tenths of the goodput are left.
    static let share = 0.9
    /// Per look, while there is room: 4 % a second finds a line that got faster within half a minute.
    static let growth = 1.01
    /// Below this a measurement says nothing about a line.
    static let slowest = 16_000.0

    /// Bytes per second, or `nil` as long as nothing limits.
    public private(set) var pace: Double?
    private var looksTooLong = 0
    private let given: Double?

    /// A pacer that finds the line's limit by itself, or keeps to one the user gave, in bytes per
    /// second.
    public init(limit: Double? = nil) {
        given = limit
        pace = limit
    }

    /// Looks at how it goes and returns the pace from here on.
    ///
    /// - Parameters:
    ///   - delivered: bytes per second that left lately.
    ///   - inflation: how much longer the round trip is than the shortest known, at the peer where
    ///     it is least; `nil` when it was not measured.
    public mutating func look(delivered: Double, inflation: Duration?) -> Double? {
        guard let inflation else { return pace }
        looksTooLong = inflation > Self.tooLong ? looksTooLong + 1 : 0
        if looksTooLong >= 2, delivered > Self.slowest {
            pace = min(delivered * Self.share, given ?? .infinity)
            looksTooLong = 0
        } else if let current = pace, inflation < Self.harmless, delivered > current * 0.8 {
            pace = min(current * Self.growth, given ?? .infinity)
        }
        return pace
    }
}

// Will the film play smoothly, and if not, how long should the room wait first?
//
// The fluid bound of a full mesh (Kumar and Ross, "Peer-assisted file distribution", 2006): no room can
// bring a film to N guests faster than the host sends, than all of them send together divided by N, or
// than the slowest guest receives.

import PartyModel

/// What the room can carry, beside what the film needs.
public struct Sustainability: Hashable, Sendable {
    /// Bytes per second that every guest can get.
    public let rate: Double
    /// Bytes per second that the film plays.
    public let needed: Double

    /// The fluid bound of a room, beside a film.
    ///
    /// - Parameters:
    ///   - hostUplink: bytes per second the host sends.
    ///   - guestUplinks: bytes per second each guest sends.
    ///   - slowestDownlink: bytes per second the slowest guest receives, if known.
    ///   - needed: bytes per second the film plays.
    public init(
        hostUplink: Double, guestUplinks: [Double], slowestDownlink: Double?, needed: Double
    ) {
        let shared =
            guestUplinks.isEmpty
            ? hostUplink
            : (hostUplink + guestUplinks.reduce(0, +)) / Double(guestUplinks.count)
        rate = min(hostUplink, shared, slowestDownlink ?? .infinity)
        self.needed = needed
    }

    /// What a guest sees by itself: what arrives, beside what the film plays.
    public init(arriving rate: Double, needed: Double) {
        self.rate = rate
        self.needed = needed
    }

    /// How long to wait so that the rest plays without a stop; `nil` when it does anyway, or when
    /// nothing arrives at all.
    ///
    /// - Parameters:
    ///   - missing: bytes that are still to come.
    ///   - playing: how long what is still to be watched takes.
    public func wait(missing: Int64, playing: Duration) -> Duration? {
        guard rate > 0, rate < needed else { return nil }
        let seconds = Double(missing) / rate - playing.inSeconds
        guard seconds > 0 else { return nil }
        return .milliseconds(Int64(min(seconds, 1e9) * 1_000))
    }
}

// When: three clocks that must never be mixed. The film's own time, the clock of this process, and
// the clock the room shares. All count nanoseconds in 64 bits: 292 years.

/// A point on this machine's monotonic clock, in nanoseconds since an arbitrary start.
///
/// Only differences mean anything, and only on the machine it was read on.
public struct MonotonicInstant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the clock's own start.
    public let nanoseconds: Int64

    /// The instant this many nanoseconds after the clock's start.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Time order.
    public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The instant `duration` later; saturates at the ends of the range.
    public static func + (instant: Self, duration: Duration) -> Self {
        Self(nanoseconds: instant.nanoseconds.addingSaturated(duration.wholeNanoseconds))
    }

    /// The instant `duration` earlier; saturates at the ends of the range.
    public static func - (instant: Self, duration: Duration) -> Self {
        Self(nanoseconds: instant.nanoseconds.subtractingSaturated(duration.wholeNanoseconds))
    }

    /// The time from `right` to `left`; saturates where 64 bits of nanoseconds do not hold it.
    public static func - (left: Self, right: Self) -> Duration {
        .nanoseconds(left.nanoseconds.subtractingSaturated(right.nanoseconds))
    }
}

/// A point on the clock the room shares: the clock keeper's monotonic clock.
public struct RoomInstant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the clock's own start.
    public let nanoseconds: Int64

    /// The instant this many nanoseconds after the clock's start.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Time order.
    public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The instant `duration` later; saturates at the ends of the range.
    public static func + (instant: Self, duration: Duration) -> Self {
        Self(nanoseconds: instant.nanoseconds.addingSaturated(duration.wholeNanoseconds))
    }

    /// The instant `duration` earlier; saturates at the ends of the range.
    public static func - (instant: Self, duration: Duration) -> Self {
        Self(nanoseconds: instant.nanoseconds.subtractingSaturated(duration.wholeNanoseconds))
    }

    /// The time from `right` to `left`; saturates where 64 bits of nanoseconds do not hold it.
    public static func - (left: Self, right: Self) -> Duration {
        .nanoseconds(left.nanoseconds.subtractingSaturated(right.nanoseconds))
    }
}

/// A position in a film, in nanoseconds from its start; never negative.
public struct MediaPosition: Hashable, Comparable, Sendable {
    /// Nanoseconds from the start of the film.
    public let nanoseconds: Int64

    /// The start of the film.
    public static let start = MediaPosition(nanoseconds: 0)

    /// The position this many nanoseconds in; below zero is the start, and more than ``longest`` is
    /// ``longest``.
    public init(nanoseconds: Int64) {
        self.nanoseconds = min(max(0, nanoseconds), Int64(Self.longest * 1e9))
    }

    /// The position this many seconds in; below zero and not-a-number are the start, and more than
    /// ``longest`` is ``longest``.
    public init(seconds: Double) {
        guard seconds > 0 else {
            self = .start
            return
        }
        self.init(nanoseconds: Int64(min(seconds, Self.longest) * 1e9))
    }

    /// Seconds from the start of the film.
    public var seconds: Double { Double(nanoseconds) / 1e9 }

    /// The longest film there is, in seconds: ten years keep every sum inside 64 bits.
    public static let longest = 315_360_000.0

    /// Order in the film.
    public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }
}

extension MediaPosition: CanonicalValue {
    /// Appends the nanoseconds.
    public func write(to writer: inout ByteWriter) { writer.write(nanoseconds) }

    /// The next position; throws outside the longest film.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        let written = try reader.read(Int64.self)
        self.init(nanoseconds: written)
        guard nanoseconds == written else { throw .malformedValue(field: "position") }
    }
}

/// How fast the film runs, as a factor of its own pace, in steps of a millionth.
public struct PlaybackSpeed: Hashable, Sendable {
    /// Millionths of the film's own pace.
    public let millionths: UInt32

    /// The film's own pace.
    public static let normal = PlaybackSpeed(millionths: 1_000_000)

    /// mpv's own bounds for `speed`, in millionths.
    public static let allowed: ClosedRange<UInt32> = 10_000...100_000_000

    /// The speed of this many millionths, moved inside ``allowed``.
    public init(millionths: UInt32) {
        self.millionths = min(max(millionths, Self.allowed.lowerBound), Self.allowed.upperBound)
    }

    /// The speed of this factor, moved inside ``allowed``; not-a-number is the slowest.
    public init(factor: Double) {
        let scaled = (factor * 1e6).rounded()
        let bounded = max(
            Double(Self.allowed.lowerBound), min(scaled, Double(Self.allowed.upperBound)))
        self.init(millionths: UInt32(bounded))
    }

    /// The factor; 1 is the film's own pace.
    public var factor: Double { Double(millionths) / 1e6 }
}

extension Duration {
    /// The duration in nanoseconds, rounded towards zero; saturates outside 64 bits.
    public var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        return product.addingSaturated(attoseconds / 1_000_000_000)
    }

    /// The duration of so many seconds, moved inside plus and minus ``MediaPosition/longest``;
    /// not-a-number is none.
    ///
    /// For what is reckoned from others' numbers: whatever they are, the sum stays inside 64 bits.
    public init(boundedSeconds seconds: Double) {
        let longest = MediaPosition.longest
        let bounded = seconds.isNaN ? 0 : min(max(seconds, -longest), longest)
        self = .nanoseconds(Int64(bounded * 1e9))
    }

    /// The duration in seconds.
    public var inSeconds: Double { Double(wholeNanoseconds) / 1e9 }
}

extension Int64 {
    func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        guard overflow else { return sum }
        return other < 0 ? .min : .max
    }

    func subtractingSaturated(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        guard overflow else { return difference }
        return other < 0 ? .max : .min
    }
}

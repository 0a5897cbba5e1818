// When did the frame come up that mpv names? Between two frames its position stands still; with the
// time of the last change a film without sound is followed as closely as one with it.

import NIOConcurrencyHelpers
import PartyModel

/// The last change of mpv's `time-pos`, as its event thread saw it.
final class FrameClock: Sendable {
    /// Positions are written with six digits behind the point.
    private static let rounding = Duration.microseconds(1)

    private let change = NIOLockedValueBox<(position: MediaPosition, at: MonotonicInstant)?>(nil)

    /// The position changed.
    func note(_ position: MediaPosition, at now: MonotonicInstant) {
        change.withLockedValue { $0 = (position, now) }
    }

    /// Since when it is `position`; `nil` when the change to it was not seen yet.
    func since(_ position: MediaPosition?) -> MonotonicInstant? {
        guard let position, let change = change.withLockedValue({ $0 }) else { return nil }
        let distance = abs(position.nanoseconds - change.position.nanoseconds)
        return distance <= Self.rounding.wholeNanoseconds ? change.at : nil
    }
}

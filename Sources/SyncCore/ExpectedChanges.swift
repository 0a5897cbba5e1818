// Did the user do this, or did we?
//
// The player reports every change of a property, its own echo of our commands included, some time
// later and possibly coalesced. A reported value that we commanded is ours and settles every command
// before it; any other is the user's, whichever way it came: key, on-screen control, script or IPC.
// After a change of the user's only what was commanded just before is still expected: it crossed the
// user's change and went over it. An older command without an echo, because the player was in that
// state already, must not swallow the user's way back.

import PartyModel

/// Commands whose echo has not come back yet, for one property.
struct ExpectedChanges<Value: Equatable & Sendable>: Sendable {
    /// An echo comes within a few milliseconds; coalesced changes have none, and must not turn a
    /// later key press into ours.
    static var patience: Duration { .seconds(1) }
    /// A command this young may still cross what the user does.
    static var crossing: Duration { .milliseconds(100) }

    private var expected: [(value: Value, since: MonotonicInstant)] = []

    /// The value the player has, as far as reported or commanded.
    private(set) var current: Value

    init(current: Value) { self.current = current }

    /// We are about to command `value`; `false` when the player has it already.
    mutating func command(_ value: Value, now: MonotonicInstant) -> Bool {
        guard value != current else { return false }
        force(value, now: now)
        return true
    }

    /// We are about to command `value` whatever the player has: opening a film sets it anew.
    mutating func force(_ value: Value, now: MonotonicInstant) {
        current = value
        expected.append((value, now))
    }

    /// The player reports `value`; `true` when that is the user's doing.
    mutating func report(_ value: Value, now: MonotonicInstant) -> Bool {
        expected.removeAll { now - $0.since > Self.patience }
        if let index = expected.firstIndex(where: { $0.value == value }) {
            expected.removeSubrange(...index)
            // Where it went over the user's doing, the player has our value and not theirs.
            if expected.isEmpty { current = value }
            return false
        }
        guard value != current else { return false }
        current = value
        expected.removeAll { now - $0.since > Self.crossing }
        return true
    }
}

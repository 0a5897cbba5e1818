// State that threads share, and may wait for.

import Foundation

/// A value behind a lock with a condition.
final class Monitor<State>: Sendable {
    private let condition = NSCondition()
    // Safety: only touched while `condition` is locked.
    nonisolated(unsafe) private var state: State

    init(_ state: sending State) { unsafe self.state = state }

    /// Reads or changes the state; whoever waits looks again.
    func withState<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        return try unsafe body(&state)
    }

    /// Waits until `body` has a result; `nil` after `seconds`.
    func wait<Result>(_ seconds: TimeInterval, for body: (State) -> Result?) -> Result? {
        let deadline = Date.now.addingTimeInterval(seconds)
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let result = unsafe body(state) { return result }
            guard condition.wait(until: deadline) else { return nil }
        }
    }
}

/// What was waited for in vain, and what was there instead.
struct NotSeen: Error, CustomStringConvertible {
    let description: String
}

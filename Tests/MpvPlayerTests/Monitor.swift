// State that threads share, and may wait for.

import Foundation

/// A value behind a lock with a condition.
final class Monitor<State>: Sendable {
    private let condition = NSCondition()
    // Safety: only touched while `condition` is locked.
    nonisolated(unsafe) private var state: State

    init(_ state: sending State) { unsafe self.state = state }

    /// Reads or changes the state; whoever waits looks again.
    func withState<Result>(_ body: (inout State) -> Result) -> Result {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        return unsafe body(&state)
    }

    /// Waits until `body` has a result, for ever or until the deadline; `nil` after that.
    func wait<Result>(
        until deadline: Date? = nil, for body: (State) -> Result?
    ) -> Result? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let result = unsafe body(state) { return result }
            if let deadline {
                guard condition.wait(until: deadline) else { return nil }
            } else {
                condition.wait()
            }
        }
    }
}

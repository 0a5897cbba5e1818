// State that the threads of a test share, and may wait for.

package import Foundation

/// A value behind a lock with a condition.
package final class Monitor<State>: Sendable {
    private let condition = NSCondition()
    // Safety: only touched while `condition` is locked.
    nonisolated(unsafe) private var state: State

    package init(_ state: sending State) { unsafe self.state = state }

    /// Reads or changes the state; whoever waits looks again.
    package func withState<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        return try unsafe body(&state)
    }

    /// Waits until `body` has a result, for ever or until the deadline; `nil` after that.
    package func wait<Result>(
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

    /// Waits until `body` has a result; `nil` after so many seconds.
    package func wait<Result>(_ seconds: TimeInterval, for body: (State) -> Result?) -> Result? {
        wait(until: .now.addingTimeInterval(seconds), for: body)
    }
}

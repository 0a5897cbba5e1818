// Sets the player going at an instant: on a thread that does nothing else, because the party's own may
// be busy with a block just then, and everybody is to start at once.
//
// Invariant: after `cancel()` has returned, the start that was set does not happen any more.

import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import PartyModel

/// A timer for one thing at a time.
final class StartTimer: Sendable {
    private struct Pending {
        var number = 0
        var task: Scheduled<Void>?
    }

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let pending = NIOLockedValueBox(Pending())

    /// Does `work` at this instant, at once if that is past, instead of what was set before.
    ///
    /// `work` is given the instant at which it really runs, and must not call the timer.
    func set(at instant: MonotonicInstant, _ work: @escaping @Sendable (MonotonicInstant) -> Void) {
        pending.withLockedValue { pending in
            pending.task?.cancel()
            pending.number += 1
            let number = pending.number
            pending.task = group.next().scheduleTask(deadline: instant.deadline) { [weak self] in
                self?.pending.withLockedValue { pending in
                    if pending.number == number { work(PartyClock.now) }
                }
            }
        }
    }

    /// Does nothing any more.
    func cancel() {
        pending.withLockedValue { pending in
            pending.task?.cancel()
            pending.task = nil
            pending.number += 1
        }
    }

    /// Ends the thread.
    func close() async {
        cancel()
        // A thread that cannot be ended ends with the process.
        try? await group.shutdownGracefully()
    }
}

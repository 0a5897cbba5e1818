// Sets the player going at an instant: on a thread that does nothing else, because the party's own may
// be busy with a block just then, and everybody is to start at once.
//
// Invariants: after `cancel()` has returned, the start that was set does not happen any more; after
// `close()` has been called, none is set.

import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import PartyModel

/// A timer for one thing at a time.
final class StartTimer: Sendable {
    private struct Pending {
        var number = 0
        var task: Scheduled<Void>?
        /// The thread ends, or has ended: it takes nothing any more.
        var isClosed = false

        mutating func clear() {
            task?.cancel()
            task = nil
            number += 1
        }
    }

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let pending = NIOLockedValueBox(Pending())

    /// Does `work` at this instant, at once if that is past, instead of what was set before.
    ///
    /// `work` is given the instant at which it really runs, and must not call the timer. Nothing
    /// happens once the timer is closed: a party that ends still follows its room for some ms.
    func set(at instant: MonotonicInstant, _ work: @escaping @Sendable (MonotonicInstant) -> Void) {
        pending.withLockedValue { pending in
            guard !pending.isClosed else { return }
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

    /// Takes back what was set.
    func cancel() {
        pending.withLockedValue { $0.clear() }
    }

    /// Ends the thread.
    func close() async {
        pending.withLockedValue { pending in
            pending.clear()
            pending.isClosed = true
        }
        // A thread that cannot be ended ends with the process.
        try? await group.shutdownGracefully()
    }
}

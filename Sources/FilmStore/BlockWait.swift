// How does a blocked read go on? Through a wait that ends once: with the block, or with the word of
// somebody who does not want it any more. Invariant: the first end counts, and comes through
// whether the reader is blocked yet or not.

internal import NIOConcurrencyHelpers
internal import Synchronization

/// One read that may have to wait.
///
/// One thread waits; any thread ends the wait.
final class BlockWait: Sendable {
    enum End: Hashable { case arrived, interrupted, cancelled }

    private let ended = Mutex<End?>(nil)
    private let isOver = ConditionLock(value: false)

    /// Ends the wait unless it has ended.
    ///
    /// Never blocks.
    func end(_ end: End) {
        ended.withLock { $0 = $0 ?? end }
        isOver.lock()
        isOver.unlock(withValue: true)
    }

    /// Returns once the wait has ended, with how it did.
    func untilEnd() -> End {
        isOver.lock(whenValue: true)
        isOver.unlock()
        guard let end = ended.withLock({ $0 }) else {
            preconditionFailure("a wait is over only because it ended")
        }
        return end
    }
}

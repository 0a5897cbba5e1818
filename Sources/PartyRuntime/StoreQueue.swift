// Which blocks wait to be checked and written, and how many go to a worker at once?
//
// Waking a thread and being woken by it costs as much as a quarter of a block's hash; so while the
// workers are busy, what comes waits here and goes to the next one that is free in one piece.

import DequeModule
import FilmStore
import PartyModel

/// Blocks on their way to the disk, in the order they came.
struct StoreQueue {
    /// A block to be checked and written.
    struct Order: Sendable {
        let film: GuestFilm
        let address: BlockAddress
        let arrival: Party.Arrival
    }

    /// Batches under way at once: one per worker.
    static let batches = 2
    /// Blocks of a batch: half a millisecond of work, so that nothing else waits long for a worker.
    static let batchSize = 8

    private var waiting = Deque<Order>()
    private var running = 0

    mutating func append(_ film: GuestFilm, _ address: BlockAddress, _ arrival: Party.Arrival) {
        waiting.append(Order(film: film, address: address, arrival: arrival))
    }

    /// What goes to a worker now; `nil` when nothing waits or all are busy.
    mutating func nextBatch() -> [Order]? {
        guard !waiting.isEmpty, running < Self.batches else { return nil }
        running += 1
        let batch = Array(waiting.prefix(Self.batchSize))
        waiting.removeFirst(batch.count)
        return batch
    }

    /// A worker is free again.
    mutating func batchEnded() { running -= 1 }
}

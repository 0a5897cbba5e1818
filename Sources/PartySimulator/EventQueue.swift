// What happens next? The earliest event, and of two at one time the one planned first: so a run never
// depends on how a heap breaks ties.

import PartyModel

/// Events in the order of their time.
struct EventQueue<Event> {
    /// The heap holds keys only: events are large, and would be copied at every swap.
    private struct Key {
        let time: MonotonicInstant
        let order: UInt64
        let slot: Int

        static func < (left: Key, right: Key) -> Bool {
            left.time != right.time ? left.time < right.time : left.order < right.order
        }
    }

    private var heap: [Key] = []
    private var events: [Event?] = []
    private var freeSlots: [Int] = []
    private var planned: UInt64 = 0

    mutating func plan(_ event: Event, at time: MonotonicInstant) {
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = free
            events[slot] = event
        } else {
            slot = events.count
            events.append(event)
        }
        heap.append(Key(time: time, order: planned, slot: slot))
        planned += 1
        siftUp(from: heap.count - 1)
    }

    /// Takes the next event out.
    mutating func next() -> (time: MonotonicInstant, event: Event)? {
        guard let first = heap.first, let event = events[first.slot] else { return nil }
        events[first.slot] = nil
        freeSlots.append(first.slot)
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            siftDown()
        }
        return (first.time, event)
    }

    private mutating func siftUp(from start: Int) {
        var child = start
        let key = heap[child]
        while child > 0 {
            let parent = (child - 1) / 2
            guard key < heap[parent] else { break }
            heap[child] = heap[parent]
            child = parent
        }
        heap[child] = key
    }

    private mutating func siftDown() {
        let key = heap[0]
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
            guard heap[child] < key else { break }
            heap[parent] = heap[child]
            parent = child
        }
        heap[parent] = key
    }
}

// Which of the player's seeks did we ask for? It reports that a seek begins and where to, some time
// later, and makes one of several that come close together.

import PartyModel

/// Seeks that were asked for and have not landed.
struct OwnSeeks: Sendable {
    /// A seek that has not begun by then never does: its target was past the end, say.
    static let patience = Duration.seconds(2)
    /// The same after the user's own began first: either mpv has put that in its place, or it begins next.
    static let patienceOvertaken = Duration.milliseconds(300)
    /// A seek goes so near to its target, unless it is another one.
    static let tolerance = Duration.milliseconds(500)

    private struct Seek {
        let target: MediaPosition
        let asked: MonotonicInstant
        var hasBegun = false
        /// When the user's own seek began before it.
        var overtaken: MonotonicInstant?
    }

    private var seeks: [Seek] = []

    /// Whether one is under way.
    var isPending: Bool { !seeks.isEmpty }

    mutating func ask(for target: MediaPosition, now: MonotonicInstant) {
        seeks.append(Seek(target: target, asked: now))
    }

    /// A seek begins; whether it is one of ours.
    ///
    /// Those asked for before it went into it.
    mutating func began(_ target: MediaPosition?, now: MonotonicInstant) -> Bool {
        let index = seeks.lastIndex { seek in
            guard !seek.hasBegun else { return false }
            guard let target else { return true }
            return abs(target.nanoseconds - seek.target.nanoseconds)
                <= Self.tolerance.wholeNanoseconds
        }
        guard let index else {
            // The user's goes over ours; but one that was asked for in that very moment may follow it,
            // and must not be taken for the user's, too.
            seeks.removeAll(where: \.hasBegun)
            for index in seeks.indices where seeks[index].overtaken == nil {
                seeks[index].overtaken = now
            }
            return false
        }
        seeks.removeFirst(index)
        seeks[0].hasBegun = true
        return true
    }

    /// A seek has landed; whether it was ours.
    mutating func landed() -> Bool {
        guard let first = seeks.first, first.hasBegun else { return false }
        seeks.removeFirst()
        return true
    }

    /// Gives up those that never began.
    mutating func expire(now: MonotonicInstant) {
        seeks.removeAll { seek in
            guard !seek.hasBegun else { return false }
            return now - seek.asked > Self.patience
                || seek.overtaken.map { now - $0 > Self.patienceOvertaken } ?? false
        }
    }

    /// There is nothing to seek in any more.
    mutating func forget() { seeks = [] }
}

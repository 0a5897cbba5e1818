// How the buffer has been growing, and so when it will be empty, or full enough.

import PartyModel

/// The recent course of what could be played.
///
/// Fed with looks at the player, some a second.
public struct Foresight: Sendable {
    /// Looks of so long count: longer than a burst, short enough to notice in time.
    static let span = Duration.seconds(4)
    /// Over less, one burst would count as a rate.
    static let shortest = Duration.seconds(2)
    /// What is further away than this may still turn out otherwise.
    public static let horizon = Duration.seconds(15)
    /// More than this needs no estimate.
    static let longestNeed = Duration.seconds(600)

    private struct Look {
        let at: MonotonicInstant
        let buffered: Duration
        /// Where what is buffered ends, in the film.
        let end: Double
    }

    private var looks: [Look] = []

    /// Takes a look at the player.
    mutating func note(_ condition: PlayerCondition, now: MonotonicInstant) {
        guard !condition.hasRest else {
            looks = []
            return
        }
        let end = condition.position.seconds + condition.buffered.inSeconds
        // The end of what is buffered goes back only by a jump: a new count begins.
        if let last = looks.last, end < last.end - 1 { looks = [] }
        looks.append(Look(at: now, buffered: condition.buffered, end: end))
        looks.removeAll { now - $0.at > Self.span }
    }

    /// When nothing will be left, if all goes on as lately; `nil` when that is not near.
    var runsDry: Duration? {
        guard let first = looks.first, let last = looks.last, let elapsed else { return nil }
        let loss = (first.buffered - last.buffered).inSeconds / elapsed
        guard loss > 0, last.buffered.inSeconds < loss * Self.horizon.inSeconds else { return nil }
        return Duration(boundedSeconds: last.buffered.inSeconds / loss)
    }

    /// How long it takes to get so much more film, at the rate of late; `nil` when nothing comes.
    func time(toGain duration: Duration) -> Duration? {
        guard duration > .zero else { return .zero }
        guard let first = looks.first, let last = looks.last, let elapsed else { return nil }
        let rate = (last.end - first.end) / elapsed
        guard rate > 0 else { return nil }
        let needed = duration.inSeconds / rate
        return needed < Self.longestNeed.inSeconds ? Duration(boundedSeconds: needed) : nil
    }

    private var elapsed: Double? {
        guard let first = looks.first, let last = looks.last, last.at - first.at >= Self.shortest
        else { return nil }
        return (last.at - first.at).inSeconds
    }
}

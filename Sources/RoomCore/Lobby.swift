// When a room that gets ready starts: when every viewer is, after a countdown.
//
// Invariant: a start that was called off is not repeated before somebody has changed their mind.

import PartyModel

/// The lobby as the keeper of the clock runs it.
struct Lobby: Sendable {
    /// From the last viewer's being ready to the first frame.
    static let countdown = Duration.seconds(3)

    /// What is to be done.
    enum Step: Hashable, Sendable {
        /// Nothing yet.
        case wait
        /// Start the countdown.
        case start
        /// Somebody is not ready after all.
        case callOff
        /// The film has begun: there is no lobby any more.
        case end
    }

    private enum State {
        case gathering
        /// These were ready when the countdown of this revision began.
        case counting(revision: UInt64, ready: Set<PeerID>)
        case calledOff
    }

    private var state = State.gathering

    /// Looks at who is ready.
    ///
    /// - Parameters:
    ///   - ready: the viewers that are.
    ///   - viewers: all of them.
    ///   - hasGuests: whether there is anybody besides the keeper.
    mutating func look(
        at intent: Intent, ready: Set<PeerID>, viewers: Set<PeerID>, hasGuests: Bool,
        now: RoomInstant
    ) -> Step {
        let areAllReady = hasGuests && viewers.isSubset(of: ready)
        switch state {
        case .gathering:
            guard intent.isPaused else { return .end }
            guard areAllReady else { return .wait }
            // Behind the last revision there is no start, and so none to wait for.
            state = .counting(revision: intent.revision &+ 1, ready: viewers)
            return .start
        case .counting(let revision, let counted):
            guard intent.revision == revision, !intent.isPaused else {
                state = .calledOff
                return intent.isPaused ? .wait : .end
            }
            guard now < intent.since else { return .end }
            // Who comes or goes meanwhile stops nobody.
            guard counted.intersection(viewers).isSubset(of: ready) else {
                state = .gathering
                return .callOff
            }
            return .wait
        case .calledOff:
            guard intent.isPaused else { return .end }
            if !areAllReady { state = .gathering }
            return .wait
        }
    }
}

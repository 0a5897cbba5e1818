// Does what nobody asked for keep the player waiting?
//
// The host gives out the film to all at the pace of its own line and in its own order. Over a line that
// takes less than that, blocks from far ahead come between those the player waits for, and others come
// twice, for whoever waits in vain for a guest to have a block sends it as well. A film that the line
// could almost carry becomes a row of stills. Whoever is on such a line does better to ask for every block
// itself, in its own order.
//
// Whoever asks gets copies that the plan would have spared the host, so only a guest whose own line is
// full may: one where all that is asked for, from whomever, comes late. Where the host's line is the short
// one, nothing comes from far ahead; where a single block is late, others are answered soon. Of rooms of 64
// with everything that can go wrong, those that counted arrivals alone stood still four times as long.

import DequeModule
import PartyModel

/// What comes in while the player waits: what it waits for, and what it does not.
struct Crowding {
    /// A player must have been waiting for so long: a jump, or a block that was lost, is over sooner.
    static let patience = Duration.seconds(2)
    /// A player waits, or is about to, where one of so many blocks from its place on is missing.
    static let next = 4
    /// What it waits for is among so many, half a mebibyte; blocks further ahead come too soon.
    static let soon = 8
    /// Blocks that must have come meanwhile: half a mebibyte, so that no single one decides.
    static let fewest = 8
    /// Of more than so many, the older ones count half.
    static let most = 64
    /// Of two wanted blocks one unwanted is too many: that is a third of the line.
    static let wantedPerUnwanted = 2
    /// With so many blocks from the player's place on, all that is urgent, what comes unasked is welcome
    /// again: a line that takes less than the film never brings them while it plays.
    static let relief = Demand.urgentBlocks
    /// So many of the last answers count.
    static let answersKept = 4
    /// A line is full where even the quickest of them took so much longer than a round trip.
    static let slowAnswer = Duration.milliseconds(250)

    /// Whether only what is asked for should come.
    private(set) var isCrowded = false
    /// How long the last answers took beyond the round trip.
    private var answers: Deque<Duration> = []
    private var waitsSince: MonotonicInstant?
    private var wanted = 0
    private var unwanted = 0

    /// The player goes elsewhere: what is on its way was meant for the old place.
    mutating func forget() {
        waitsSince = nil
        wanted = 0
        unwanted = 0
    }

    /// A block came; whether that changes ``isCrowded``.
    ///
    /// - Parameters:
    ///   - isWanted: whether it is one of those the player needs next, and was not here.
    ///   - lacksMore: whether some of those are still missing.
    ///   - isRelieved: whether ``relief`` blocks are there, or all that are left; looked at only when
    ///     it matters.
    mutating func arrived(
        isWanted: Bool, lacksMore: Bool, isRelieved: @autoclosure () -> Bool, now: MonotonicInstant
    ) -> Bool {
        guard lacksMore else {
            forget()
            guard isCrowded, isRelieved() else { return false }
            isCrowded = false
            return true
        }
        if isWanted { wanted += 1 } else { unwanted += 1 }
        let since = waitsSince ?? now
        waitsSince = since
        let isTold = wanted + unwanted >= Self.fewest && now - since >= Self.patience
        defer { forgetHalf() }
        guard !isCrowded, isTold, isLineFull, unwanted * Self.wantedPerUnwanted >= wanted
        else { return false }
        isCrowded = true
        return true
    }

    /// What the player waits for came, so long after it was asked for, the round trip not counted.
    mutating func answered(after delay: Duration) {
        answers.append(delay)
        if answers.count > Self.answersKept { answers.removeFirst() }
    }

    private var isLineFull: Bool {
        answers.count == Self.answersKept && answers.allSatisfy { $0 >= Self.slowAnswer }
    }

    private mutating func forgetHalf() {
        guard wanted + unwanted > Self.most else { return }
        wanted /= 2
        unwanted /= 2
    }
}

// Whose remarks are heard: each once, in their author's order, and not more than a person can say.
//
// Invariant: an author's numbers only grow, so that a remark that was heard is never heard again,
// whoever passes it on and however late.

import PartyModel

/// What everybody has said so far, as far as it is needed to tell news from repetition.
struct Talk: Sendable {
    /// What became of a remark that came in.
    enum Outcome: Hashable, Sendable {
        /// It is new.
        case heard
        /// It, or a later one of the author's, was heard before.
        case old
        /// Nobody here has this author's key.
        case unknownAuthor
        /// The signature is not its author's.
        case forged
        /// The author has said too much lately.
        case flood
    }

    /// Remarks an author may make at once: as fast as somebody who is excited presses a key.
    static let burst = 10
    /// After that, one each so often: faster than anybody types, slower than anybody is annoyed.
    static let interval = Duration.milliseconds(700)
    /// Authors remembered, who may have left: sixteen times as many as a room holds.
    static let authorsKept = 16 * Limits.members

    private struct Author {
        var last: UInt64 = 0
        /// When the allowance is whole again; later with every remark.
        var rested: MonotonicInstant
    }

    private var authors: [PeerID: Author] = [:]

    /// The number of this author's next remark.
    func nextNumber(of author: PeerID) -> UInt64 { (authors[author]?.last ?? 0) &+ 1 }

    /// Takes a remark from anywhere.
    mutating func take(
        _ signed: Signed<Chat>, keyOf: (PeerID) -> MemberKey?, now: MonotonicInstant
    ) -> Outcome {
        let chat = signed.content
        var author = authors[chat.author] ?? Author(rested: now)
        guard chat.number > author.last else { return .old }
        guard let key = keyOf(chat.author) else { return .unknownAuthor }
        // Before the signature is checked: a flood must not cost a check for every drop of it.
        let rested = max(author.rested, now) + Self.interval
        guard rested - now <= Self.interval * Self.burst else { return .flood }
        guard signed.isSigned(by: key) else { return .forged }
        author.last = chat.number
        author.rested = rested
        authors[chat.author] = author
        if authors.count > Self.authorsKept { authors = authors.filter { keyOf($0.key) != nil } }
        return .heard
    }
}

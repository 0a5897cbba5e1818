// Who cannot play on: what makes the whole room wait for one.

/// One peer's word that it cannot play, or that it can again.
///
/// Each peer has one, writes only its own, and the last one counts: of the latest revision of the
/// timeline the one with the largest sequence. It means nothing in another revision, and runs out
/// unless it is said again.
public struct Hold: Hashable, SignedContent {
    /// Keeps signatures over holds apart from all others.
    public static let signatureContext = "peerwatch/1 hold"

    /// What a peer lacks.
    public enum Reason: UInt8, Hashable, Sendable {
        /// Its player has nothing left to play.
        case buffering = 1
        /// Its player does not show the film yet.
        case opening = 2
    }

    /// Who cannot play.
    public let author: PeerID
    /// Grows by one with every word of its author.
    public let sequence: UInt64
    /// The revision of the intent it is about.
    public let revision: UInt64
    /// Since when the room stands still for its author; stays when the hold is renewed or released.
    public let since: RoomInstant
    /// What is missing; `nil` when the author can play again.
    public let reason: Reason?
    /// How much the author could play; never negative.
    public let buffered: Duration
    /// How long it will take at the rate of late; `nil` when that cannot be said; never negative.
    public let needed: Duration?
    /// When it runs out.
    public let until: RoomInstant

    /// A word with these properties.
    public init(
        author: PeerID, sequence: UInt64, revision: UInt64, since: RoomInstant, reason: Reason?,
        buffered: Duration, needed: Duration?, until: RoomInstant
    ) {
        self.author = author
        self.sequence = sequence
        self.revision = revision
        self.since = since
        self.reason = reason
        self.buffered = max(.zero, buffered)
        self.needed = needed.map { max(.zero, $0) }
        self.until = until
    }

    /// Whether this word of an author's replaces `other` of the same author.
    public func supersedes(_ other: Hold) -> Bool {
        guard revision == other.revision else { return revision > other.revision }
        guard sequence == other.sequence else { return sequence > other.sequence }
        // Two different words with one number: only a liar's, and still one of them has to count.
        return other.canonicalBytes.lexicographicallyPrecedes(canonicalBytes)
    }

    /// Appends all properties.
    public func write(to writer: inout ByteWriter) {
        author.raw.write(to: &writer)
        writer.write(sequence)
        writer.write(revision)
        writer.write(since.nanoseconds)
        writer.write(reason?.rawValue ?? 0)
        writer.write(buffered.wholeNanoseconds)
        writer.write(span: needed)
        writer.write(until.nanoseconds)
    }

    /// The next word.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        author = PeerID(try Bytes16(from: &reader))
        sequence = try reader.read(UInt64.self)
        revision = try reader.read(UInt64.self)
        since = RoomInstant(nanoseconds: try reader.read(Int64.self))
        let written = try reader.read(UInt8.self)
        reason = Reason(rawValue: written)
        guard written == 0 || reason != nil else { throw .malformedValue(field: "hold reason") }
        buffered = try reader.readSpan(field: "buffer")
        needed = try reader.readOptionalSpan(field: "needed")
        until = RoomInstant(nanoseconds: try reader.read(Int64.self))
    }
}

extension ByteWriter {
    /// Appends a 1 and the nanoseconds, or a 0.
    public mutating func write(span: Duration?) {
        write(span != nil)
        if let span { write(span.wholeNanoseconds) }
    }
}

extension ByteReader {
    /// The next nanoseconds; throws below zero.
    public mutating func readSpan(field: String) throws(WireViolation) -> Duration {
        let nanoseconds = try read(Int64.self)
        guard nanoseconds >= 0 else { throw .malformedValue(field: field) }
        return .nanoseconds(nanoseconds)
    }

    /// The next nanoseconds, or `nil` where their absence is written.
    public mutating func readOptionalSpan(field: String) throws(WireViolation) -> Duration? {
        try readFlag() ? try readSpan(field: field) : nil
    }
}

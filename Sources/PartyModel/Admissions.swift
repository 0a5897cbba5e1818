// Who was let in while the host was away, by the word of whoever keeps the room then.

/// The members that a keeper of the room took in for want of its host.
///
/// A keeper cannot sign for the room: its own key signs this, and the host's roster, which names that
/// key, makes it count. It says nothing about films.
public struct Admissions: Hashable, SignedContent {
    /// Keeps signatures over admissions apart from all others.
    public static let signatureContext = "peerwatch/1 admissions"

    /// The epoch of the roster that names the keeper: a newer one of the host's ends all this.
    public let term: UInt64
    /// Who keeps the room, and signs.
    public let keeper: PeerID
    /// Grows with every change by this keeper in this term; the larger one counts.
    public let version: UInt64
    /// Those taken in, in the order they came; nobody whom the roster names.
    public let members: [Member]

    /// The admissions of a keeper.
    public init(term: UInt64, keeper: PeerID, version: UInt64, members: [Member]) {
        precondition(members.count <= Limits.members)
        self.term = term
        self.keeper = keeper
        self.version = version
        self.members = members
    }

    /// Appends all properties.
    public func write(to writer: inout ByteWriter) {
        writer.write(term)
        keeper.raw.write(to: &writer)
        writer.write(version)
        writer.write(members)
    }

    /// The next admissions.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        term = try reader.read(UInt64.self)
        keeper = PeerID(try Bytes16(from: &reader))
        version = try reader.read(UInt64.self)
        members = try reader.readArray(of: Member.self, limit: Limits.members)
    }
}

/// Everybody who is in the room while its host is away: the host's last word, and the keeper's.
public struct KeptRoster: Hashable, CanonicalValue {
    /// The newest roster of the host, as far as the sender knows; it names the keeper.
    public let roster: Signed<Roster>
    /// Who came since, signed by the keeper.
    public let admissions: Signed<Admissions>

    /// A roster and what a keeper added to it.
    ///
    /// - Precondition: together they have at most ``Limits/members`` members.
    public init(roster: Signed<Roster>, admissions: Signed<Admissions>) {
        let count = roster.content.members.count + admissions.content.members.count
        precondition(count <= Limits.members)
        self.roster = roster
        self.admissions = admissions
    }

    /// Appends both.
    public func write(to writer: inout ByteWriter) {
        roster.write(to: &writer)
        admissions.write(to: &writer)
    }

    /// The next two.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        roster = try Signed(from: &reader)
        admissions = try Signed(from: &reader)
        let count = roster.content.members.count + admissions.content.members.count
        guard count <= Limits.members else {
            throw .countAboveLimit(count, limit: Limits.members)
        }
    }
}

// What people say to each other while they watch.
//
// Invariant: a text is one line of at most ``Limits/chatBytes`` bytes and not empty, whoever made it.

/// A feeling, as one of a small set that every window can draw.
public enum Reaction: UInt8, CaseIterable, Hashable, Sendable {
    case heart = 1
    case laugh = 2
    case wow = 3
    case sad = 4
    case thumb = 5
    case star = 6

    /// The reaction's name for scripts and keys.
    public var name: String { "\(self)" }

    /// The reaction of this name.
    public init?(name: String) {
        guard let reaction = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = reaction
    }
}

/// What a member says: words, or a feeling.
public enum Remark: Hashable, Sendable {
    /// One line of text.
    case text(String)
    /// A feeling.
    case reaction(Reaction)

    /// What is left of a text on one line within the limit; `nil` when that is nothing.
    public init?(text: String) {
        let line = String(String.UnicodeScalarView(text.unicodeScalars.map(\.onOneLine)))
        let clipped = line.clipped(toUTF8Count: Limits.chatBytes)
        guard clipped.contains(where: { !$0.isWhitespace }) else { return nil }
        self = .text(clipped)
    }
}

/// A remark with its place among its author's.
public struct Chat: Hashable, SignedContent {
    /// Keeps signatures over chat apart from all others.
    public static let signatureContext = "peerwatch/1 chat"

    /// Who says it.
    public let author: PeerID
    /// Grows with every remark of the author's.
    public let number: UInt64
    /// What is said.
    public let remark: Remark

    /// An author's remark of this number.
    public init(author: PeerID, number: UInt64, remark: Remark) {
        self.author = author
        self.number = number
        self.remark = remark
    }

    /// Appends author, number, kind and text or reaction.
    public func write(to writer: inout ByteWriter) {
        author.raw.write(to: &writer)
        writer.write(number)
        switch remark {
        case .text(let text):
            writer.write(UInt8(1))
            writer.write(text, limit: Limits.chatBytes)
        case .reaction(let reaction):
            writer.write(UInt8(2))
            writer.write(reaction.rawValue)
        }
    }

    /// The next remark.
    public init(from reader: inout ByteReader) throws(WireViolation) {
        author = PeerID(try Bytes16(from: &reader))
        number = try reader.read(UInt64.self)
        switch try reader.read(UInt8.self) {
        case 1:
            let text = try reader.readText(limit: Limits.chatBytes)
            guard Remark(text: text) == .text(text) else {
                throw .malformedValue(field: "chat text")
            }
            remark = .text(text)
        case 2:
            guard let reaction = Reaction(rawValue: try reader.read(UInt8.self)) else {
                throw .malformedValue(field: "reaction")
            }
            remark = .reaction(reaction)
        case _: throw .malformedValue(field: "remark")
        }
    }
}

extension Unicode.Scalar {
    /// The scalar, or a space for one that would break a line or steer a terminal.
    fileprivate var onOneLine: Unicode.Scalar {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: " "
        case _: self
        }
    }
}

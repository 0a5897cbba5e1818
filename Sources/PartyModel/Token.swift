// How do friends get in? With one word: whom to dial, the room's key to know the host by, and the
// secret that proves membership. It says nothing of the film.
//
//     pw_ + base 58 of  u8 version · u8 flags · u16 length of all bytes · room key (32)
//                       · room secret (16) · u16 count, addresses · u32 CRC-32 of all before
//
// Version, flags and length come first and the checksum last in every version, so that each can be
// told from the others what is wrong with a text. Flags are for what an older reader may ignore, and
// it does; what it may not is a new version. Flag 1: made by a member who keeps the room while its
// host is away, and leads there.

/// What lets somebody into a room.
///
/// It has no description, so that the secret cannot end up in a log.
public struct Token: Hashable, Sendable {
    /// The room; whoever answers must show that it is the host's key.
    public let room: RoomKey
    /// What proves membership.
    public let secret: RoomSecret
    /// Where its maker may be dialled; as many as ``Member`` may have.
    public let addresses: [PeerAddress]
    /// Whether whoever answers may be a member whom the host has signed, instead of the host.
    public let leadsToKeeper: Bool

    /// A token for a room; more addresses than one member may have are cut off.
    public init(
        room: RoomKey, secret: RoomSecret, addresses: [PeerAddress], leadsToKeeper: Bool = false
    ) {
        self.room = room
        self.secret = secret
        self.addresses = addresses.fittingOneMember
        self.leadsToKeeper = leadsToKeeper
    }
}

// MARK: - Writing

extension Token {
    private static let prefix = "pw_"
    private static let version: UInt8 = 1
    /// Version, flags and length.
    private static let headBytes = 4
    private static let checksumBytes = 4
    private static let keeperFlag: UInt8 = 1

    /// The token as people pass it on: one word of 100 to 130 characters for the usual addresses.
    public var text: String {
        var content = ByteWriter()
        writeContent(to: &content)
        var writer = ByteWriter()
        writer.write(Self.version)
        writer.write(leadsToKeeper ? Self.keeperFlag : 0)
        writer.write(UInt16(Self.headBytes + content.bytes.count + Self.checksumBytes))
        writer.write(raw: content.bytes)
        writer.write(CRC32.checksum(of: writer.bytes))
        return Self.prefix + Base58.encode(writer.bytes)
    }

    private func writeContent(to writer: inout ByteWriter) {
        room.raw.write(to: &writer)
        secret.raw.write(to: &writer)
        writer.write(addresses)
    }

    private init(content reader: inout ByteReader, flags: UInt8) throws(WireViolation) {
        leadsToKeeper = flags & Self.keeperFlag != 0
        room = RoomKey(try Bytes32(from: &reader))
        secret = RoomSecret(try Bytes16(from: &reader))
        addresses = try reader.readAddresses()
    }
}

// MARK: - Reading

extension Token {
    /// The token in a text, wherever it stands in it: in a sentence, in quotes, over several lines.
    ///
    /// Throws ``PartyError/tokenNotFound``, ``PartyError/tokenIncomplete``,
    /// ``PartyError/tokenMistyped`` or ``PartyError/tokenTooNew(version:)``. Only the first
    /// ``Limits/tokenTextLength`` characters are looked at.
    public init(reading text: String) throws(PartyError) {
        let looked = text.unicodeScalars.prefix(Limits.tokenTextLength)
        let scalars = Array(looked).filter(\.isVisible)
        var complaint = PartyError.tokenNotFound
        for start in Self.starts(in: scalars) {
            do throws(PartyError) {
                self = try Token(word: scalars[start...])
                return
            } catch {
                if complaint == .tokenNotFound { complaint = error }
            }
        }
        throw complaint
    }

    /// Positions behind each `pw_`, which a telephone may have made `Pw_`.
    private static func starts(in scalars: [Unicode.Scalar]) -> [Int] {
        let prefix = Array(prefix.unicodeScalars)
        return scalars.indices.map { $0 + prefix.count }.filter { end in
            end <= scalars.count
                && zip(scalars[(end - prefix.count)..<end], prefix).allSatisfy { found, wanted in
                    found.properties.lowercaseMapping == String(wanted)
                }
        }
    }

    /// The token at the front of what follows a `pw_`, spaces taken out.
    private init(word: ArraySlice<Unicode.Scalar>) throws(PartyError) {
        let digits = Base58.digits(atFrontOf: word)
        let groupDigits = Base58.digitCount(forBytes: Base58.groupBytes)
        let end = word.dropFirst(digits.count).first
        guard digits.count >= groupDigits else { throw Self.complaint(forWordEndingAt: end) }
        guard let head = Base58.decode(digits.prefix(groupDigits)) else { throw .tokenMistyped }

        let announced = Int(head[2]) << 8 | Int(head[3])
        let wanted = Base58.digitCount(forBytes: announced)
        guard digits.count >= wanted else {
            // The length is wrong, not the rest, if what is there is whole without it.
            if Self.isWhole(digits) { throw .tokenMistyped }
            throw Self.complaint(forWordEndingAt: end)
        }
        guard let bytes = Base58.decode(digits.prefix(wanted)) else { throw .tokenMistyped }
        self = try Token(bytes: bytes)
    }

    /// What is wrong with a word that is too short: it is cut off, or stops at a character that
    /// people take for one of the alphabet.
    private static func complaint(forWordEndingAt end: Unicode.Scalar?) -> PartyError {
        guard let end, "0OIl".unicodeScalars.contains(end) else { return .tokenIncomplete }
        return .tokenMistyped
    }

    /// Whether these digits hold all of a token, whatever its first four bytes say.
    private static func isWhole(_ digits: [UInt8]) -> Bool {
        guard let bytes = Base58.decode(digits) else { return false }
        var reader = ByteReader(bytes.dropFirst(headBytes).dropLast(checksumBytes))
        return (try? Token(content: &reader, flags: 0)) != nil && reader.remaining == 0
    }

    private init(bytes: [UInt8]) throws(PartyError) {
        guard bytes.count > Self.headBytes + Self.checksumBytes else { throw .tokenMistyped }
        let checked = bytes.dropLast(Self.checksumBytes)
        let checksum = bytes.suffix(Self.checksumBytes)
        guard checksum.elementsEqual(CRC32.checksum(of: checked).bigEndianBytes) else {
            throw .tokenMistyped
        }
        guard bytes[0] == Self.version else {
            throw bytes[0] > Self.version ? .tokenTooNew(version: Int(bytes[0])) : .tokenMistyped
        }
        var reader = ByteReader(checked.dropFirst(Self.headBytes))
        do throws(WireViolation) {
            self = try Token(content: &reader, flags: bytes[1])
            try reader.finish()
        } catch {
            throw .tokenMistyped
        }
    }
}

extension Unicode.Scalar {
    /// Whether people see the character: line breaks, spaces and the invisible marks that chats and
    /// mail put into long words are not part of a token.
    fileprivate var isVisible: Bool {
        !properties.isWhitespace && !properties.isDefaultIgnorableCodePoint
    }
}

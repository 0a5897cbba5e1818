import PartyModel
import Testing

@Suite("Tokens")
struct TokenTests {
    static let token = Token(
        room: Fixtures.room, secret: Fixtures.secret, addresses: Fixtures.addresses)

    /// Written by another program from the layout alone.
    static let text =
        "pw_1AhgDeuK6tJ1fzjTfjCiMg31umR44Y5op4MpoNSPsTFx5hjqKt1iQCaUYHQZNPt7NSVtCSWgDGzC7V6rFPFMj"
        + "JCG3J6AbdvRXhh11111111PRD1AhpBUkFGBFHyPXauG5bTsKeB7ctpjouA2V"

    @Test("a known token has the known text, and the text reads as the token")
    func knownAnswer() throws {
        #expect(Self.token.text == Self.text)
        #expect(try Token(reading: Self.text) == Self.token)
    }

    @Test("any addresses come back", arguments: 0...8)
    func roundTrip(count: Int) throws {
        let addresses = (0..<count).map { number -> PeerAddress in
            switch number % 3 {
            case 0: .ipv6(Fixtures.bytes16(UInt8(number)), port: UInt16(number))
            case 1: .ipv4(UInt32(number), port: .max)
            case _: .name("host-\(number).example", port: 9876)
            }
        }
        let token = Token(room: Fixtures.room, secret: Fixtures.secret, addresses: addresses)
        let read = try Token(reading: token.text)
        #expect(read.addresses == addresses)
        #expect(read.room == Fixtures.room)
        #expect(read.secret == Fixtures.secret)
    }

    @Test("LAN and public addresses make a token of 100 to 130 characters")
    func length() {
        let lan = PeerAddress.ipv4(0xC0A8_0105, port: 9876)
        let pair = Token(
            room: Fixtures.room, secret: Fixtures.secret,
            addresses: [lan, .ipv4(0xCB00_7101, port: 9876)])
        let three = Token(
            room: Fixtures.room, secret: Fixtures.secret,
            addresses: pair.addresses + [.ipv6(Fixtures.documentation, port: 9876)])
        #expect(pair.text.count == 102)
        #expect(three.text.count == 129)
    }

    @Test("more addresses than a member may have are cut off")
    func tooManyAddresses() throws {
        let token = Token(
            room: Fixtures.room, secret: Fixtures.secret,
            addresses: (0..<20).map { .ipv4($0, port: 1) })
        #expect(token.addresses.count == Limits.addressesPerMember)
        #expect(try Token(reading: token.text) == token)
    }

    @Test(
        "a token is found however it was passed on",
        arguments: [
            "  \(text)\n", "<\(text)>", "\"\(text)\"", "“\(text)”", "`\(text)`", "\(text).",
            "peerwatch join \(text)", "Come in: \(text), the film starts at eight!",
            "Pw_\(text.dropFirst(3))", "pw_ \(text.dropFirst(3))",
            "my pw_ token is \(text)", "(pw_old) \(text) and have fun",
            "peerwatch://join/\(text)",
            text.map { "\($0)\n" }.joined(), text.map { "\($0) " }.joined(),
            text.map { "\($0)\u{200B}" }.joined(),
            "\(text.prefix(40))\r\n    \(text.dropFirst(40))",
        ])
    func forgivingReading(text: String) throws {
        #expect(try Token(reading: text) == Self.token)
    }

    @Test(
        "a text without a token is called that",
        arguments: ["", "pw", "hello", "p w", "http://example.org/film.mkv", "🎬"])
    func notFound(text: String) {
        #expect(throws: PartyError.tokenNotFound) { try Token(reading: text) }
    }

    @Test("a token cut off anywhere is called incomplete")
    func everyTruncation() {
        for count in 3..<Self.text.count {
            for rest in ["", "…", "\n"] {
                #expect(throws: PartyError.tokenIncomplete, "\(count) characters") {
                    try Token(reading: Self.text.prefix(count) + rest)
                }
            }
        }
    }

    @Test("a token that lacks a character in its middle is not read")
    func everyDeletion() {
        for index in Self.text.indices.dropFirst(3) {
            var text = Self.text
            text.remove(at: index)
            #expect(throws: PartyError.self) { try Token(reading: text) }
        }
    }

    @Test("a token with any one character wrong is called mistyped")
    func everySubstitution() {
        let alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0OIl"
        var misjudged: [String] = []
        for index in Self.text.indices.dropFirst(3) {
            for wrong in alphabet where wrong != Self.text[index] {
                var text = Self.text
                text.replaceSubrange(index...index, with: [wrong])
                if complaint(about: text) != .tokenMistyped { misjudged.append(text) }
            }
        }
        #expect(misjudged.isEmpty)
    }

    private func complaint(about text: String) -> PartyError? {
        do throws(PartyError) {
            _ = try Token(reading: text)
            return nil
        } catch {
            return error
        }
    }

    @Test("a token with two characters swapped is called mistyped")
    func everySwap() {
        let characters = Array(Self.text)
        for index in 3..<(characters.count - 1) where characters[index] != characters[index + 1] {
            var swapped = characters
            swapped.swapAt(index, index + 1)
            #expect(throws: PartyError.tokenMistyped) { try Token(reading: String(swapped)) }
        }
    }

    /// Version 2, flags 7, contents that version 1 knows nothing of.
    static let newerText =
        "pw_1LfjXc3z5ES1fzjTfjCiMg31umR44Y5op4MpoNSPsTFx5hjqKt1iQCaUYHQZNPt7NSVtCSWjAPyaCLUJX6FZdQ"
        + "Gj1zTtThywu"

    @Test("a token of a newer version says so, unless it is broken")
    func newerVersion() {
        #expect(throws: PartyError.tokenTooNew(version: 2)) { try Token(reading: Self.newerText) }
        #expect(throws: PartyError.tokenIncomplete) {
            try Token(reading: String(Self.newerText.dropLast()))
        }
        #expect(throws: PartyError.tokenMistyped) {
            try Token(reading: Self.newerText.dropLast() + "z")
        }
    }

    @Test("a token says whether it leads to a keeper, and an older reader need not know")
    func keepersToken() throws {
        let token = Token(
            room: Self.token.room, secret: Self.token.secret, addresses: Self.token.addresses,
            leadsToKeeper: true)
        #expect(token.text != Self.text)
        #expect(try Token(reading: token.text) == token)
        #expect(try Token(reading: Self.text).leadsToKeeper == false)
    }

    @Test("flags that are not known are passed over")
    func unknownFlags() throws {
        let text =
            "pw_1LKxGim9sr21fzjTfjCiMg31umR44Y5op4MpoNSPsTFx5hjqKt1iQCaUYHQZNPt7NSVtCSWgDGzC7V6rFPFMjJ"
            + "CG3J6AbdvRXhh11111111PRD1AhpBUkFGBFHyPXauG5bTsKeB7ctpmqq35P"
        #expect(try Token(reading: text) == Self.token)
    }

    @Test("version 0 was never made")
    func versionZero() {
        let text =
            "pw_1111Cr5pVcn1fzjTfjCiMg31umR44Y5op4MpoNSPsTFx5hjqKt1iQCaUYHQZNPt7NSVtCSWgDGzC7V6rFP"
            + "FMjJCG3J6AbdvRXhh11111111PRD1AhpBUkFGBFHyPXauG5bTsKeB7ctp1R1i2p"
        #expect(throws: PartyError.tokenMistyped) { try Token(reading: text) }
    }

    @Test("only the front of a very long text is looked at")
    func veryLongText() throws {
        let filler = String(repeating: "x", count: Limits.tokenTextLength - Self.text.count)
        #expect(try Token(reading: filler + Self.text) == Self.token)
        #expect(throws: PartyError.tokenIncomplete) {
            try Token(reading: filler + " " + Self.text)
        }
        #expect(throws: PartyError.self) {
            try Token(reading: String(repeating: "pw_", count: 1_000_000))
        }
    }

    @Test("random words behind pw_ are refused", arguments: 1...10)
    func randomWords(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
        for _ in 0..<200 {
            let count = Int.random(in: 0...200, using: &random)
            let word = (0..<count).map { _ in alphabet[Int.random(in: 0..<58, using: &random)] }
            #expect(throws: PartyError.self) { try Token(reading: "pw_1" + String(word)) }
        }
    }
}

import PartyModel
import Testing

@Suite("A remark")
struct ChatTests {
    @Test(
        "is one line within the limit",
        arguments: [
            ("hello", "hello"), ("a\nb\tc\u{1B}[2J", "a b c [2J"), ("a\u{2028}b\u{85}c", "a b c"),
            ("🎬 {\\an8} שלום", "🎬 {\\an8} שלום"),
            (String(repeating: "é", count: 400), String(repeating: "é", count: 250)),
            (String(repeating: "👨‍👩‍👧‍👦", count: 30), String(repeating: "👨‍👩‍👧‍👦", count: 20)),
        ])
    func clipped(text: String, line: String) {
        #expect(Remark(text: text) == .text(line))
    }

    @Test("of nothing is none", arguments: ["", " ", "\n\t", "\u{2003}"])
    func nothing(text: String) {
        #expect(Remark(text: text) == nil)
    }

    @Test("comes back from bytes as it went", arguments: Reaction.allCases)
    func reactions(reaction: Reaction) throws {
        let chat = Chat(
            author: PeerID(try #require(Bytes16([UInt8](repeating: 7, count: 16)))), number: 3,
            remark: .reaction(reaction))
        #expect(try Chat(canonicalBytes: chat.canonicalBytes) == chat)
        #expect(Reaction(name: reaction.name) == reaction)
    }

    @Test("has no reaction that is not known")
    func unknownReaction() {
        #expect(Reaction(name: "skull") == nil)
    }
}

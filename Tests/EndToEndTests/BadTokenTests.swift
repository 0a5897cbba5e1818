// Tokens that lead nowhere, by what was done to them.

import Foundation
import PartyModel
import Testing

extension EndToEnd {
    @Suite("Tokens that lead nowhere")
    struct BadTokens {
        @Test("it is no token")
        func noToken() throws {
            try Stage.run { stage in
                for text in ["hello", "https://example.org/"] {
                    try stage.expect(
                        ["join", text],
                        toSay: "That is not a token; copy the whole text that starts with pw_.",
                        status: 2)
                }
            }
        }

        @Test("it is cut off")
        func cutOff() throws {
            try Stage.run { stage in
                try stage.expect(
                    ["join", String(try Token.nobodys.text.dropLast(3))],
                    toSay: "The token is cut off; copy it again, from pw_ to its last character.",
                    status: 2)
            }
        }

        @Test("it is mistyped")
        func mistyped() throws {
            try Stage.run { stage in
                var text = Array(try Token.nobodys.text)
                text[text.count / 2] = text[text.count / 2] == "x" ? "y" : "x"
                try stage.expect(
                    ["join", String(text)],
                    toSay: "The token has a typing error in it; copy it again.", status: 2)
            }
        }

        @Test("it is of a newer version")
        func newer() throws {
            try Stage.run { stage in
                try stage.expect(
                    ["join", Token.nobodys.text(asVersion: 7)],
                    toSay: "The token was made by a newer PeerWatch (token version 7); "
                        + "update this one.",
                    status: 2)
            }
        }

        @Test("it does no harm to break it over lines, or to leave words around it")
        func forgiven() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.brief(1)], command: "seed")
                let token = try host.token
                let half = token.index(token.startIndex, offsetBy: token.count / 2)
                let guest = try stage.guest(
                    "look: <\(token[..<half])\n  \(token[half...])>", ["--headless"])
                try guest.wait(for: "complete")
            }
        }
    }
}

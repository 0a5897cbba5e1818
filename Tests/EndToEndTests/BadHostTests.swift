// Hosts that cannot be reached or do not let in, as somebody who joins is told of it.

import PartyModel
import Testing

extension EndToEnd {
    @Suite("Hosts that do not let in")
    struct BadHosts {
        @Test("nobody answers: each address with its own reason")
        func nobody() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.brief(1)], command: "seed")
                let room = try Token(reading: host.token)
                let stranger = try Stranger(at: stage.address)
                let nowhere = PeerAddress.ipv4(0, port: 9)
                let token = Token(
                    room: room.room, secret: room.secret,
                    addresses: [stage.place(1), stage.place(try stranger.port), nowhere])
                try stage.expect(
                    ["join", token.text, "--headless", "--bind", stage.address],
                    toSay: "The host does not answer (\(stage.address):1: connection refused; "
                        + "\(stage.address):\(stranger.port): "
                        + "something other than PeerWatch answers; "
                        + "0.0.0.0:9: cannot be dialled); "
                        + "ask whether the room is still open and its port can be reached.",
                    status: 1)
            }
        }

        @Test("the host is someone else")
        func someoneElse() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.brief(1)], command: "seed")
                let room = try Token(reading: host.token)
                let other = try Token(
                    reading: stage.host([Films.brief(1)], name: "other", command: "seed").token)
                let token = Token(
                    room: other.room, secret: room.secret, addresses: room.addresses)
                try stage.expect(
                    ["join", token.text, "--headless", "--bind", stage.address],
                    toSay: "Whoever answers at \(stage.address):\(host.port) is not the host of "
                        + "this room; ask for a new token.",
                    status: 1)
            }
        }

        @Test("the secret is another room's")
        func wrongSecret() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.brief(1)], command: "seed")
                let room = try Token(reading: host.token)
                let token = Token(
                    room: room.room, secret: try Token.nobodys.secret, addresses: room.addresses)
                try stage.expect(
                    ["join", token.text, "--headless", "--bind", stage.address],
                    toSay: "The host at \(stage.address):\(host.port) does not accept this token; "
                        + "ask for a new one.",
                    status: 1)
            }
        }

        @Test("the room is full")
        func full() throws {
            try Stage.run { stage in
                let host = try stage.host(
                    [Films.brief(1)], ["--max-viewers", "2"], command: "seed")
                let guest = try stage.guest(host.token, ["--headless"])
                try guest.wait(for: "complete")
                let late = try stage.run(
                    ["join", host.token, "--headless", "--bind", stage.address])
                let outcome = try late.outcome()
                #expect(
                    outcome.complaints.last
                        == "peerwatch: The room is full; ask the host for a larger one "
                        + "(--max-viewers).")
                #expect(outcome.status == 1)
                #expect(outcome.output == [])
            }
        }
    }
}

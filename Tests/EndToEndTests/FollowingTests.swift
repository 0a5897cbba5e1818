// What one presses, all see: pause, play, seek and speed, whoever presses.

import Foundation
import Testing

/// Who presses the keys.
enum Presser: String, CaseIterable, CustomTestStringConvertible {
    case host, guest

    var testDescription: String { "the \(rawValue) presses" }
}

extension EndToEnd {
    @Suite("Following")
    struct Following {
        @Test("what one presses reaches the other", arguments: Presser.allCases)
        func pressed(_ presser: Presser) throws {
            try Self.watching { host, guest in
                let (one, other) = presser == .host ? (host, guest) : (guest, host)

                try one.pause()
                try other.wait(for: "pause", toBe: true)
                try MpvIPC.expectSameFrame([one, other])

                try one.command("seek", 20, "absolute+exact")
                try MpvIPC.expectSameFrame([one, other], at: 20)

                try one.set("pause", to: false)
                try other.wait(for: "pause", toBe: false)
                try other.wait(untilPast: 20.5)

                try one.command("seek", 40, "absolute+exact")
                try other.wait(untilPast: 40.5)

                // A trim of up to two percent comes on top, to stay in step.
                try one.set("speed", to: 1.5)
                try other.wait(for: "speed") { $0.number.map { abs($0 - 1.5) < 0.04 } ?? false }
                try one.set("speed", to: 1)
                try other.wait(for: "speed") { $0.number.map { abs($0 - 1) < 0.03 } ?? false }
            }
        }

        @Test("a key at one side after a key at the other: the last counts")
        func inTurn() throws {
            try Self.watching { host, guest in
                for (one, other) in [(host, guest), (guest, host), (host, guest)] {
                    try one.pause()
                    try other.wait(for: "pause", toBe: true)
                    try MpvIPC.expectSameFrame([one, other])
                    try other.set("pause", to: false)
                    try one.wait(for: "pause", toBe: false)
                }
            }
        }

        @Test("each key is told as its presser's")
        func byName() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.long()], name: "hanna")
                let guest = try stage.guest(host.token, name: "gus")
                try guest.wait(for: "first-frame")
                try MpvIPC(guest).pause()
                for peer in [host, guest] {
                    let state = try peer.wait(for: "state") { $0.text("by") == "gus" }
                    #expect(state.flag("paused") == true)
                    #expect(state.number("speed") == 1)
                }
            }
        }

        /// A host and a guest who both see the film run.
        static func watching(_ body: (MpvIPC, MpvIPC) throws -> Void) throws {
            try Stage.run { stage in
                let host = try stage.host([Films.long()])
                let guest = try stage.guest(host.token)
                for peer in [host, guest] { try peer.wait(for: "first-frame") }
                let (one, other) = (try MpvIPC(host), try MpvIPC(guest))
                for player in [one, other] { try player.wait(untilPast: 0.2) }
                try body(one, other)
            }
        }
    }
}

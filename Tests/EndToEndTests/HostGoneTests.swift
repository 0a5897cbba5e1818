// What happens to a room whose host goes: killed, cut off for a while, or home to bed.

import Foundation
import Glibc
import PartyModel
import Testing

extension EndToEnd {
    @Suite("Without the host")
    struct HostGone {
        @Test("guests with a whole film see it to its end in step, and a newcomer joins them")
        func killed() throws {
            try Stage.run { stage in
                let (host, guests) = try Self.watching(stage, Films.long())
                for guest in guests { try guest.wait(for: "complete") }
                try host.destroy()
                let keeper = try Self.expectKeeper(guests)
                for guest in guests {
                    #expect(try guest.wait(for: "supply").flag("complete") == true)
                }

                let players = try guests.map { try MpvIPC($0) }
                try players[1].set("pause", to: true)
                try players[0].wait(for: "pause", toBe: true)
                try MpvIPC.expectSameFrame(players)

                let token = try #require(try keeper.wait(for: "room").text("token"))
                let newcomer = try stage.guest(token, name: "newcomer")
                try newcomer.wait(for: "joined")
                try newcomer.wait(for: "complete")
                try newcomer.wait(for: "first-frame")
                let all = try players + [MpvIPC(newcomer)]
                try all[2].wait(for: "pause", toBe: true)
                try MpvIPC.expectSameFrame(all)

                try all[2].set("pause", to: false)
                for player in all { try player.wait(for: "pause", toBe: false) }
                try all[2].command(
                    "seek", .number(Double(Films.longSeconds - 3)), "absolute+exact")
                for peer in guests + [newcomer] { try peer.wait(for: "end") }
            }
        }

        @Test("when the second in the room goes as well, the third keeps it")
        func twoLosses() throws {
            try Stage.run { stage in
                let (host, guests) = try Self.watching(stage, Films.long())
                for guest in guests { try guest.wait(for: "complete") }
                try host.destroy()
                let first = try Self.expectKeeper(guests)
                let token = try #require(try first.wait(for: "room").text("token"))
                let newcomer = try stage.guest(token, name: "newcomer")
                try newcomer.wait(for: "first-frame")
                try first.destroy()
                let second = try #require(guests.first { $0 !== first })
                for peer in [second, newcomer] {
                    try peer.wait(for: "keeper") { $0.text("name") == second.name }
                }
                let newToken = try #require(try second.wait(for: "room").text("token"))
                let last = try stage.guest(newToken, name: "last")
                try last.wait(for: "first-frame")
                let player = try MpvIPC(last)
                // Until it has slid in, its player stands anyway.
                let here = try #require(try player.get("time-pos").number)
                try player.wait(untilPast: here + 0.2)
                try player.set("pause", to: true)
                for peer in [second, newcomer] {
                    try MpvIPC(peer).wait(for: "pause", toBe: true)
                }
            }
        }

        @Test("a host that leaves is followed at once")
        func leaves() throws {
            try Stage.run { stage in
                let (host, guests) = try Self.watching(stage, Films.long())
                for guest in guests { try guest.wait(for: "complete") }
                try stage.leave(host, by: SIGINT)
                try Self.expectKeeper(guests)
                for guest in guests {
                    try guest.wait(for: "peer") {
                        $0.text("name") == "host" && $0.text("state") == "left"
                    }
                    try guest.wait(forSentence: "The film is all here and plays to its end.")
                }
            }
        }

        @Test("what is here plays on, and everybody learns how much that is")
        func incomplete() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.long()])
                let (link, token) = try stage.slowLink(
                    to: host, bytesPerSecond: 3 * Films.longRate)
                let guests = try ["ana", "ben"].map { try stage.guest(token, name: $0) }
                for guest in guests { try guest.wait(for: "first-frame") }
                try guests[0].wait(for: "progress") {
                    $0.number("have") ?? 0 > Double(15 * Films.longRate)
                }
                let players = try guests.map { try MpvIPC($0) }
                let seen = guests.map(\.events.count)
                try host.destroy()
                withExtendedLifetime(link) {}
                // Before it is known that the host is gone: by then what is here may be nearly over.
                let here = try #require(try players[1].get("time-pos").number)
                for guest in guests {
                    let supply = try guest.wait(for: "supply")
                    #expect(supply.flag("complete") == false)
                    let seconds = try #require(supply.number("seconds"))
                    #expect(seconds < Double(Films.longSeconds))
                    try guest.wait(
                        forSentence: "The rest of the film is gone with the host; "
                            + "less than a minute of it can still be played.")
                }
                // What only one had, both get; then they stop, where both of them are.
                try players[1].wait(untilPast: here + 1)
                for (guest, count) in zip(guests, seen) {
                    try guest.wait(for: "state", from: count, within: Double(Films.longSeconds)) {
                        $0.flag("paused") == true
                    }
                }
                for player in players { try player.wait(for: "pause", toBe: true) }
            }
        }

        @Test("those left complete the film from each other")
        func completing() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.long()])
                let (link, slowToken) = try stage.slowLink(
                    to: host, bytesPerSecond: 2 * Films.longRate)
                let quick = try stage.guest(host.token, name: "quick")
                try quick.wait(for: "complete")
                let slow = try stage.guest(slowToken, name: "slow")
                try slow.wait(for: "first-frame")
                try host.destroy()
                withExtendedLifetime(link) {}
                try slow.wait(for: "complete")
            }
        }

        @Test("a host that stood still for a while is the host again, with what was pressed since")
        func returns() throws {
            try Stage.run { stage in
                let (host, guests) = try Self.watching(stage, Films.long())
                for guest in guests { try guest.wait(for: "complete") }
                host.signal(SIGSTOP)
                try Self.expectKeeper(guests)
                let players = try guests.map { try MpvIPC($0) }
                try players[1].set("pause", to: true)
                try players[0].wait(for: "pause", toBe: true)
                try players[1].command("seek", 30, "absolute+exact")
                host.signal(SIGCONT)
                for guest in guests {
                    try guest.wait(for: "keeper") { $0.flag("host") == true }
                }
                let hosts = try MpvIPC(host)
                try hosts.wait(for: "pause", toBe: true)
                try MpvIPC.expectSameFrame(players + [hosts], at: 30)
                try hosts.set("pause", to: false)
                for player in players { try player.wait(for: "pause", toBe: false) }
                for guest in guests {
                    #expect(!guest.events.contains { $0.text("state") == "left" })
                }
                try Self.expectOldTokenLeadsIn(stage, guests[0], host)
            }
        }

        /// Expects the token of a guest who has kept the room to lead to the host that is back.
        private static func expectOldTokenLeadsIn(
            _ stage: Stage, _ keeper: RunningPeerwatch, _ host: RunningPeerwatch
        ) throws {
            let token = try #require(try keeper.wait(for: "room").text("token"))
            let late = try stage.guest(token, name: "late")
            try late.wait(for: "first-frame")
            try host.wait(for: "peer") { $0.text("name") == "late" }
        }

        // MARK: Setting the scene

        /// A host and two guests who see the film, and keep it: whoever is killed tidies nothing up.
        private static func watching(
            _ stage: Stage, _ film: URL
        ) throws -> (host: RunningPeerwatch, guests: [RunningPeerwatch]) {
            let host = try stage.host([film])
            var guests: [RunningPeerwatch] = []
            for name in ["ana", "ben"] {
                let options = ["--out", try stage.makeDirectory("films-\(name)").path]
                let guest = try stage.guest(host.token, options, name: name)
                try guest.wait(for: "first-frame")
                guests.append(guest)
            }
            return (host, guests)
        }

        /// The guest that all guests say keeps the room; the first of them.
        @discardableResult
        private static func expectKeeper(_ guests: [RunningPeerwatch]) throws -> RunningPeerwatch {
            let keeper = try #require(guests.first)
            for guest in guests {
                let event = try guest.wait(for: "keeper", within: 2 * RunningPeerwatch.patience)
                #expect(event.text("name") == keeper.name)
                #expect(event.flag("here") == (guest === keeper))
            }
            return keeper
        }
    }
}

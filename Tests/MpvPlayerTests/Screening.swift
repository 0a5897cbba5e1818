// One player without window and sound, what it has told so far, and waiting for what it is to tell.

import Foundation
import Monitoring
import PartyModel
import Testing

@testable import MpvPlayer

struct NotSeen: Error, CustomStringConvertible {
    let description: String
}

/// The events of a player, in order.
final class EventJournal: Sendable {
    private let monitor = Monitor<[PlayerEvent]>([])

    var events: [PlayerEvent] { monitor.withState { $0 } }

    func record(_ event: PlayerEvent) { monitor.withState { $0.append(event) } }

    /// Waits until an event behind the first `start` matches; returns how many events there are up to
    /// and with it.
    @discardableResult
    func wait(
        for what: String, after start: Int = 0, _ matches: (PlayerEvent) -> Bool
    ) throws -> Int {
        let index = monitor.wait(20) { events in
            events.dropFirst(start).firstIndex(where: matches)
        }
        guard let index else {
            throw NotSeen(description: "no \(what) within 20 s; last: \(events.suffix(12))")
        }
        return index + 1
    }

    @discardableResult
    func wait(for event: PlayerEvent, after start: Int = 0) throws -> Int {
        try wait(for: "\(event)", after: start) { $0 == event }
    }

    /// Waits until there is another event behind the first `start`, but not for long.
    func waitBriefly(after start: Int) {
        _ = monitor.wait(0.1) { $0.count > start ? true : nil }
    }

    /// The log lines that say something went wrong.
    var errors: [String] {
        events.compactMap { event in
            if case .logged(.error, let text) = event { text } else { nil }
        }
    }
}

/// A player and its journal.
struct Screening {
    let player: Player
    let journal: EventJournal

    static let silent = ["--vo=null", "--ao=null"]

    /// Runs `body` with a player, ends the player, and fails on errors that mpv logged, other than
    /// those that contain one of `expected`.
    static func run(
        _ films: [ItemID: MemoryFilm], arguments: [String] = silent,
        expecting expected: [String] = [],
        configure: (inout PlayerConfiguration) -> Void = { $0.usesUserConfig = false },
        _ body: (Screening) throws -> Void
    ) throws {
        var configuration = PlayerConfiguration()
        configuration.mpvArguments = try MpvArguments(arguments)
        configure(&configuration)
        let journal = EventJournal()
        let player = try Player(
            configuration: configuration, films: Films(films: films), onEvent: journal.record)
        defer { player.terminate() }
        try player.startScript()
        try body(Screening(player: player, journal: journal))
        player.terminate()
        // What ffmpeg says of one player's film reaches all players of the process.
        let expected = expected + ["ffmpeg/demuxer: concat: "]
        let surprises = journal.errors.filter { line in !expected.contains { line.contains($0) } }
        #expect(surprises == [])
    }

    /// Waits until `count` more frames have been queued.
    func watch(frames count: Int, after start: Int) throws {
        var seen = start
        for _ in 0..<count {
            seen = try journal.wait(for: "frame", after: seen) { event in
                if case .position = event { true } else { false }
            }
        }
    }

    /// Waits for what mpv tells nobody by itself.
    func wait(for what: String, _ condition: () -> Bool) throws {
        let deadline = Date.now.addingTimeInterval(20)
        while Date.now < deadline {
            if condition() { return }
            journal.waitBriefly(after: journal.events.count)
        }
        throw NotSeen(description: "no \(what) in 20 s")
    }

    /// What the script tells other scripts, as JSON.
    func said(_ name: String) -> String? {
        if case .string(let json) = player.handle.property("user-data/peerwatch/\(name)") {
            return "\"\(json)\""
        }
        guard case .map(let shared) = player.handle.property("shared-script-properties"),
            case .string(let json) = shared["peerwatch-\(name)"]
        else { return nil }
        return json
    }

    func option(_ name: String) -> String? {
        let answer = player.handle.command(.command("expand-text", "${=options/\(name)}"))
        guard case .string(let value) = answer else { return nil }
        return value
    }
}

extension ItemID {
    static func sample(_ number: UInt8) throws -> ItemID {
        try #require(
            ItemID(hexadecimal: [UInt8](repeating: number, count: 16).map(hexadecimal).joined()))
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        String(format: "%02x", byte)
    }
}

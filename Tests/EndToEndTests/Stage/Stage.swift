// Where a test plays: a loopback address and directories of its own, and the processes started there.
//
// Invariant: when a stage is over, no process, no listening socket and no file of it is left; if
// there was one, the test has failed.

import Foundation
import NIOConcurrencyHelpers
import PartyModel
import Testing

/// Starts programs, and sees to it that nothing stays behind.
final class Stage: Sendable {
    /// All of 127.0.0.0/8 is this machine: on an address of its own a test has every port to itself.
    let address: String
    private let number: UInt32
    let directory: URL
    private let peers = NIOLockedValueBox<[RunningPeerwatch]>([])

    /// Marks every process started here, and those it starts.
    private static let mark = "PEERWATCH_STAGE"
    private static let stagesMade = NIOLockedValueBox(0)

    /// Without a window and without sound.
    static let silent = ["--vo=null", "--ao=null"]

    /// Lets `body` play; then everybody who still runs has to leave in good order, and nothing may
    /// be left.
    static func run(_ body: (Stage) throws -> Void) throws {
        let stage = try Stage()
        defer { try? FileManager.default.removeItem(at: stage.directory) }
        do {
            try body(stage)
            try stage.everybodyLeaves()
        } catch {
            for peer in stage.running { try peer.destroy() }
            throw error
        }
        stage.expectNothingLeft()
    }

    private init() throws {
        let count = Self.stagesMade.withLockedValue { count in
            count += 1
            return count
        }
        let process = Int(ProcessInfo.processInfo.processIdentifier)
        // Not 127.0.0.1, and no two test runs the same.
        let numbers = [127, process / 250 % 250 + 1, process % 250 + 1, count % 250 + 1]
        address = numbers.map(String.init).joined(separator: ".")
        number = numbers.reduce(0) { $0 << 8 | UInt32($1) }
        // Short: a socket's path has 107 bytes.
        directory = URL(filePath: "/tmp/pw-\(process)-\(count)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
    }

    /// Those who still run, guests before hosts.
    private var running: [RunningPeerwatch] {
        peers.withLockedValue { $0.reversed() }.filter(\.isRunning)
    }
}

// MARK: - Starting

extension Stage {
    /// Somebody who opens a room with films; `command` is `play` or `seed`.
    func host(
        _ films: [URL], _ options: [String] = [], name: String = "host", command: String = "play",
        mpv: [String] = silent, on display: Display? = nil, at end: Lab.End? = nil
    ) throws -> RunningPeerwatch {
        let arguments = [command] + options + films.map(\.path)
        return try start(
            name, arguments, mpv: command == "seed" ? nil : mpv, on: display, at: end)
    }

    /// Somebody who joins.
    func guest(
        _ token: String, _ options: [String] = [], name: String = "guest",
        called title: String? = nil, mpv: [String] = silent, on display: Display? = nil,
        at end: Lab.End? = nil
    ) throws -> RunningPeerwatch {
        try start(name, ["join", token] + options, called: title, mpv: mpv, on: display, at: end)
    }

    /// Somebody with the usual options: on this stage's address, or at an end of the lab's lines,
    /// without configuration, events on standard output, and a socket for outsiders to press the
    /// player's keys through.
    private func start(
        _ name: String, _ arguments: [String], called title: String? = nil, mpv: [String]?,
        on display: Display?, at end: Lab.End?
    ) throws -> RunningPeerwatch {
        let socket = directory.appending(path: "\(name).mpv").path
        let address = end?.address ?? address
        var words = arguments + ["--bind", address, "--name", title ?? name, "--events", "-"]
        if let mpv { words += ["--no-config", "--"] + mpv + ["--input-ipc-server=\(socket)"] }
        return try run(
            words, name: name, wrapper: end.map { ["/usr/bin/env"] + $0.prefix } ?? [],
            socket: socket, environment: display.map { ["DISPLAY": $0.name] } ?? [:])
    }

    /// Exactly these arguments, behind the words of `wrapper`, with these variables besides the
    /// usual ones; for the program that is tested, or the one that is named.
    func run(
        _ arguments: [String], of program: String = program, name: String = "user",
        wrapper: [String] = [], socket: String = "", environment: [String: String] = [:]
    ) throws -> RunningPeerwatch {
        let home = try home(of: name)
        let variables = home.environment.merging(environment) { $1 }
            .merging([Self.mark: directory.path]) { $1 }
        let peer = try RunningPeerwatch(
            name: name, home: home, socket: socket, program: wrapper + [program],
            arguments: arguments, environment: variables)
        peers.withLockedValue { $0.append(peer) }
        return peer
    }

    /// The directories of one user.
    func home(of name: String) throws -> Home { try Home(at: directory.appending(path: name)) }

    /// The program: where `scripts/test` says, else beside the tests.
    static let program =
        ProcessInfo.processInfo.environment["PEERWATCH_BINARY"]
        ?? URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "peerwatch").path

    /// A new directory for a test's own files.
    func makeDirectory(_ name: String) throws -> URL {
        let url = directory.appending(path: name)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    /// A port of this stage as tokens write it.
    func place(_ port: Int) -> PeerAddress { .ipv4(number, port: UInt16(clamping: port)) }

    /// A line at this rate to a host, and the token that leads through nothing but the line.
    func slowLink(
        to host: RunningPeerwatch, bytesPerSecond: Int
    ) throws -> (link: SlowLink, token: String) {
        let link = try SlowLink(to: address, port: host.port, bytesPerSecond: bytesPerSecond)
        let token = try Token(reading: host.token)
        let detour = Token(
            room: token.room, secret: token.secret, addresses: [place(try link.port)])
        return (link, detour.text)
    }
}

// MARK: - Leaving

extension Stage {
    /// Presses Ctrl-C wherever somebody still runs, and expects good order.
    private func everybodyLeaves() throws {
        for peer in running { try leave(peer, by: SIGINT) }
    }

    /// Asks one to leave, and expects good order: soon, with status 0, and not without saying so.
    func leave(_ peer: RunningPeerwatch, by signal: Int32) throws {
        peer.signal(signal)
        let outcome = try peer.outcome(within: Self.timeToLeave)
        #expect(outcome.status == 0 && !outcome.wasKilled, "\(peer.name): \(peer.account)")
        #expect(peer.events.last?.name == "left", "\(peer.name): \(peer.account)")
    }

    /// Seconds that leaving may take, as promised to users.
    static let timeToLeave: TimeInterval = 1

    /// Seconds that the kernel may take to clear away what belonged to a process.
    private static let timeToClear: TimeInterval = 2

    private func expectNothingLeft() {
        let deadline = Date.now.addingTimeInterval(Self.timeToClear)
        // What a test itself listened with goes, too, and not at once.
        while !Leftovers.processes(with: marking).isEmpty
            || !Leftovers.listeners(at: address).isEmpty,
            Date.now < deadline
        {
            usleep(10_000)
        }
        #expect(Leftovers.processes(with: marking) == [])
        #expect(Leftovers.listeners(at: address) == [])
        for peer in peers.withLockedValue({ $0 }) {
            #expect(peer.home.leftovers == [], "left by \(peer.name)")
        }
    }

    private var marking: String { "\(Self.mark)=\(directory.path)" }
}

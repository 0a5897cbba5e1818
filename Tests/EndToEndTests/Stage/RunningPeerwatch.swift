// One started process: what it was told, what it says, how it ends.
//
// Invariant: everything it wrote is there once `outcome` is.

import Foundation
import Glibc
import Monitoring
import Testing

/// A `peerwatch` somebody started.
final class RunningPeerwatch: Sendable {
    /// How a process ended and all it wrote.
    struct Outcome: Sendable {
        let status: Int32
        /// Ended by a signal instead of by itself.
        let wasKilled: Bool
        let output: [String]
        let complaints: [String]
    }

    private struct State {
        var output = LineReader()
        var complaints = LineReader()
        var events: [Event] = []
        var end: (status: Int32, wasKilled: Bool)?

        var outcome: Outcome? {
            guard let end, output.isAtEnd, complaints.isAtEnd else { return nil }
            return Outcome(
                status: end.status, wasKilled: end.wasKilled, output: output.lines,
                complaints: complaints.lines)
        }
    }

    /// Seconds that something which comes at once may take on a busy machine.
    static let patience: TimeInterval = 20

    let name: String
    let home: Home
    /// Where mpv listens, when it was told to.
    let socket: String
    private let process = Process()
    private let state = Monitor(State())

    /// Starts a program; its events are read from standard output if `arguments` send them there.
    init(
        name: String, home: Home, socket: String, program: [String], arguments: [String],
        environment: [String: String]
    ) throws {
        self.name = name
        self.home = home
        self.socket = socket
        let words = program + arguments
        let sendsEvents = zip(arguments, arguments.dropFirst()).contains { $0 == ("--events", "-") }
        process.executableURL = URL(filePath: words[0])
        process.arguments = Array(words.dropFirst())
        process.environment = environment
        process.currentDirectoryURL = home.directory
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe { state, data in
            let lines = state.output.append(data)
            guard sendsEvents else { return }
            for line in lines {
                do { state.events.append(try Event(line: line)) } catch {
                    Issue.record("\(name) wrote among its events: \(line)")
                }
            }
        }
        process.standardError = pipe { state, data in state.complaints.append(data) }
        process.terminationHandler = { [state] process in
            state.withState {
                $0.end = (process.terminationStatus, process.terminationReason == .uncaughtSignal)
            }
        }
        try process.runHearingSignals()
    }

    /// A pipe, and a thread that takes what comes through it, up to and with the nothing at its end.
    private func pipe(_ take: @escaping @Sendable (inout State, Data) -> Void) -> Pipe {
        let pipe = Pipe()
        Thread.detachNewThread { [state] in
            var data: Data
            repeat {
                data = pipe.fileHandleForReading.availableData
                state.withState { take(&$0, data) }
            } while !data.isEmpty
        }
        return pipe
    }

    // MARK: What it says

    var events: [Event] { state.withState { $0.events } }

    /// What it said on standard error so far.
    var complaints: [String] { state.withState { $0.complaints.lines } }

    /// The first event of this name, from the one numbered `start` on, that is as wanted; waits for it.
    @discardableResult
    func wait(
        for name: String, from start: Int = 0, within seconds: TimeInterval = patience,
        where isWanted: (Event) -> Bool = { _ in true }
    ) throws -> Event {
        let found = state.wait(seconds) { state -> Event?? in
            let match = state.events.dropFirst(start).first { $0.name == name && isWanted($0) }
            if let match { return match }
            return state.outcome == nil ? nil : .some(nil)
        }
        if let event = found ?? nil { return event }
        throw NotSeen(description: "no \(name) from \(self.name); \(account)")
    }

    /// Waits until it said this on standard error.
    func wait(forSentence sentence: String, within seconds: TimeInterval = patience) throws {
        let found = state.wait(seconds) { state in
            state.complaints.lines.contains(sentence) ? true : nil
        }
        guard found != nil else {
            throw NotSeen(description: "\(name) never said “\(sentence)”; \(account)")
        }
    }

    /// Waits until it wrote a line on standard output that begins like this; returns the rest of it.
    @discardableResult
    func wait(forLine beginning: String, within seconds: TimeInterval = patience) throws -> String {
        let rest = state.wait(seconds) { state in
            state.output.lines.first { $0.hasPrefix(beginning) }?.dropFirst(beginning.count)
        }
        guard let rest else {
            throw NotSeen(description: "\(name) never wrote “\(beginning)”; \(account)")
        }
        return String(rest)
    }

    /// The first line on standard output.
    func firstLine() throws -> String {
        let line = state.wait(Self.patience) { $0.output.lines.first }
        return try #require(line, "\(name) wrote nothing; \(account)")
    }

    /// The token of the room it opened.
    var token: String {
        get throws { try #require(try wait(for: "room").text("token")) }
    }

    /// The port it listens on.
    var port: Int {
        get throws { Int(try #require(try wait(for: "listening").number("port"))) }
    }

    /// All it said so far, for whoever reads of a failure.
    var account: String {
        state.withState { state in
            let end = state.end.map { "ended with \($0.status)" } ?? "running"
            return
                ([end] + state.events.suffix(20).map(\.description)
                + (state.complaints.lines + state.output.lines).suffix(20)).joined(separator: "\n")
        }
    }

    // MARK: How it ends

    /// Whether it still runs.
    var isRunning: Bool { state.withState { $0.end == nil } }

    /// The files it has mapped, one line for each piece of one.
    func mappedFiles() throws -> String {
        try String(contentsOfFile: "/proc/\(process.processIdentifier)/maps", encoding: .utf8)
    }

    /// Sends it a signal.
    func signal(_ number: Int32) { Glibc.kill(process.processIdentifier, number) }

    /// Waits until it has ended.
    @discardableResult
    func outcome(within seconds: TimeInterval = patience) throws -> Outcome {
        guard let outcome = state.wait(seconds, for: \.outcome) else {
            throw NotSeen(description: "\(name) did not end within \(seconds) s; \(account)")
        }
        return outcome
    }

    /// Ends it whatever it does.
    func destroy() throws {
        signal(SIGKILL)
        try outcome()
    }
}

/// Bytes into lines.
private struct LineReader {
    private var rest = Data()
    private(set) var lines: [String] = []
    private(set) var isAtEnd = false

    /// Takes bytes, none at the end, and returns the lines they complete.
    @discardableResult
    mutating func append(_ data: Data) -> [String] {
        isAtEnd = data.isEmpty
        rest += data
        var parts = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        rest = Data(parts.removeLast())
        var complete = parts.map { String(decoding: $0, as: UTF8.self) }
        if isAtEnd, !rest.isEmpty { complete.append(String(decoding: rest, as: UTF8.self)) }
        lines += complete
        return complete
    }
}

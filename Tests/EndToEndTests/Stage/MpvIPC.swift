// The keys and the clock of a running player, through the socket that mpv itself offers to scripts.

import Foundation
import Monitoring
import NIOCore
import NIOPosix

/// A connection to one mpv's `--input-ipc-server`.
final class MpvIPC: Sendable {
    private struct State {
        var lastNumber = 0
        var replies: [Int: JSON] = [:]
        var properties: [String: JSON] = [:]
        var observed: Set<String> = []

        mutating func hear(_ line: String) {
            guard let message = try? JSON(line: line) else { return }
            if let number = message["request_id"]?.number { replies[Int(number)] = message }
            if message["event"] == "property-change", let name = message["name"]?.text {
                properties[name] = message["data"] ?? .null
            }
        }
    }

    private let peer: RunningPeerwatch
    private let channel: any Channel
    private let state: Monitor<State>

    /// Connects to the player of a program; waits until it listens.
    init(_ peer: RunningPeerwatch) throws {
        let state = Monitor(State())
        self.peer = peer
        self.state = state
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        ByteToMessageHandler(Lines()),
                        Hearing { line in state.withState { $0.hear(line) } })
                }
            }
        let deadline = Date.now.addingTimeInterval(RunningPeerwatch.patience)
        while true {
            do {
                channel = try bootstrap.connect(unixDomainSocketPath: peer.socket).wait()
                return
            } catch {
                guard peer.isRunning, Date.now < deadline else {
                    throw NotSeen(description: "no socket of mpv: \(error); \(peer.account)")
                }
                usleep(10_000)
            }
        }
    }

    deinit { channel.close(promise: nil) }

    /// Gives mpv a command and returns its answer; throws when mpv does not take it.
    @discardableResult
    func command(_ words: JSON...) throws -> JSON {
        let number = state.withState { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        let request = JSON.object(["command": .list(words), "request_id": .number(Double(number))])
        let line = try JSONEncoder().encode(request) + [UInt8(ascii: "\n")]
        try channel.writeAndFlush(ByteBuffer(bytes: line)).wait()
        let answer = state.wait(RunningPeerwatch.patience) { $0.replies[number] }
        guard let answer, answer["error"] == "success" else {
            throw NotSeen(description: "\(words): \(answer.map { "\($0)" } ?? "no answer")")
        }
        return answer["data"] ?? .null
    }

    /// What a script sets, as `set_property` does.
    func set(_ property: String, to value: JSON) throws {
        try command("set_property", .text(property), value)
    }

    /// A property now.
    func get(_ property: String) throws -> JSON { try command("get_property", .text(property)) }

    /// Waits until a property is as wanted, and returns it.
    @discardableResult
    func wait(
        for property: String, within seconds: TimeInterval = RunningPeerwatch.patience,
        where isWanted: (JSON) -> Bool
    ) throws -> JSON {
        let isNew = state.withState { $0.observed.insert(property).inserted }
        if isNew { try command("observe_property", 1, .text(property)) }
        let value = state.wait(seconds) { state in
            state.properties[property].flatMap { isWanted($0) ? $0 : nil }
        }
        if let value { return value }
        let last = state.withState { $0.properties[property] }
        throw NotSeen(
            description:
                "\(property) of \(peer.name) is \(last.map { "\($0)" } ?? "unknown") after "
                + "\(seconds) s; \(peer.account)")
    }

    /// Waits until a property has this value.
    func wait(for property: String, toBe value: JSON) throws {
        try wait(for: property) { $0 == value }
    }

    /// Waits until what PeerWatch's script tells other scripts is as wanted: user-data, or before
    /// mpv 0.36 JSON in shared-script-properties.
    func wait(forScript name: String, where isWanted: (String) -> Bool) throws {
        let shared = "shared-script-properties"
        if (try? get("user-data")) != nil {
            try wait(for: "user-data/peerwatch/\(name)") { isWanted($0.line) }
        } else {
            try wait(for: shared) { $0["peerwatch-\(name)"]?.text.map(isWanted) ?? false }
        }
    }

    /// Waits until PeerWatch's script says this of itself.
    func wait(forScript name: String, toSay value: JSON) throws {
        try wait(forScript: name) { $0 == value.line }
    }

    /// Waits until PeerWatch's script hears keys and messages; the picture may be there before it.
    func waitForScript() throws { try wait(forScript: "input", toSay: "none") }

    /// Waits until the film runs at or behind this second.
    func wait(
        untilPast seconds: Double, within limit: TimeInterval = RunningPeerwatch.patience
    ) throws {
        try wait(for: "time-pos", within: limit) { $0.number.map { $0 >= seconds } ?? false }
    }

    /// Pauses a film once it plays: a player that has just joined stands until the room comes by.
    func pause() throws {
        try wait(for: "pause", toBe: false)
        try set("pause", to: true)
    }
}

/// Bytes into lines.
private struct Lines: ByteToMessageDecoder {
    typealias InboundOut = String

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws
        -> DecodingState
    {
        let bytes = buffer.readableBytesView
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")),
            let line = buffer.readString(length: end - bytes.startIndex)
        else { return .needMoreData }
        buffer.moveReaderIndex(forwardBy: 1)
        context.fireChannelRead(wrapInboundOut(line))
        return .continue
    }
}

private final class Hearing: ChannelInboundHandler, Sendable {
    typealias InboundIn = String

    private let hear: @Sendable (String) -> Void

    init(_ hear: @escaping @Sendable (String) -> Void) { self.hear = hear }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { hear(unwrapInboundIn(data)) }
}

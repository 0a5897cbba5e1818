// An mpv that its user has started, with our plugin in it.

import Foundation
import Testing

extension Stage {
    /// Starts the mpv of this machine, with these words behind the ones that all need.
    func stockMpv(
        _ words: [String], name: String = "stock", script: String? = plugin
    ) throws -> RunningPeerwatch {
        let socket = directory.appending(path: "\(name).mpv").path
        let options =
            (script.map { ["--script=\($0)"] } ?? []) + [
                "--input-ipc-server=\(socket)",
                "--script-opts=peerwatch_mpv-name=\(name),peerwatch_mpv-bind=\(address)",
            ]
        return try run(
            Self.silent + options + words, of: "/usr/bin/mpv", name: name, socket: socket)
    }

    /// Presses q, and expects good order.
    func quit(_ peer: RunningPeerwatch) throws {
        try MpvIPC(peer).command("quit")
        let outcome = try peer.outcome(within: Self.timeToLeave)
        #expect(outcome.status == 0 && !outcome.wasKilled, "\(peer.name): \(peer.account)")
        #expect(!outcome.output.contains { $0.contains("Lua error") }, "\(peer.account)")
    }

    /// The plugin, beside the program.
    static let plugin =
        URL(filePath: program).deletingLastPathComponent()
        .appending(path: "libpeerwatch_mpv.so").path
}

extension RunningPeerwatch {
    /// Waits until the plugin said this.
    func wait(forPluginToSay sentence: String) throws {
        try wait(forLine: "PeerWatch: \(sentence)")
    }
}

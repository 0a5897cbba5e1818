// The options that all commands share, and how they become a configuration.

import ArgumentParser
import Foundation
import MeshTransport
import MpvPlayer
import PartyModel
import PartyRuntime

/// Options of every command.
struct SharedOptions: ParsableArguments {
    @Option(
        name: [.long, .customLong("port", withSingleDash: true)],
        help: "Port to listen on; without it 9876, or the next free one.")
    var port: Int?

    @Option(help: ArgumentHelp("Address to listen on (repeatable).", valueName: "address"))
    var bind: [String] = []

    @Option(
        help: ArgumentHelp(
            "Address to tell others, HOST or HOST:PORT (repeatable).", valueName: "host"))
    var advertise: [String] = []

    @Option(help: "Name shown to the others; without it the login name.")
    var name: String?

    @Option(
        help: ArgumentHelp(
            "Write what happens as lines of JSON to a file, - for standard output.",
            valueName: "file"))
    var events: String?

    @Option(
        help: ArgumentHelp(
            "The most to send, LAN excepted, as in 8mbit or 2MB a second.", valueName: "rate"))
    var maxUpload: TransferRate?

    @Option(
        help: ArgumentHelp(
            "The most to receive, LAN excepted, as in 8mbit or 2MB a second.", valueName: "rate"))
    var maxDownload: TransferRate?

    @Flag(help: "Say more of what goes on.")
    var verbose = false

    /// Ports a user may ask for.
    static let ports = 1...65_535

    func validate() throws {
        if let port, !Self.ports.contains(port) {
            throw ValidationError("\(port) is no port; choose one from 1 to 65535.")
        }
    }

    /// The configuration these options give a role.
    func configuration(
        _ role: PartyConfiguration.Role, player: PlayerOptions?
    ) throws -> PartyConfiguration {
        PartyConfiguration(
            role: role, name: name ?? NSUserName(), isHeadless: player?.headless ?? true,
            port: port,
            bindAddresses: try bind.map(Self.listeningHost),
            advertisedAddresses: try advertise.map { try PeerAddress(hostAndPort: $0) },
            uploadLimit: maxUpload?.bytesPerSecond, downloadLimit: maxDownload?.bytesPerSecond,
            usesMpvConfiguration: !(player?.noConfig ?? false),
            loadsMpvScripts: !(player?.noScripts ?? false),
            mpvArguments: try MpvArguments(CommandWords.mpv))
    }
}

extension SharedOptions {
    /// The address of `--bind`, which has no port: that is `--port`.
    private static func listeningHost(_ text: String) throws(PartyError) -> String {
        let address = try PeerAddress(hostAndPort: text)
        guard address.port == 0 else { throw .bindWithPort(text: text) }
        return address.host
    }
}

/// Options of commands that may open a player.
struct PlayerOptions: ParsableArguments {
    @Flag(help: "No window: share or fetch at full speed.")
    var headless = false

    @Flag(help: "Ignore your own mpv configuration.")
    var noConfig = false

    @Flag(help: "Do not load your own mpv scripts.")
    var noScripts = false
}

// How does a room get into an mpv that somebody has open? mpv loads us as a plugin and lends us a
// handle. On it we listen for invitations, and from it each room gets a client of its own, which is
// to that room what a core of our own would be. What a room changes is put back when it is over.
//
// Invariant: an invitation is out of mpv's playlist before mpv opens it. What mpv opens, it may
// remember: in its history, in the position it saves, in its title.

import CMpv
import NIOConcurrencyHelpers
public import PartyModel

/// What the user of an open mpv asks of us.
public enum LenderRequest: Hashable, Sendable {
    /// To join a room; the text holds a token, or is meant to.
    case join(String)
    /// The same, by an address that mpv was to open in place of what it played.
    case open(String)
    /// To open a room with the film that plays.
    case host
    /// To leave the room.
    case leave
}

/// A film that mpv has open.
public struct OpenFilm: Hashable, Sendable {
    /// Its absolute path, or its address.
    public let path: String
    /// Where in the film mpv is.
    public let position: MediaPosition

    /// Whether it is a film of a room's, and no file of the user's.
    public var isOfRoom: Bool { FilmStreams.isOurs(path) }
}

/// An mpv that somebody has open, and that has loaded us as a plugin.
///
/// Any thread, unless it says otherwise. It must not be used once ``run(_:)`` has returned and
/// mpv's call of the plugin with it.
public final class MpvLender: Sendable {
    private struct State {
        var films: (any FilmProvider)?
        var before: Before?
        /// What decides whether it ends with its playlist, while that is suspended.
        var ends: [Setting] = []
    }

    private struct Setting {
        let name: String
        let value: MpvNode
    }

    /// What the mpv was doing before a room took it over.
    private struct Before {
        let film: OpenFilm?
        let queue: Queue
        let settings: [Setting]
    }

    /// What mpv plays before and behind what is open; where nothing is, all of it is `later`.
    private struct Queue {
        var earlier: [String] = []
        var later: [String] = []
    }

    /// Answers for the films of whichever room there is.
    private final class RoomsFilms: FilmProvider {
        let state = NIOLockedValueBox(State())

        func open(_ item: ItemID) -> (any FilmInput)? {
            state.withLockedValue { $0.films }?.open(item)
        }
    }

    private let handle: MpvHandle
    private let rooms = RoomsFilms()
    /// Registered for as long as mpv runs: it cannot forget a scheme.
    let streams: FilmStreams

    /// The client a room gets; mpv's library calls its first client so, and our script writes to it.
    private static let clientName = "main"
    /// Our hook before those of other scripts, which read the playlist.
    private static let hookPriority: CInt = 0
    /// For mpv to close a film it was told to stop, the time its demuxer may take included.
    private static let patience = Duration.seconds(2)
    /// How long a sentence stays on the screen, in milliseconds.
    private static let sentenceTime: Int64 = 6_000

    /// Takes the handle that mpv lends a plugin, before the first event is taken from it.
    ///
    /// - Throws: `PartyError.playerFailed` when this mpv cannot play from a plugin.
    public init(lent pointer: OpaquePointer) throws(PartyError) {
        handle = unsafe try MpvHandle(lent: pointer)
        streams = FilmStreams(rooms)
        try handle.register(streams)
        _ = unsafe handle.use {
            unsafe handle.mpv.hook_add($0, 0, "on_before_start_file", Self.hookPriority)
        }
    }

    /// Listens until mpv quits; on the thread that mpv has called the plugin on.
    ///
    /// `hear` must return soon: mpv waits for it before it opens a file.
    public func run(_ hear: (LenderRequest) -> Void) {
        _ = unsafe handle.use { pointer in
            while let event = unsafe handle.mpv.wait_event(pointer, -1)?.pointee {
                switch unsafe event.event_id {
                case MPV_EVENT_SHUTDOWN: return
                case MPV_EVENT_CLIENT_MESSAGE:
                    unsafe request(in: MpvEventLoop.words(of: event)).map(hear)
                case MPV_EVENT_START_FILE: mayEndAgain()
                case MPV_EVENT_HOOK:
                    takeInvitation().map(hear)
                    guard let hook = unsafe event.data?.assumingMemoryBound(to: mpv_event_hook.self)
                    else { continue }
                    _ = unsafe handle.mpv.hook_continue(pointer, hook.pointee.id)
                default: continue
                }
            }
        }
    }

    /// Shows a sentence in the window for some seconds, and writes it to mpv's terminal.
    public func say(_ sentence: String) {
        _ = handle.command(
            .list([.string("show-text"), .string(sentence), .integer(Self.sentenceTime)]))
        write(sentence)
    }

    /// Writes a sentence to mpv's terminal only.
    public func write(_ sentence: String) {
        _ = handle.command(.command("print-text", "PeerWatch: \(sentence)"))
    }

    /// The film that is open, be it of a room or not.
    public var film: OpenFilm? {
        guard case .string(let path) = handle.property("path") else { return nil }
        var position = MediaPosition.start
        if case .double(let seconds) = handle.property("time-pos") {
            position = MediaPosition(seconds: seconds)
        }
        guard !path.hasPrefix("/"), !path.contains("://"),
            case .string(let directory) = handle.property("working-directory")
        else { return OpenFilm(path: path, position: position) }
        return OpenFilm(path: "\(directory)/\(path)", position: position)
    }

    /// An option of ours in mpv's `script-opts`, where its name begins with `peerwatch_mpv-`.
    public func option(_ name: String) -> String? {
        guard case .map(let options) = handle.property("script-opts"),
            case .string(let value) = options["peerwatch_mpv-\(name)"]
        else { return nil }
        return value
    }
}

// What the user says.
extension MpvLender {
    /// The request in the words of a script message.
    private func request(in words: [String]) -> LenderRequest? {
        let rest = words.first == ScriptBridge.sender ? words.dropFirst() : words[...]
        switch rest.first {
        case "join": return .join(rest.dropFirst().joined(separator: " "))
        case "play" where rest.count == 1: return .host
        case "leave" where rest.count == 1: return .leave
        default: return nil
        }
    }

    /// The invitation that mpv is about to open, if it is one; mpv then stays open with nothing.
    private func takeInvitation() -> LenderRequest? {
        let playlist = self.playlist
        guard let index = playlist.firstIndex(where: \.isCurrent),
            Self.isInvitation(playlist[index].address)
        else { return nil }
        stayOpen()
        _ = handle.command(.command("stop", "keep-playlist"))
        _ = handle.command(.command("playlist-remove", "\(index)"))
        return .open(playlist[index].address)
    }

    /// What is in mpv's playlist.
    private var playlist: [(address: String, isCurrent: Bool)] {
        guard case .list(let entries) = handle.property("playlist") else { return [] }
        return entries.compactMap { entry in
            guard case .map(let fields) = entry, case .string(let address) = fields["filename"]
            else { return nil }
            return (address, fields["current"] == .flag(true))
        }
    }

    /// Whether an address is of ours and of no film: `peerwatch://join/pw_…`.
    private static func isInvitation(_ address: String) -> Bool {
        FilmStreams.isOurs(address) && FilmStreams.item(at: address) == nil
    }
}

// Taking over and giving back.
extension MpvLender {
    /// What a room changes for longer than a film.
    private static let namesOfSettings = ["pause", "speed", "audio-pitch-correction"]
    /// What decides whether mpv and its window are there while nothing is open.
    private static let namesOfEnds = ["idle", "force-window"]

    /// Lets a room have this mpv: what is open is closed, and `peerwatch://` is that room's.
    ///
    /// Returns the client for the room to use and end. One room at a time.
    func lend(for films: any FilmProvider) throws(PartyError) -> MpvHandle {
        let client = try MpvHandle(clientOf: handle, named: Self.clientName)
        guard client.clientName == Self.clientName else {
            client.terminate()
            throw .playerFailed(reason: "another plugin of this mpv is called \(Self.clientName)")
        }
        let before = Before(
            film: film, queue: queue, settings: settings(Self.namesOfSettings))
        rooms.state.withLockedValue { state in
            state.films = films
            state.before = before
        }
        stayOpen()
        _ = handle.command(.command("stop"))
        handle.set("pause", .flag(true))
        handle.set("speed", .double(1))
        return client
    }

    /// What is before and behind what mpv has open.
    private var queue: Queue {
        let playlist = self.playlist
        let index = playlist.firstIndex(where: \.isCurrent)
        return Queue(
            earlier: playlist.prefix(index ?? 0).map(\.address),
            later: playlist.dropFirst(index.map { $0 + 1 } ?? 0).map(\.address))
    }

    /// Ends what the room played, and opens what was open before, paused, between what was in the
    /// playlist.
    ///
    /// Blocks until mpv has closed the room's film; idempotent.
    func takeBack() {
        guard rooms.state.withLockedValue({ $0.films != nil }) else { return }
        // Also without a film: one that could not be played is still in the playlist.
        if film?.isOfRoom ?? true { _ = handle.command(.command("stop")) }
        _ = streams.waitUntilClosed(Self.patience)
        let before = rooms.state.withLockedValue { state in
            defer { (state.films, state.before) = (nil, nil) }
            return state.before
        }
        guard let before else { return }
        for setting in before.settings { handle.set(setting.name, setting.value) }
        if let film = before.film {
            handle.set("pause", .flag(true))
            _ = handle.command(
                .map([
                    "name": .string("loadfile"), "url": .string(film.path),
                    "options": .map(["start": .string("\(film.position.seconds)")]),
                ]))
        }
        refill(before.queue, around: before.film)
    }

    /// Puts the rest of a playlist back around the film that is open, if one is.
    private func refill(_ queue: Queue, around film: OpenFilm?) {
        for address in queue.earlier + queue.later {
            _ = handle.command(.command("loadfile", address, "append"))
        }
        guard film != nil else { return }
        // From the first place to the one before this.
        let next = queue.earlier.count + 1
        _ = handle.command(.command("playlist-move", "0", "\(next)"))
    }

    /// Keeps mpv and its window from closing while nothing is open.
    private func stayOpen() {
        let ends = settings(Self.namesOfEnds)
        rooms.state.withLockedValue { if $0.ends.isEmpty { $0.ends = ends } }
        for name in Self.namesOfEnds { handle.set(name, .string("yes")) }
    }

    /// When its user opens something after a room, mpv ends behind that if it always did.
    ///
    /// Not earlier: between two files it would end at once.
    private func mayEndAgain() {
        let ends = rooms.state.withLockedValue { state in
            guard state.films == nil else { return [Setting]() }
            defer { state.ends = [] }
            return state.ends
        }
        for setting in ends { handle.set(setting.name, setting.value) }
    }

    private func settings(_ names: [String]) -> [Setting] {
        names.compactMap { name in handle.property(name).map { Setting(name: name, value: $0) } }
    }
}

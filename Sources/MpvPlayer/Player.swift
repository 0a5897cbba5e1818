// The player as the room sees it: load, pause, seek, speed; events; one consistent look at the clock.

import FoundationEssentials
import NIOConcurrencyHelpers
public import PartyModel

/// Where the player gets its films from.
public protocol FilmProvider: Sendable {
    /// The bytes of an item; `nil` where there is no such film. Called on a thread of mpv's that
    /// nothing can interrupt: returns at once and leaves the waiting to ``FilmInput/read(at:into:)``.
    func open(_ item: ItemID) -> (any FilmInput)?
}

/// How a player is set up.
public struct PlayerConfiguration: Sendable {
    /// Whether the user's own mpv configuration applies.
    public var usesUserConfig = true
    /// Whether the user's own mpv scripts run.
    public var loadsUserScripts = true
    /// What the user wants of mpv this time.
    public var mpvArguments = MpvArguments()
    /// The window's title; mpv replaces `${…}` with its properties.
    public var windowTitle = "${?media-title:${media-title} – }PeerWatch"
    /// The process's environment: where displays and private directories are.
    public var environment = ProcessInfo.processInfo.environment
    /// An mpv that somebody has open, to play in; its options are its user's, and of those above
    /// only the environment counts.
    ///
    /// `nil` for an mpv of our own.
    public var lender: MpvLender?

    /// Everything as a user expects of mpv.
    public init() {}
}

/// An mpv inside this process, with its window; our own, or lent by its user.
///
/// Everything but ``init(configuration:films:onEvent:)``, ``startScript()``, ``snapshot()`` and
/// ``terminate()`` returns at once and may be called from any thread, event loops included. Whoever
/// creates a player terminates it.
public final class Player: Sendable {
    let handle: MpvHandle
    let streams: FilmStreams
    private let script = ScriptBridge()
    private let frames = FrameClock()
    /// What the user has set.
    private let correctsPitch = NIOLockedValueBox(true)
    /// Where mpv reads its options and the script, until it has read them.
    private let directory = NIOLockedValueBox<MpvDirectory?>(nil)
    private let lender: MpvLender?
    /// What a lent mpv does differently while it plays one of our films.
    private let fileOptions: [MpvOption]

    /// Creates and starts mpv, or takes over the one that is lent.
    ///
    /// Blocks for some milliseconds; a process's first player for a tenth of a second, in which libmpv
    /// is loaded.
    ///
    /// `onEvent` is called on mpv's event thread, one event at a time, and must return soon; it
    /// must not call ``terminate()``. No event comes after that has returned.
    ///
    /// - Throws: `PartyError.noDisplay`, `.mpvArgumentRefused`, `.directoryUnusable` or
    ///   `.playerFailed`.
    public init(
        configuration: PlayerConfiguration, films: any FilmProvider,
        onEvent: @escaping @Sendable (PlayerEvent) -> Void
    ) throws(PartyError) {
        lender = configuration.lender
        streams = lender?.streams ?? FilmStreams(films)
        if let lender { handle = try lender.lend(for: films) } else { handle = try MpvHandle() }
        fileOptions = lender == nil ? [] : RoomOptions.forcedPerFile.filter(handle.knows)
        do {
            let newDirectory = try MpvDirectory(environment: configuration.environment)
            directory.withLockedValue { $0 = newDirectory }
            if lender == nil {
                try MpvStart(configuration: configuration, directory: newDirectory)
                    .start(handle)
                if handle.property("audio-pitch-correction") == .flag(false) {
                    correctsPitch.withLockedValue { $0 = false }
                }
                try handle.register(streams)
            }
            for property in ObservedProperty.allCases { try handle.observe(property) }
            let directory = self.directory
            try MpvEventLoop.start(
                handle: handle, streams: streams, script: script, frames: frames
            ) { event in
                // The script has read its file once it speaks.
                if case .scriptMessage(let words) = event, words.first == "ready", words.count == 2
                {
                    Self.remove(directory)
                }
                onEvent(event)
            }
        } catch {
            terminate()
            throw error
        }
    }

    private static func remove(_ directory: NIOLockedValueBox<MpvDirectory?>) {
        directory.withLockedValue { directory in
            directory?.remove()
            directory = nil
        }
    }
}

// What the room asks of the player.
extension Player {
    /// Opens a film in place of the one that plays, and shows `title` as its name.
    ///
    /// - Parameters:
    ///   - position: where it begins to play.
    ///   - exactly: whether there, or at the key frame before, of which there may be one in ten seconds.
    public func load(
        _ item: ItemID, title: String, startingAt position: MediaPosition, exactly: Bool = true,
        paused: Bool
    ) {
        var options: [String: MpvNode] = [:]
        for option in fileOptions { options[option.name] = .string(option.value ?? "") }
        options["force-media-title"] = .string(title)
        if position > .start { options["start"] = .string("\(position.seconds)") }
        // Until the film shows a picture.
        if !exactly { options[RoomOptions.exactness.name] = .string("no") }
        // Set apart from the file: mpv undoes a file's own options when it ends.
        setPaused(paused)
        // Named arguments, because the positions differ between mpv's versions.
        handle.commandAsync(
            .map([
                "name": .string("loadfile"), "url": .string(FilmStreams.address(of: item)),
                "flags": .string("replace"), "options": .map(options),
            ]), for: .load)
    }

    /// Pauses the film or sets it going.
    public func setPaused(_ paused: Bool) {
        handle.setAsync("pause", .flag(paused), for: .pause)
    }

    /// Goes to exactly this position, without a message on the screen.
    public func seek(to position: MediaPosition) {
        handle.commandAsync(
            .list([.string("seek"), .double(position.seconds), .string("absolute+exact")]),
            for: .seek)
    }

    /// Changes the pace, without a message on the screen.
    public func setSpeed(_ speed: PlaybackSpeed) {
        handle.setAsync("speed", .double(speed.factor), for: .speed)
    }

    /// Whether other speeds than 1 keep the voices' pitch.
    ///
    /// Off, a speed between 0.98 and 1.02 is inaudible; on, mpv clicks each time it leaves or
    /// comes back to 1. A user who has it off keeps it off.
    public func setPitchCorrection(_ isOn: Bool) {
        let isWanted = isOn && correctsPitch.withLockedValue { $0 }
        handle.setAsync("audio-pitch-correction", .flag(isWanted), for: .pitch)
    }

    /// Asks mpv to quit; ``PlayerEvent/quit`` follows.
    public func quit() { handle.commandAsync(.command("quit"), for: .quit) }
}

// What the window shows beside the film.
extension Player {
    /// Hands the window the room's token, to be shown when the user asks for it, and at once if
    /// `atOnce`.
    ///
    /// `code` is the token as a picture for telephones, row by row, a 1 for every dark square.
    public func showToken(_ token: String, code: [String], atOnce: Bool) {
        let when = atOnce ? "now" : "later"
        script.hold(
            ["set-token", token, code.joined(separator: " "), when], through: handle)
    }

    /// Shows a short sentence for a few seconds.
    public func showNotice(_ text: String) {
        script.post(["show-notice", text], through: handle)
    }

    /// Shows what somebody wrote.
    public func showChat(_ text: String, from name: String, isOwn: Bool) {
        script.post(["show-chat", name, text, isOwn ? "own" : "other"], through: handle)
    }

    /// Shows somebody's reaction, by its name.
    public func showReaction(_ reaction: String, from name: String) {
        script.post(["show-reaction", name, reaction], through: handle)
    }

    /// Hands the script what the room looks like, as a JSON object; it replaces the one before.
    ///
    /// The script ignores fields it does not know.
    public func sendState(json: String) { script.hold(["set-state", json], through: handle) }
}

// What may block.
extension Player {
    /// Starts the script that draws what the room is doing; once, however often it is called.
    ///
    /// Not done by itself, because it keeps a processor busy for as long as a film takes to open.
    /// Writes the script's file: not for event loops. Not to be called beside ``terminate()``.
    ///
    /// - Throws: `PartyError.directoryUnusable`.
    public func startScript() throws(PartyError) {
        guard handle.isOpen, let directory = directory.withLockedValue({ $0 }), script.begins()
        else { return }
        let file = try directory.write(ScriptFile.bytes, to: ScriptFile.name)
        handle.commandAsync(.command("load-script", file), for: .script)
    }

    /// Everything about position and pace at one instant; `nil` once the player has ended.
    ///
    /// Blocks for some ten microseconds, up to milliseconds while mpv is busy: not for event loops.
    public func snapshot() -> PlayerSnapshot? {
        let asked = MonotonicInstant.now()
        let answer = handle.command(.command("expand-text", PlayerSnapshot.question))
        let answered = MonotonicInstant.now()
        guard case .string(let text) = answer else { return nil }
        guard var snapshot = PlayerSnapshot(answer: text, asked: asked, answered: answered) else {
            return nil
        }
        snapshot.frameSince = frames.since(snapshot.framePosition)
        return snapshot
    }

    /// Ends mpv, closes its window and every film it has open, even one whose read is blocked.
    ///
    /// An mpv that was lent lives on, with what it had open before.
    ///
    /// Blocks for up to some hundred milliseconds; idempotent; not for event loops nor `onEvent`.
    public func terminate() {
        if lender != nil, handle.isOpen { script.end(through: handle) }
        handle.terminate()
        lender?.takeBack()
        Self.remove(directory)
    }
}

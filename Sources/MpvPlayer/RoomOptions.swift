// Which of mpv's options does a room set, which does the user keep, and why? Four layers, weakest
// first: our defaults, the user's mpv.conf, the arguments after `--`, and what a room forces.

/// The options a room gives mpv, and the file that makes them win.
///
/// Options set before mpv starts lose to the user's mpv.conf; the profile `pseudo-gui` is applied
/// after it and wins. So the defaults are set directly, and the rest goes into a file of ours
/// that defines that profile.
enum RoomOptions {
    /// What mpv's own program has and its library lacks.
    static let defaults = [
        MpvOption("osc", "yes"),
        MpvOption("input-default-bindings", "yes"),
        MpvOption("input-vo-keyboard", "yes"),
        MpvOption("input-media-keys", "yes"),
        // What a desktop calls the window's program, beside other windows of mpv's.
        MpvOption("x11-name", "peerwatch"),
        MpvOption("wayland-app-id", "peerwatch"),
    ]

    /// The video outputs to try when the user chose none.
    ///
    /// `gpu` rejects software rendering, where the next two still draw well; mpv's own order would
    /// take `sdl` before `x11`. The empty name at the end stands for everything else mpv has.
    static func videoOutputs(clientAPI: ClientAPI) -> String {
        // What newer versions of mpv prefer, too.
        let next = clientAPI >= ClientAPI(major: 2, minor: 5) ? "gpu-next," : ""
        return next + "gpu,wlshm,x11,"
    }

    /// Stands where nobody chose a video output and there is no display: opens nothing, and is what
    /// nobody would choose.
    static let noVideoOutput = "null,null"

    /// What breaks a room, or tells strangers about it, when it is otherwise.
    static let forced = [
        // The player lives as long as the room, and stdin and stdout are not its own.
        MpvOption("idle", "yes"),
        MpvOption("force-window", "yes"),
        MpvOption("terminal", "no"),
        MpvOption("input-terminal", "no"),
        MpvOption("player-operation-mode", "pseudo-gui"),

        // One film from its start to its end, on a straight timeline.
        MpvOption("pause", "no"),
        MpvOption("speed", "1"),
        MpvOption("loop", "no"),
        MpvOption("loop-file", "no"),
        MpvOption("loop-playlist", "no"),
        MpvOption("ab-loop-a", "no"),
        MpvOption("ab-loop-b", "no"),
        MpvOption("start", "none"),
        MpvOption("end", "none"),
        MpvOption("length", "none"),
        MpvOption("play-dir", "forward"),
        MpvOption("rebase-start-time", "yes"),
        MpvOption("ordered-chapters", "no"),
        MpvOption("resume-playback", "no"),

        // A seek lands on the same frame for everyone, and the clock is the audio's: resampling to
        // the display runs 0.1 to 0.2 % fast, and runs away without vertical sync.
        exactness,
        MpvOption("video-sync", "audio"),
        MpvOption("untimed", "no"),

        // At the end everyone stays on the last frame, and may seek back.
        MpvOption("keep-open", "always"),
        MpvOption("keep-open-pause", "no"),

        // The film comes from strangers: with references allowed, a playlist sold as a film opens
        // files and addresses on the viewer's machine.
        MpvOption("access-references", "no"),
        MpvOption("load-unsafe-playlists", "no"),
        MpvOption("ytdl", "no"),
        MpvOption("prefetch-playlist", "no"),

        // What was watched is nobody's business; a log at full detail would hold the token.
        MpvOption("save-position-on-quit", "no"),
        MpvOption("save-watch-history", "no"),
        MpvOption("cache-on-disk", "no"),
        MpvOption("stream-record", ""),
        MpvOption("log-file", ""),
        MpvOption("osd-playing-msg", ""),
        MpvOption("term-playing-msg", ""),

        // Without its own thread the demuxer holds up every call while it waits for bytes.
        MpvOption("demuxer-thread", "yes"),
        // Seeks inside the cache work while a read waits. More than 15 s ahead would hide from the
        // swarm what is urgent; the sizes bound memory.
        MpvOption("cache", "yes"),
        MpvOption("cache-secs", "15"),
        MpvOption("demuxer-max-bytes", "64MiB"),
        MpvOption("demuxer-max-back-bytes", "32MiB"),
        MpvOption("cache-pause", "yes"),
        MpvOption("cache-pause-wait", "1"),
        // Fewer, larger reads: a seek in an mp4 took 64 ms instead of 284 at 40 ms for each read.
        MpvOption("stream-buffer-size", "1MiB"),
    ]

    /// Where a seek lands that does not say how exact it is.
    static let exactness = MpvOption("hr-seek", "yes")

    /// What of that an mpv that somebody has open takes for one film; it returns to its own settings
    /// by itself when the film ends.
    static let forcedPerFile = forced.filter { !namesOfItsOwn.contains($0.name) }

    private static let namesOfItsOwn: Set<String> = [
        // How it was started, and what belongs to whoever started it.
        "terminal", "input-terminal", "player-operation-mode", "log-file", "ytdl",
        // What holds between films too; `MpvLender` sees to it.
        "idle", "force-window", "pause", "speed",
    ]

    /// The profile with everything that is forced; applied again once mpv runs, because a user may
    /// have a `[pseudo-gui]` of their own, whose lines come after ours.
    static let profile = "peerwatch-room"

    /// The sentence for an argument that a room overrules; `nil` where it does not.
    static func objection(to option: MpvOption) -> String? {
        guard let rule = forced.first(where: { $0.name == option.name }) else { return nil }
        let asked = option.value ?? "yes"
        guard let value = rule.value, value != asked else { return nil }
        let setting = value.isEmpty ? "leaves \(rule.name) unset" : "sets \(rule.name)=\(value)"
        return "\(option.argument) has no effect: a room \(setting)."
    }

    /// The file that makes the user's arguments win over mpv.conf, and the room over both.
    static func configuration(arguments: [MpvOption], forced: [MpvOption]) -> String {
        let lines =
            ["[\(profile)]"] + forced.map(\.configurationLine)
            + ["[pseudo-gui]"] + arguments.map(\.configurationLine) + ["profile=\(profile)"]
        return lines.joined(separator: "\n") + "\n"
    }
}

// In what order does mpv get its options? Defaults, the user's mpv.conf, the user's arguments, the
// room: each layer wins over the ones before.

import PartyModel

/// Starts a core for a room.
struct MpvStart {
    let configuration: PlayerConfiguration
    let directory: MpvDirectory

    /// Gives `handle` its options and starts it.
    func start(_ handle: MpvHandle) throws(PartyError) {
        let arguments = userArguments
        try rehearse(arguments)
        // Set here they lose to mpv.conf, and win below; which of them this mpv knows shows already.
        let forced = RoomOptions.forced.filter(handle.setOption)
        handle.requestLog(atLeast: "warn")
        for option in RoomOptions.defaults { handle.setOption(option) }
        handle.setOption(MpvOption("title", configuration.windowTitle))
        let display = MpvDisplay(environment: configuration.environment)
        let outputs =
            display.answers
            ? RoomOptions.videoOutputs(clientAPI: handle.clientAPI)
            : RoomOptions.noVideoOutput
        handle.setOption(MpvOption("vo", outputs))
        handle.setOption(MpvOption("config", configuration.usesUserConfig ? "yes" : "no"))
        for option in configuration.mpvArguments.optionsBeforeStart where !handle.setOption(option)
        {
            throw Self.refusal(of: option, reason: "it does not take that value")
        }
        let text = RoomOptions.configuration(arguments: arguments, forced: forced)
        defer { directory.remove(Self.roomFile) }
        try handle.loadConfiguration(at: directory.write(Array(text.utf8), to: Self.roomFile))
        handle.setOption(MpvOption("player-operation-mode", "pseudo-gui"))
        try handle.initialise()
        _ = handle.command(.command("apply-profile", RoomOptions.profile))
        // A user who chose no video output wants a window, and a window needs a display.
        guard handle.videoOutputs != RoomOptions.noVideoOutput else {
            throw .noDisplay(silent: display.silent)
        }
    }

    private var userArguments: [MpvOption] {
        // Before the user's arguments, so that a script named there runs in spite of it.
        let noScripts = [MpvOption("load-scripts", "no"), MpvOption("scripts", "")]
        return (configuration.loadsUserScripts ? [] : noScripts)
            + configuration.mpvArguments.options
    }

    /// Tries the options on a core that is never started: all at once, and one by one only to find
    /// which is refused.
    private func rehearse(_ arguments: [MpvOption]) throws(PartyError) {
        let arguments = arguments.filter { !Self.namesSettledLater.contains($0.name) }
        guard try complaint(about: arguments) != nil else { return }
        for option in arguments {
            guard let complaint = try complaint(about: [option]) else { continue }
            throw Self.refusal(of: option, reason: complaint)
        }
    }

    /// What mpv has to say against these options.
    private func complaint(about options: [MpvOption]) throws(PartyError) -> String? {
        guard !options.isEmpty else { return nil }
        let stage = try MpvHandle()
        defer { stage.terminate() }
        stage.requestLog(atLeast: "error")
        let lines = options.map(\.configurationLine).joined(separator: "\n")
        defer { directory.remove(Self.argumentsFile) }
        try stage.loadConfiguration(
            at: directory.write(Array(lines.utf8), to: Self.argumentsFile))
        return stage.loggedTexts().first
    }

    /// Read as soon as it is written, and gone then: arguments may hold what is nobody's business.
    private static let (roomFile, argumentsFile) = ("room.conf", "arguments.conf")

    /// Options that mean something only beside the user's own configuration.
    private static let namesSettledLater: Set<String> = ["profile", "include"]

    private static func refusal(of option: MpvOption, reason: String) -> PartyError {
        let words =
            reason.hasPrefix("cplayer: ") ? reason.dropFirst("cplayer: ".count) : reason[...]
        let sentence = words.hasSuffix(".") ? words.dropLast() : words
        return .mpvArgumentRefused(argument: option.argument, reason: String(sentence))
    }
}

// How do this program and its Lua script talk? By script messages both ways. What is sent before the
// script listens would be lost, so nothing is sent until it has said `ready`; then it gets what
// holds (token, state) and what waited (notices, chat).

import NIOConcurrencyHelpers
import PartyModel

/// The conversation with the script inside mpv.
final class ScriptBridge: Sendable {
    private struct State {
        /// Whether the script was told to start.
        var hasBegun = false
        /// The name mpv gave the script; `nil` until it is ready.
        var script: String?
        /// The newest message of each verb that holds, in the order the verbs were first used.
        var holding: [[String]] = []
        var waiting: [[String]] = []
    }

    /// What the script says first in every message, to be told from what else reaches us.
    static let sender = "peerwatch"

    /// Messages that wait for the script: it starts in milliseconds, and old news is none.
    static let waitingLimit = 16

    private let state = NIOLockedValueBox(State())

    /// The script is about to be started; `false` when it was before.
    func begins() -> Bool {
        state.withLockedValue { state in
            defer { state.hasBegun = true }
            return !state.hasBegun
        }
    }

    /// Sends a verb and what belongs to it, now and whenever the script starts anew; replaces what
    /// was held under the same verb.
    func hold(_ words: [String], through handle: MpvHandle) {
        state.withLockedValue { state in
            if let index = state.holding.firstIndex(where: { $0.first == words.first }) {
                state.holding[index] = words
            } else {
                state.holding.append(words)
            }
            Self.send(words, to: state.script, through: handle)
        }
    }

    /// Sends a verb and what belongs to it once.
    func post(_ words: [String], through handle: MpvHandle) {
        state.withLockedValue { state in
            guard state.script == nil else {
                return Self.send(words, to: state.script, through: handle)
            }
            state.waiting.append(words)
            state.waiting = state.waiting.suffix(Self.waitingLimit)
        }
    }

    /// Whether the script has started, or never will.
    private let isSettled = ConditionLock(value: false)

    /// How long to wait for a script to start, which takes milliseconds, only to end it.
    private static let patience = Duration.seconds(1)

    /// Ends the script in an mpv that goes on; waits until it has read its file.
    ///
    /// Not for the event thread, which brings the script's messages.
    func end(through handle: MpvHandle) {
        // Whoever ends it before it began leaves nothing behind.
        guard !begins(),
            isSettled.lock(whenValue: true, timeoutSeconds: Self.patience.inSeconds)
        else { return }
        isSettled.unlock()
        state.withLockedValue { Self.send(["room-over"], to: $0.script, through: handle) }
    }

    /// mpv ends, and all scripts with it.
    func mpvEnds() { settle() }

    private func settle() {
        isSettled.lock()
        isSettled.unlock(withValue: true)
    }

    /// Takes a message that reached this program; returns the script's words, `nil` when it is not
    /// from the script.
    func received(_ arguments: [String], through handle: MpvHandle) -> [String]? {
        guard arguments.first == Self.sender else { return nil }
        let words = Array(arguments.dropFirst())
        if words.count == 2, words[0] == "ready" {
            scriptIsReady(words[1], through: handle)
            settle()
        }
        return words
    }

    private func scriptIsReady(_ script: String, through handle: MpvHandle) {
        state.withLockedValue { state in
            state.script = script
            for words in state.holding + state.waiting {
                Self.send(words, to: script, through: handle)
            }
            state.waiting = []
        }
    }

    private static func send(_ words: [String], to script: String?, through handle: MpvHandle) {
        guard let script else { return }
        let command = ["script-message-to", script] + words
        handle.commandAsync(.list(command.map(MpvNode.string)), for: .script)
    }
}

// How do this program and its Lua script talk? By script messages both ways. What is sent before the
// script listens would be lost, so nothing is sent until it has said `ready`; then it gets what
// holds (token, state) and what waited (notices).

import NIOConcurrencyHelpers
import PartyModel

/// The conversation with the script inside mpv.
final class ScriptBridge: Sendable {
    private struct State {
        /// The name mpv gave the script; `nil` until it is ready.
        var script: String?
        var token: String?
        var json: String?
        var waitingNotices: [String] = []
    }

    /// What the script says first in every message, to be told from what else reaches us.
    static let sender = "peerwatch"

    /// Notices that wait for the script: it starts in milliseconds, and old news is none.
    static let waitingLimit = 16

    private let state = NIOLockedValueBox(State())

    /// Shows the token, now and whenever the script starts anew.
    func showToken(_ token: String, through handle: MpvHandle) {
        state.withLockedValue { state in
            state.token = token
            Self.send(["set-token", token], to: state.script, through: handle)
        }
    }

    /// Hands over what the room looks like, now and whenever the script starts anew.
    func sendState(json: String, through handle: MpvHandle) {
        state.withLockedValue { state in
            state.json = json
            Self.send(["set-state", json], to: state.script, through: handle)
        }
    }

    /// Shows a notice once.
    func showNotice(_ text: String, through handle: MpvHandle) {
        state.withLockedValue { state in
            guard state.script == nil else {
                return Self.send(["show-notice", text], to: state.script, through: handle)
            }
            state.waitingNotices.append(text)
            state.waitingNotices = state.waitingNotices.suffix(Self.waitingLimit)
        }
    }

    /// Whether the script has started, or never will.
    private let isSettled = ConditionLock(value: false)

    /// How long to wait for a script to start, which takes milliseconds, only to end it.
    private static let patience = Duration.seconds(1)

    /// Ends the script in an mpv that goes on; waits until it has read its files.
    ///
    /// Not for the event thread, which brings the script's messages.
    func end(through handle: MpvHandle) {
        guard isSettled.lock(whenValue: true, timeoutSeconds: Self.patience.inSeconds) else {
            return
        }
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
            if let json = state.json {
                Self.send(["set-state", json], to: script, through: handle)
            }
            if let token = state.token {
                Self.send(["set-token", token], to: script, through: handle)
            }
            for notice in state.waitingNotices {
                Self.send(["show-notice", notice], to: script, through: handle)
            }
            state.waitingNotices = []
        }
    }

    private static func send(_ words: [String], to script: String?, through handle: MpvHandle) {
        guard let script else { return }
        let command = ["script-message-to", script] + words
        handle.commandAsync(.list(command.map(MpvNode.string)), for: .script)
    }
}

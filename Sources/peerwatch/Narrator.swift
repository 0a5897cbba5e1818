// What a party tells the person at the terminal: short sentences, and one line of progress.

import NIOConcurrencyHelpers
import PartyModel
import PartyRuntime

/// Turns events into words.
///
/// Any thread.
final class Narrator: Sendable {
    private let isHost: Bool
    private let writesToken: Bool
    private let isSketching = NIOLockedValueBox(false)
    private let present = NIOLockedValueBox<Set<String>>([])

    /// A narrator that writes the host's token to standard output, unless that belongs to the events.
    init(isHost: Bool, writesToken: Bool) {
        self.isHost = isHost
        self.writesToken = writesToken
    }

    func tell(_ event: PartyEvent) {
        switch event {
        case .room(let token, _) where !isHost:
            say("While the host is gone, friends join with:  peerwatch join \(token)")
        case .room(let token, _):
            say("Friends join with:  peerwatch join TOKEN")
            if writesToken { Terminal.answer(token) }
        case .joined: say("You are in.")
        case .item(_, let name, let size): say("\(name) (\(Self.size(size)))")
        case .peer(let id, let name, let state, _): tell(of: name, id, state)
        case .keeper(_, let name, let isHost, let isHere):
            say(
                isHost
                    ? "The host is back."
                    : "The host is gone; \(isHere ? "you keep" : "\(name) keeps") the room now.")
        case .supply(let supply): say(supply.sentence)
        case .progress(let have, let total, let down, _): sketch(have, of: total, at: down)
        case .shortfall(let rate, let needed, let wait):
            say(
                "The film needs \(Self.size(Int64(needed)))/s and \(Self.size(Int64(rate)))/s arrive; "
                    + "for a smooth start wait \(Int(wait.rounded(.up))) s.")
        case .complete(_, _, _, let path?): say("The film is whole: \(path)")
        case .chat(let from, let text): say("\(from): \(text)")
        case .error(let error):
            // What ends the party is told once, at its end.
            switch error {
            case .diskFull, .cacheUnusable, .eventsUnwritable: say(error.description)
            case _: break
            }
        case .listening, .firstFrame, .buffering, .resumed, .runningDry, .wait, .ready,
            .countdown, .state, .sync, .complete, .verifiedBad, .reaction, .end, .left:
            break
        }
    }

    private func tell(of name: String, _ id: String, _ state: PartyEvent.PeerState) {
        switch state {
        case .joined:
            if present.withLockedValue({ $0.insert(id).inserted }) { say("\(name) is here.") }
        case .left:
            present.withLockedValue { _ = $0.remove(id) }
            say("\(name) left.")
        case .reconnecting:
            present.withLockedValue { _ = $0.remove(id) }
            say("\(name) cannot be reached; trying again.")
        }
    }

    /// Ends the line of progress, if there is one.
    func finish() {
        let wasSketching = isSketching.withLockedValue { value in
            defer { value = false }
            return value
        }
        if wasSketching { Terminal.sketch("") }
    }

    private func say(_ sentence: String) {
        finish()
        // Names come from strangers, and one with a line break could put words into our mouth.
        Terminal.say(String(sentence.map { $0.isNewline ? " " : $0 }))
    }

    private func sketch(_ have: Int64, of total: Int64, at rate: Double) {
        guard Terminal.isInteractive, total > 0 else { return }
        isSketching.withLockedValue { $0 = true }
        let percent = have * 100 / total
        Terminal.sketch("\(percent) % of \(Self.size(total)), \(Self.size(Int64(rate)))/s")
    }

    private static func size(_ bytes: Int64) -> String { ByteCount(bytes).description }
}

// What do the keys of the window ask for, beyond what they draw themselves?

import PartyModel

/// Something this user wants, as the script puts it into words.
enum WindowRequest: Hashable, Sendable {
    /// Say this to everybody.
    case say(Remark)
    /// Be ready for the start, or not any more.
    case ready
    /// Back to before the room's last jump.
    case undoSeek
    /// Pause and show the frame that lies so many on; negative for back.
    case frameStep(Int)
    /// On to the next film.
    case nextItem
    /// Back to the film before this one.
    case previousItem
    /// Go on without those the room waits for.
    case skipWait

    /// The request in the script's words; `nil` where they ask for nothing.
    init?(words: [String]) {
        switch (words.first, words.dropFirst().first) {
        case ("say", let text?):
            guard let remark = Remark(text: text) else { return nil }
            self = .say(remark)
        case ("react", let name?):
            guard let reaction = Reaction(name: name) else { return nil }
            self = .say(.reaction(reaction))
        case ("ready", nil): self = .ready
        case ("undo-seek", nil): self = .undoSeek
        case ("frame-step", nil): self = .frameStep(1)
        case ("frame-back-step", nil): self = .frameStep(-1)
        case ("next", nil): self = .nextItem
        case ("previous", nil): self = .previousItem
        case ("skip-wait", nil): self = .skipWait
        case _: return nil
        }
    }
}

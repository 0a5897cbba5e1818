// What do the keys of the window ask for, beyond what they draw themselves?

import PartyModel

/// Something this user wants, as the script puts it into words.
enum WindowRequest: Hashable, Sendable {
    /// Say this to everybody.
    case say(Remark)

    /// The request in the script's words; `nil` where they ask for nothing.
    init?(words: [String]) {
        switch (words.first, words.dropFirst().first) {
        case ("say", let text?):
            guard let remark = Remark(text: text) else { return nil }
            self = .say(remark)
        case ("react", let name?):
            guard let reaction = Reaction(name: name) else { return nil }
            self = .say(.reaction(reaction))
        case _: return nil
        }
    }
}

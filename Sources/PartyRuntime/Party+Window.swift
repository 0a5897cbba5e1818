// What the window shows of the room, and what its keys want of it.

import PartyModel
import RoomCore

extension Party {
    /// Somebody said something, be it this user.
    func show(_ chat: Chat) {
        let name = name(of: chat.author)
        switch chat.remark {
        case .text(let text): log.record(.chat(from: name, text: text))
        case .reaction(let reaction): log.record(.reaction(from: name, reaction: reaction))
        }
    }
}

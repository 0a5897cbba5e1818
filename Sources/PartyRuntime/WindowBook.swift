// What this process remembers of its window: what it was told last, and what is still to be said.

import NIOCore
import PartyModel

/// The window as last told.
struct WindowBook {
    /// Between two states for the script: nobody reads faster.
    static let interval = Duration.milliseconds(250)

    /// The newest state the script has.
    var told: String?
    var toldAt: MonotonicInstant?
    /// The next state is on its way.
    var update: Scheduled<Void>?
    /// What the others did and was not said yet.
    var notices = NoticeBook()
    var noticeAlarm: Scheduled<Void>?
    /// The newest wish that was looked at for a notice.
    var wish: Intent?
}

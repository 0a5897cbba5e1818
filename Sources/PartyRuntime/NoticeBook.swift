// Which sentences say what the others just did? What one gesture brings (a pause, a seek and a play,
// or four people at once) is one sentence, said when nothing has followed for a moment.
//
// Invariant: what this user did is no news to this user.

import PartyModel

/// What is worth a sentence and was not said yet.
struct NoticeBook {
    /// So long nothing may follow before it is said.
    static let quiet = Duration.milliseconds(400)
    /// No news waits longer than this, whatever follows.
    static let patience = Duration.milliseconds(1_500)
    /// A smaller step in the film is no jump: what a pause or a speed takes with it.
    static let leastJump = Duration.milliseconds(700)

    /// A change of what is wanted, from its first step to its newest.
    private struct Change {
        let before: Intent
        var after: Intent
        var name: String
    }

    private var change: Change?
    private var present: [String] = []
    private var joined: [String] = []
    private var left: [String] = []
    private var first: MonotonicInstant?
    private var last: MonotonicInstant?

    /// When there is something to say; `nil` when there is nothing.
    var due: MonotonicInstant? {
        guard let first, let last else { return nil }
        return min(last + Self.quiet, first + Self.patience)
    }

    private mutating func note(_ now: MonotonicInstant) {
        first = first ?? now
        last = now
    }

    /// Somebody came, or was here before this user.
    mutating func arrived(_ name: String, wasHere: Bool, now: MonotonicInstant) {
        // Who was gone for a moment was not gone.
        if let index = left.firstIndex(of: name) {
            left.remove(at: index)
        } else if wasHere {
            present.append(name)
        } else {
            joined.append(name)
        }
        note(now)
    }

    /// Somebody went.
    mutating func departed(_ name: String, now: MonotonicInstant) {
        if let index = joined.firstIndex(of: name) {
            joined.remove(at: index)
        } else {
            left.append(name)
        }
        note(now)
    }

    /// Somebody else wants something else than what was wanted `before`.
    mutating func changed(
        from before: Intent, to after: Intent, by name: String, now: MonotonicInstant
    ) {
        change = Change(before: change?.before ?? before, after: after, name: name)
        note(now)
    }

    /// This user wants something: what others wanted before is no news any more.
    mutating func actedHere() { change = nil }

    /// All there is to say; `title` names an item.
    mutating func take(title: (ItemID) -> String) -> [String] {
        defer { self = NoticeBook() }
        var sentences: [String] = []
        if !present.isEmpty {
            sentences.append("\(Self.listed(present)) \(present.count == 1 ? "is" : "are") here")
        }
        if !joined.isEmpty { sentences.append("\(Self.listed(joined)) joined") }
        if !left.isEmpty { sentences.append("\(Self.listed(left)) left") }
        if let change, let sentence = Self.sentence(change, title: title) {
            sentences.append(sentence)
        }
        return sentences
    }

    private static func sentence(_ change: Change, title: (ItemID) -> String) -> String? {
        let (before, after, name) = (change.before, change.after, change.name)
        guard before.item == after.item else { return "Now playing: \(title(after.item))" }
        let place = after.anchor.clockTime
        guard before.isPaused == after.isPaused else {
            // A room's first wish is that it begins.
            guard before.revision > 1 else { return nil }
            return after.isPaused ? "\(name) paused at \(place)" : "\(name) resumed at \(place)"
        }
        if isJump(from: before, to: after) { return "\(name) jumped to \(place)" }
        guard before.speed == after.speed else {
            return "\(name) set the speed to \(after.speed.text)"
        }
        return nil
    }

    private static func isJump(from before: Intent, to after: Intent) -> Bool {
        guard before.item == after.item else { return false }
        let origin = before.position(at: after.since)
        let distance = Duration.nanoseconds(after.anchor.nanoseconds - origin.nanoseconds)
        return max(distance, .zero - distance) > leastJump
    }

    /// Ana; Ana and Ben; Ana, Ben and Cem; Ana, Ben and 3 more.
    static func listed(_ names: [String]) -> String {
        switch names.count {
        case 0: ""
        case 1: names[0]
        case 2: "\(names[0]) and \(names[1])"
        case 3: "\(names[0]), \(names[1]) and \(names[2])"
        case let count: "\(names[0]), \(names[1]) and \(count - 2) more"
        }
    }
}

extension MediaPosition {
    /// As a clock shows it: 1:02:03, or 12:34.
    var clockTime: String {
        let total = Int(seconds)
        let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
    }
}

extension PlaybackSpeed {
    /// As people write it: 1.25×, to the hundredth.
    var text: String {
        let hundredths = Int((factor * 100).rounded())
        let (whole, rest) = (hundredths / 100, hundredths % 100)
        if rest == 0 { return "\(whole)×" }
        return rest % 10 == 0
            ? "\(whole).\(rest / 10)×" : "\(whole).\(rest < 10 ? "0" : "")\(rest)×"
    }
}

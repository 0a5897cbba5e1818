// How does a test say that it waited for nothing?

/// What was waited for in vain, and what was there instead.
struct NotSeen: Error, CustomStringConvertible {
    let description: String
}

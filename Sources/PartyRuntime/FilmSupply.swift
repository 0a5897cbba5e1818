// Can the film be seen to its end when the host, who had all of it, is gone?

/// What of a film is left among those left.
public struct FilmSupply: Hashable, Sendable {
    /// Whether all of it is here, from where the player is on.
    public let isComplete: Bool
    /// How many seconds can still be played; `nil` where it is complete or its length is not known.
    public let seconds: Double?

    /// One sentence for people.
    public var sentence: String {
        guard !isComplete else { return "The film is all here and plays to its end." }
        guard let seconds else { return "The rest of the film is gone with the host." }
        let left =
            switch Int(seconds / 60) {
            case ..<1: "less than a minute"
            case 1: "a minute"
            case let minutes: "\(minutes) minutes"
            }
        return "The rest of the film is gone with the host; \(left) of it can still be played."
    }
}

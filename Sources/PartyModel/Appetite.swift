// What a peer wants to be sent.

/// Which blocks the sender wants that it did not ask for.
///
/// Until it says so, all of them.
public enum Appetite: UInt8, Hashable, Sendable, CaseIterable {
    /// None: it limits what it receives and asks for everything itself, at the rate it wants.
    case asked = 0
    /// All of them.
    case all = 1
    /// Those that some player waits for: its own opens the film, and what else came would only delay
    /// the picture.
    case needed = 2
}

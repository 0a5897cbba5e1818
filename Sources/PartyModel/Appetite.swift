// What a peer wants to be sent.

/// Whether the sender wants blocks that it did not ask for.
///
/// Until it says so, it does. Who limits what it receives asks for everything itself, at the rate it
/// wants.
public struct Appetite: Hashable, Sendable {
    /// Whether blocks may come unasked.
    public let takesUnasked: Bool

    /// An appetite for everything, or for nothing that was not asked for.
    public init(takesUnasked: Bool) { self.takesUnasked = takesUnasked }
}

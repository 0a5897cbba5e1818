// The border between a film's bytes and the player that reads them.

/// A film as a player reads it: bytes by position, waiting for what is not there yet.
///
/// One thread reads at a time; ``interrupt()`` and ``cancel()`` come from others, at any moment,
/// and never block.
public protocol FilmInput: AnyObject, Sendable {
    /// Bytes in the film. Cheap: players ask all the time.
    var size: Int64 { get }

    /// Fills the front of `buffer` with what the film has at `offset`, at least one byte; blocks
    /// until there is one, until interrupted or until cancelled.
    func read(at offset: Int64, into buffer: inout MutableRawSpan) -> FilmRead

    /// Ends the read that is blocked now, if one is, with ``FilmRead/interrupted``.
    func interrupt()

    /// Ends the read that is blocked now and every later one with ``FilmRead/cancelled``; may come
    /// more than once.
    func cancel()
}

/// What became of a read.
public enum FilmRead: Hashable, Sendable {
    /// So many bytes were put into the buffer, one at least.
    case bytes(Int)
    /// The offset is at or behind the end of the film.
    case end
    /// ``FilmInput/interrupt()`` ended the wait.
    case interrupted
    /// ``FilmInput/cancel()`` ended the wait, or came before it.
    case cancelled
    /// The film cannot be read any more; its owner has been told why.
    case failed
}

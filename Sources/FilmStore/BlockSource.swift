// What does a reader need of a film, the host's or a guest's? Bytes by position, and a sign when
// those it lacks have come.

public import NIOCore
public import PartyModel

/// A block as it travels: bytes, and what anyone needs to verify them alone.
public struct StoredBlock: Hashable, Sendable {
    /// Which block it is.
    public let block: BlockIndex
    /// The block's bytes.
    public let bytes: ByteBuffer
    /// The leaves of its chunk, in order.
    public let leaves: [LeafHash]
    /// The root over the leaves.
    public let root: ChunkRoot
}

/// Where a ``FilmReader`` gets bytes.
///
/// Thread-safe.
protocol BlockSource: AnyObject, Sendable {
    var geometry: ChunkGeometry { get }

    /// Whether the block can be read now.
    func has(_ block: BlockIndex) -> Bool

    /// Fills the front of `buffer` with what can be read from `offset` on, which is inside the
    /// film, and returns how many bytes that were: none where the block at `offset` is missing.
    func read(
        at offset: Int64, into buffer: inout MutableRawSpan
    ) throws(PartyError) -> Int

    /// Ends `wait` as soon as the block can be read; at once if it can be already.
    func end(_ wait: BlockWait, when block: BlockIndex)

    /// Forgets a wait that ended otherwise.
    func forget(_ wait: BlockWait)
}

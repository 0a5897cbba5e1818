// Which blocks has the host just read to hash them, and is about to read again to send them? They
// are kept for that one time, so that the disk is asked once.

internal import DequeModule
internal import NIOCore
internal import PartyModel

/// The bytes of blocks that were hashed and not sent yet; the oldest go first.
struct FreshBlocks {
    /// Blocks kept: 6 MiB, what is hashed ahead of the block being sent and half as much again.
    static let capacity = 96

    private var bytes: [BlockIndex: ByteBuffer] = [:]
    /// In the order they came; those taken meanwhile are still named.
    private var order = Deque<BlockIndex>()

    /// Keeps the bytes of a block until they are taken or too many came after them.
    mutating func keep(_ buffer: ByteBuffer, of block: BlockIndex) {
        if bytes.updateValue(buffer, forKey: block) == nil { order.append(block) }
        while order.count > Self.capacity {
            bytes.removeValue(forKey: order.removeFirst())
        }
    }

    /// The bytes of the block, which are not kept any longer.
    mutating func take(_ block: BlockIndex) -> ByteBuffer? { bytes.removeValue(forKey: block) }
}

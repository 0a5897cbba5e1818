// Bytes to frames, as they come off a connection in pieces of any size.
//
// Invariants: what is kept is bounded by one frame and the last piece; each byte of a block is copied
// once, into a buffer that holds that block and nothing else; a connection that broke a rule stays
// broken, because nothing is taken off before it was understood.

public import NIOCore
public import PartyModel

/// Cuts a connection's bytes into frames.
///
/// Feed it with ``append(_:)`` and ask ``next()`` until it has nothing more. Owned by the connection's
/// event loop.
public struct FrameDecoder: Sendable {
    /// How far the connection is; says which frames may come, and how long they may be.
    public enum Stage: Hashable, Sendable, CaseIterable {
        /// No proof yet: hello, proof, and bye for a refusal.
        case unproven
        /// A proven control connection: all messages, and blocks until bulk is up.
        case control
        /// A proven bulk connection: blocks, and bye.
        case bulk
    }

    /// The stage of the connection; counts for all frames that ``next()`` has not returned yet.
    public var stage: Stage

    private var pending = ByteBuffer()
    /// Whether ``pending`` is the piece that came last, not a copy of what was left of one.
    private var isBorrowed = false
    private var block: PartialBlock?

    /// A block of which only the front has come.
    private struct PartialBlock: Sendable {
        let header: BlockHeader
        var bytes: ByteBuffer
        var missing: Int
    }

    /// What the first five bytes of a frame say.
    private struct Prefix {
        /// Bytes in a prefix.
        static let byteCount = FrameType.lengthBytes + MemoryLayout<UInt8>.size

        let type: FrameType
        let payloadCount: Int
    }

    /// A decoder for a connection in this stage.
    public init(stage: Stage = .unproven) { self.stage = stage }

    /// Takes the next piece that came.
    public mutating func append(_ bytes: consuming ByteBuffer) {
        guard pending.readableBytes > 0 else {
            pending = bytes
            isBorrowed = true
            return
        }
        pending.discardReadBytes()
        pending.writeBuffer(&bytes)
    }

    /// The next frame; `nil` when it needs more bytes.
    ///
    /// Throws when what came breaks a rule, and then every time.
    public mutating func next() throws(WireViolation) -> Frame? {
        guard let frame = try nextComplete() else {
            release()
            return nil
        }
        return frame
    }

    private mutating func nextComplete() throws(WireViolation) -> Frame? {
        if block != nil { return finishedBlock() }
        guard let prefix = try nextPrefix() else { return nil }
        return prefix.type == .block
            ? try beginBlock(prefix) : try wholeFrame(prefix)
    }

    /// Lets go of the piece that came last: TLS decrypts the next one into the same memory, unless
    /// somebody still holds it, and copies all of it then.
    private mutating func release() {
        guard isBorrowed else { return }
        isBorrowed = false
        var rest = ByteBuffer()
        if pending.readableBytes > 0 {
            rest = ByteBufferAllocator().buffer(capacity: pending.readableBytes)
            rest.writeImmutableBuffer(pending)
        }
        pending = rest
    }

    private func nextPrefix() throws(WireViolation) -> Prefix? {
        guard let written = pending.getInteger(at: pending.readerIndex, as: UInt32.self) else {
            return nil
        }
        let length = Int(written)
        guard length > 0 else { throw .malformedValue(field: "frame length") }
        let typeIndex = pending.readerIndex + FrameType.lengthBytes
        guard let number = pending.getInteger(at: typeIndex, as: UInt8.self) else { return nil }
        guard let type = FrameType(rawValue: number) else { throw .unknownType(number) }
        guard let limit = type.limit(in: stage) else { throw .misplacedType(number) }
        guard length <= limit else { throw .oversizedFrame(type: number, length: length) }
        return Prefix(type: type, payloadCount: length - 1)
    }

    private mutating func wholeFrame(_ prefix: Prefix) throws(WireViolation) -> Frame? {
        let start = pending.readerIndex + Prefix.byteCount
        guard let payload = pending.getBytes(at: start, length: prefix.payloadCount) else {
            return nil
        }
        let frame = try Frame(type: prefix.type, payload: payload)
        pending.moveReaderIndex(forwardBy: Prefix.byteCount + prefix.payloadCount)
        return frame
    }

    private mutating func beginBlock(_ prefix: Prefix) throws(WireViolation) -> Frame? {
        let start = pending.readerIndex + Prefix.byteCount
        let frontCount = min(prefix.payloadCount, Limits.blockHeaderBytes)
        guard let front = pending.getBytes(at: start, length: frontCount) else { return nil }
        var reader = ByteReader(front)
        let header = try BlockHeader(from: &reader)
        let headerCount = frontCount - reader.remaining
        let byteCount = prefix.payloadCount - headerCount
        guard byteCount > 0 else { throw .truncated }
        guard byteCount <= ChunkGeometry.blockSize else {
            throw .countAboveLimit(byteCount, limit: ChunkGeometry.blockSize)
        }
        pending.moveReaderIndex(forwardBy: Prefix.byteCount + headerCount)
        let bytes = ByteBufferAllocator().buffer(capacity: byteCount)
        block = PartialBlock(header: header, bytes: bytes, missing: byteCount)
        return finishedBlock()
    }

    /// Moves what has come of the block at hand into its buffer.
    private mutating func finishedBlock() -> Frame? {
        guard var partial = block.take() else { return nil }
        let count = min(partial.missing, pending.readableBytes)
        if var piece = pending.readSlice(length: count) { partial.bytes.writeBuffer(&piece) }
        partial.missing -= count
        guard partial.missing == 0 else {
            block = partial
            return nil
        }
        return .block(partial.header, partial.bytes)
    }
}

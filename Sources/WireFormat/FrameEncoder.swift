// Frames to bytes: `u32 length · u8 type · payload`, big-endian, the length not counting itself.
//
// Invariant: no frame is longer than its type may be. The constructors of the messages see to that;
// here it is only checked.

public import NIOCore
public import PartyModel

/// Appends frames to buffers.
public enum FrameEncoder {
    /// Appends a first frame.
    public static func encode(_ hello: Hello, into buffer: inout ByteBuffer) {
        append(.hello, hello, limit: Limits.unprovenFrameBytes, to: &buffer)
    }

    /// Appends a second frame.
    public static func encode(_ proof: Proof, into buffer: inout ByteBuffer) {
        append(.proof, proof, limit: Limits.unprovenFrameBytes, to: &buffer)
    }

    /// Appends a message.
    public static func encode(_ message: Message, into buffer: inout ByteBuffer) {
        let (type, payload) = message.framed
        append(type, payload, limit: Limits.controlFrameBytes, to: &buffer)
    }

    /// Appends everything of a block frame that comes before the block's own bytes, which are sent
    /// next and never copied.
    ///
    /// - Precondition: `byteCount` is 1 to ``ChunkGeometry/blockSize``.
    public static func encodeBlockPrefix(
        _ header: BlockHeader, byteCount: Int, into buffer: inout ByteBuffer
    ) {
        precondition(byteCount > 0 && byteCount <= ChunkGeometry.blockSize)
        let written = header.canonicalBytes
        appendPrefix(.block, payloadCount: written.count + byteCount, to: &buffer)
        buffer.writeBytes(written)
    }

    private static func append(
        _ type: FrameType, _ payload: any CanonicalValue, limit: Int, to buffer: inout ByteBuffer
    ) {
        let written = payload.canonicalBytes
        precondition(written.count < limit, "a \(type) outgrew its frame")
        appendPrefix(type, payloadCount: written.count, to: &buffer)
        buffer.writeBytes(written)
    }

    private static func appendPrefix(
        _ type: FrameType, payloadCount: Int, to buffer: inout ByteBuffer
    ) {
        buffer.writeInteger(UInt32(MemoryLayout<UInt8>.size + payloadCount))
        buffer.writeInteger(type.rawValue)
    }
}

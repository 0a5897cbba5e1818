import NIOCore
import PartyModel
import Testing

@testable import WireFormat

@Suite("Frames to bytes and back")
struct FrameRoundTripTests {
    @Test("there is a sample of every frame type")
    func samplesAreComplete() {
        #expect(Set(Samples.frames.map(\.type)) == Set(FrameType.allCases))
    }

    @Test("a frame decodes to what was encoded", arguments: Samples.frames)
    func roundTrip(frame: Frame) throws {
        #expect(try FrameDecoder.frames(in: frame.encoded, stage: frame.stage) == [frame])
    }

    @Test(
        "a frame announces the bytes that follow its length, and its type",
        arguments: Samples.frames)
    func layout(frame: Frame) {
        let bytes = frame.encoded
        let announced = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        #expect(announced == bytes.count - 4)
        #expect(bytes[4] == frame.type.rawValue)
    }

    @Test("a ping is these bytes")
    func knownPing() {
        let ping = Frame.message(.ping(Ping(sent: MonotonicInstant(nanoseconds: 0x0102_0304_0506))))
        #expect(ping.encoded == [0, 0, 0, 9, 0x30, 0, 0, 1, 2, 3, 4, 5, 6])
    }

    @Test("frames that come one byte at a time decode all the same")
    func dripFeed() throws {
        for stage in FrameDecoder.Stage.allCases {
            let frames = Samples.frames.filter { $0.stage == stage }
            var decoder = FrameDecoder(stage: stage)
            var decoded: [Frame] = []
            for byte in frames.flatMap(\.encoded) {
                decoder.append(ByteBuffer(bytes: [byte]))
                while let frame = try decoder.next() { decoded.append(frame) }
            }
            #expect(decoded == frames)
        }
    }

    @Test("blocks cut anywhere decode all the same", arguments: [1_000, 16_384, 65_535, 131_072])
    func blocksInPieces(pieceCount: Int) throws {
        let frames = (0..<8).map { number in
            Frame.block(
                BlockHeader(
                    item: Samples.item, block: UInt32(number), relay: number.isMultiple(of: 2),
                    leaves: Array(repeating: LeafHash(Samples.bytes32(UInt8(number))), count: 8)),
                ByteBuffer(repeating: UInt8(number), count: ChunkGeometry.blockSize - number))
        }
        let bytes = frames.flatMap(\.encoded)
        var decoder = FrameDecoder(stage: .bulk)
        var decoded: [Frame] = []
        for start in stride(from: 0, to: bytes.count, by: pieceCount) {
            let end = min(start + pieceCount, bytes.count)
            decoder.append(ByteBuffer(bytes: bytes[start..<end]))
            while let frame = try decoder.next() { decoded.append(frame) }
        }
        #expect(decoded == frames)
    }

    @Test(
        "a piece is let go of once it is understood, so that its memory can take the next",
        arguments: [0, 1, 300])
    func letsGo(byteCountMissing: Int) throws {
        let block = Frame.block(
            BlockHeader(
                item: Samples.item, block: 1, relay: false,
                leaves: [LeafHash(Samples.bytes32(1))]),
            ByteBuffer(repeating: 7, count: ChunkGeometry.blockSize))
        let bytes = (block.encoded + block.encoded).dropLast(byteCountMissing)
        var piece = ByteBuffer(bytes: bytes)
        let memory = unsafe piece.withUnsafeReadableBytes { Int(bitPattern: $0.baseAddress) }
        var decoder = FrameDecoder(stage: .bulk)
        decoder.append(piece)
        while let frame = try decoder.next() { #expect(frame == block) }
        // A buffer that somebody shares takes new memory here.
        piece.clear()
        piece.writeBytes(bytes)
        let reused = unsafe piece.withUnsafeReadableBytes { Int(bitPattern: $0.baseAddress) }
        #expect(reused == memory)
    }

    @Test("a block's buffer holds no more than the block")
    func blockBufferIsExact() throws {
        let block = Frame.block(
            BlockHeader(
                item: Samples.item, block: 0, relay: false,
                leaves: [LeafHash(Samples.bytes32(0))]),
            ByteBuffer(repeating: 7, count: ChunkGeometry.blockSize))
        let bytes = Array(repeating: block.encoded, count: 4).flatMap(\.self)
        for case .block(_, let buffer) in try FrameDecoder.frames(in: bytes, stage: .bulk) {
            #expect(buffer.capacity == ChunkGeometry.blockSize)
        }
    }

    @Test("a frame waits in the decoder until the stage allows it")
    func stageMovesOn() throws {
        let proof = Frame.proof(Proof(code: Samples.bytes32(1), credential: nil))
        let ping = Frame.message(.ping(Ping(sent: MonotonicInstant(nanoseconds: 1))))
        var decoder = FrameDecoder()
        decoder.append(ByteBuffer(bytes: proof.encoded + ping.encoded))
        #expect(try decoder.next() == proof)
        decoder.stage = .control
        #expect(try decoder.next() == ping)
        #expect(try decoder.next() == nil)
    }

    @Test("a newer hello is read as far as it is known")
    func newerHello() throws {
        let hello = Hello(
            version: Hello.current + 1, purpose: .control, nonce: Samples.bytes32(1))
        let bytes = Frame.bytes(
            type: FrameType.hello.rawValue, payload: hello.canonicalBytes + [1, 2, 3])
        #expect(try FrameDecoder.frames(in: bytes, stage: .unproven) == [.hello(hello)])
    }
}

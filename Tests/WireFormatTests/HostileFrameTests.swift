import NIOCore
import PartyModel
import Testing

@testable import WireFormat

@Suite("Bytes from someone who means harm")
struct HostileFrameTests {
    @Test("the front of a frame is waited for, never misread", arguments: Samples.frames)
    func everyTruncation(frame: Frame) throws {
        let bytes = frame.encoded
        for count in 0..<bytes.count {
            #expect(
                try FrameDecoder.frames(in: Array(bytes.prefix(count)), stage: frame.stage) == [])
        }
    }

    @Test("a frame that announces less than its value needs is refused", arguments: Samples.frames)
    func everyShortPayload(frame: Frame) throws {
        let payload = frame.encoded.dropFirst(5)
        for count in 0..<payload.count {
            let bytes = Frame.bytes(
                type: frame.type.rawValue, payload: Array(payload.prefix(count)))
            guard case .block(let header, let data) = frame else {
                #expect(throws: WireViolation.truncated) {
                    try FrameDecoder.frames(in: bytes, stage: frame.stage)
                }
                continue
            }
            // A shorter block is a block: only who knows the item can tell.
            let dataCount = count - header.canonicalBytes.count
            guard dataCount > 0, let shorter = data.getSlice(at: 0, length: dataCount) else {
                continue
            }
            #expect(
                try FrameDecoder.frames(in: bytes, stage: .bulk) == [.block(header, shorter)])
        }
    }

    @Test("bytes after a value are refused", arguments: Samples.frames)
    func trailingBytes(frame: Frame) {
        guard frame.type != .block else { return }
        let bytes = Frame.bytes(
            type: frame.type.rawValue, payload: frame.encoded.dropFirst(5) + [0, 0])
        #expect(throws: WireViolation.trailingBytes(2)) {
            try FrameDecoder.frames(in: bytes, stage: frame.stage)
        }
    }

    @Test("a frame in the wrong stage is refused", arguments: Samples.frames)
    func wrongStage(frame: Frame) {
        for stage in FrameDecoder.Stage.allCases where stage != frame.stage {
            // A bye may come at any time, a block on control while bulk is not up.
            let mayCome = frame.type == .bye || (frame.type == .block && stage == .control)
            guard !mayCome else {
                #expect(throws: Never.self) {
                    try FrameDecoder.frames(in: frame.encoded, stage: stage)
                }
                continue
            }
            #expect(throws: WireViolation.misplacedType(frame.type.rawValue)) {
                try FrameDecoder.frames(in: frame.encoded, stage: stage)
            }
        }
    }

    @Test("a broken rule stays broken")
    func violationRepeats() {
        var decoder = FrameDecoder(stage: .control)
        decoder.append(ByteBuffer(bytes: [0, 0, 0, 1, 0xEE]))
        let ping = Frame.message(.ping(Ping(sent: MonotonicInstant(nanoseconds: 1))))
        #expect(throws: WireViolation.unknownType(0xEE)) { try decoder.next() }
        decoder.append(ByteBuffer(bytes: ping.encoded))
        #expect(throws: WireViolation.unknownType(0xEE)) { try decoder.next() }
    }

    @Test(
        "a value that a field cannot have is refused",
        arguments: [
            (FrameType.hello, 2, UInt8(9), "purpose"), (.proof, 32, 2, "flag"),
            (.introduction, 5, 7, "flag"), (.introduction, 8, 5, "address kind"),
            (.bitfield, 19, 1, "first chunk"), (.status, 16, 0x80, "position"),
            (.status, 24, 0x80, "buffer"), (.status, 36, 0x80, "runs dry"), (.bye, 0, 0, "bye"),
            (.timeline, 64, 0xFF, "excused"), (.hold, 40, 3, "hold reason"),
            (.hold, 41, 0x80, "buffer"), (.hold, 50, 0xFF, "needed"), (.rules, 8, 0, "control"),
            (.rules, 9, 3, "waits"), (.rules, 10, 2, "flag"),
            (.chat, 24, 0, "remark"), (.chat, 24, 3, "remark"), (.chat, 27, 0x0A, "chat text"),
            (.chat, 27, 0x00, "chat text"), (.chat, 27, 0x1B, "chat text"),
        ])
    func malformedValues(type: FrameType, offset: Int, value: UInt8, field: String) throws {
        let frame = try #require(Samples.frames.first { $0.type == type })
        var bytes = frame.encoded
        bytes[5 + offset] = value
        #expect(throws: WireViolation.malformedValue(field: field)) {
            try FrameDecoder.frames(in: bytes, stage: frame.stage)
        }
    }

    @Test("a text that is no UTF-8 is refused")
    func malformedText() {
        let bytes = Frame.bytes(type: FrameType.bye.rawValue, payload: [1, 0, 2, 0xC3, 0x28])
        #expect(throws: WireViolation.malformedText) {
            try FrameDecoder.frames(in: bytes, stage: .control)
        }
    }

    @Test(
        "mutated frames decode to what encodes to the same bytes, or are refused", arguments: 1...20
    )
    func mutations(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<1_000 {
            let frame = Samples.frames[Int.random(in: 0..<Samples.frames.count, using: &random)]
            let bytes = mutated(frame.encoded, using: &random)
            let stage =
                Int.random(in: 0..<8, using: &random) == 0
                ? FrameDecoder.Stage.allCases.randomElement(using: &random) ?? .control
                : frame.stage
            let decoded = decodePiecewise(bytes, stage: stage, using: &random)
            guard decoded.allSatisfy(\.hasOneForm) else { continue }
            let again = decoded.flatMap(\.encoded)
            #expect(again.elementsEqual(bytes.prefix(again.count)), "seed \(seed)")
        }
    }

    private func mutated(_ bytes: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: 0..<max(1, min(bytes.count, 400)), using: &random)
            guard place < bytes.count else { continue }
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
            case 2: bytes.remove(at: place)
            case _: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: place)
            }
        }
        // Half of the time the length is right again, so that the value is reached.
        guard Bool.random(using: &random), bytes.count > 5 else { return bytes }
        return Frame.bytes(type: bytes[4], payload: Array(bytes.dropFirst(5)))
    }

    private func decodePiecewise(
        _ bytes: [UInt8], stage: FrameDecoder.Stage, using random: inout SeededGenerator
    ) -> [Frame] {
        var decoder = FrameDecoder(stage: stage)
        var frames: [Frame] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...rest.count, using: &random)
            decoder.append(ByteBuffer(bytes: rest.prefix(count)))
            rest = rest.dropFirst(count)
            do {
                while let frame = try decoder.next() { frames.append(frame) }
            } catch {
                return frames
            }
        }
        return frames
    }
}

extension Frame {
    /// Whether the frame has exactly one form in bytes; a hello of a newer version may say more.
    fileprivate var hasOneForm: Bool {
        guard case .hello(let hello) = self else { return true }
        return hello.version <= Hello.current
    }
}

/// SplitMix64: the same numbers for the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

// Which frames there are, and which of them, how long, may come on a connection in a given stage.
//
// Invariant: a length is compared with the limit of its type before a byte of the frame is kept.

import PartyModel

/// The second field of every frame.
///
/// Numbers are never used again for something else.
enum FrameType: UInt8, CaseIterable {
    case hello = 0x01
    case proof = 0x02
    case bye = 0x03

    case introduction = 0x10
    case welcome = 0x11
    case roster = 0x12
    case playlist = 0x13
    case timeline = 0x14
    case status = 0x15
    case hold = 0x16
    case rules = 0x17
    case keptRoster = 0x18

    case roots = 0x20
    case bitfield = 0x21
    case have = 0x22
    case request = 0x23
    case cancel = 0x24
    case reject = 0x25
    case block = 0x26
    case relay = 0x27
    case reach = 0x28
    case appetite = 0x29

    case ping = 0x30
    case pong = 0x31

    case chat = 0x40

    /// Bytes of the length that opens a frame.
    static let lengthBytes = 4

    /// The most bytes, the type's own included, that a frame of this type may have; `nil` where it
    /// has no place.
    func limit(in stage: FrameDecoder.Stage) -> Int? {
        switch self {
        case .hello, .proof:
            stage == .unproven ? Limits.unprovenFrameBytes : nil
        case .bye:
            stage == .control ? Limits.controlFrameBytes : Limits.unprovenFrameBytes
        case .introduction, .welcome, .roster, .keptRoster, .playlist, .timeline, .hold, .rules,
            .status, .roots, .bitfield, .have, .request, .cancel, .reject, .relay, .reach,
            .appetite,
            .ping, .pong, .chat:
            stage == .control ? Limits.controlFrameBytes : nil
        case .block:
            stage == .unproven ? nil : Limits.blockHeaderBytes + ChunkGeometry.blockSize
        }
    }
}

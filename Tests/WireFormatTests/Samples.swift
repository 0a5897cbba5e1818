// One frame of every type, and the largest there can be.

import NIOCore
import PartyModel
public import Testing

@testable public import WireFormat

/// Frames with every field set to something that a mistake would change.
enum Samples {
    static let item = ItemID(bytes16(0x10))
    static let otherItem = ItemID(bytes16(0x60))
    static let signature = signature(0x55)

    static let member = Signed(
        content: Member(
            fingerprint: CertificateFingerprint(bytes32(0x20)), key: memberKey(0x02),
            name: "Zoë 🎬", isHeadless: true,
            addresses: [
                .ipv4(0xC0A8_0105, port: 9876), .ipv6(bytes16(0x01), port: 1),
                .name("film.example.org", port: 65_535),
            ], since: 7),
        signature: signature)

    static let intent = Intent(
        revision: .max, author: PeerID(bytes16(0x30)), item: item,
        anchor: MediaPosition(seconds: 5_400.25),
        since: RoomInstant(nanoseconds: -1), speed: PlaybackSpeed(factor: 1.25), isPaused: true,
        isAutomatic: true, excused: [PeerID(bytes16(0x31)), PeerID(bytes16(0x33))])

    static let hold = Hold(
        author: PeerID(bytes16(0x30)), sequence: .max, revision: 8,
        since: RoomInstant(nanoseconds: -2), reason: .opening, buffered: .milliseconds(1_250),
        needed: .seconds(3), until: RoomInstant(nanoseconds: .max))

    static let rules = RoomRules(version: 3, control: .host, waits: .nobody, isLobby: true)

    static let messages: [Message] = [
        .introduction(
            Introduction(
                name: "Ann", isHeadless: true, addresses: member.content.addresses)),
        .welcome(
            Welcome(
                credential: member,
                prefetch: [
                    .init(item: item, offset: 0, length: 65_536),
                    .init(item: otherItem, offset: Limits.itemSize, length: 1),
                ])),
        .roster(Signed(content: Roster(epoch: 9, members: [member]), signature: signature)),
        .keptRoster(
            KeptRoster(
                roster: Signed(content: Roster(epoch: 9, members: [member]), signature: signature),
                admissions: Signed(
                    content: Admissions(
                        term: 9, keeper: PeerID(bytes16(0x20)), version: 3,
                        members: [member.content]),
                    signature: signature))),
        .playlist(Signed(content: playlist, signature: signature)),
        .roots(
            Signed(
                content: RootList(
                    item: item,
                    entries: [
                        .init(chunk: .max, root: ChunkRoot(bytes32(0x40))),
                        .init(chunk: 0, root: ChunkRoot(bytes32(0x80))),
                    ]),
                signature: signature)),
        .bitfield(BitfieldPage(item: item, firstChunk: 64, bits: [0xFF, 0x80])),
        .have(
            Have(
                item: item,
                entries: [
                    .init(chunk: 3, blocks: BlockMask(bits: 0x81)),
                    .init(chunk: .max, blocks: .none),
                ])),
        .request(
            BlockRequest(item: item, runs: [.init(first: 8, count: 16)], isUrgent: true)),
        .cancel(
            BlockRequest(
                item: item, runs: [.init(first: 0, count: 1), .init(first: .max, count: .max)])),
        .reject(BlockRequest(item: otherItem, runs: [.init(first: 1, count: 2)])),
        .relay(
            RelayOrder(
                item: item, block: .max, first: [PeerID(bytes16(0x31))],
                others: [PeerID(bytes16(0x32)), PeerID(bytes16(0x33))])),
        .reach(Reach(peers: [PeerID(bytes16(0x32)), PeerID(bytes16(0x31))])),
        .appetite(.asked),
        .appetite(.all),
        .appetite(.needed),
        .timeline(Signed(content: intent, signature: signature)),
        .hold(Signed(content: hold, signature: signature)),
        .hold(
            Signed(
                content: Hold(
                    author: PeerID(bytes16(0x30)), sequence: 1, revision: 1,
                    since: RoomInstant(nanoseconds: 5), reason: nil, buffered: .zero, needed: nil,
                    until: RoomInstant(nanoseconds: 6)), signature: signature)),
        .rules(Signed(content: rules, signature: signature)),
        .status(
            PeerStatus(
                item: item, position: MediaPosition(seconds: 61.5),
                buffered: .milliseconds(2_345), isStalled: true, isAtEnd: true, isReady: true,
                runsDry: .milliseconds(700), landing: .milliseconds(320),
                sync: SyncReport(
                    error: .microseconds(-3_500), trim: -1_200, offset: .seconds(-77),
                    clockError: .milliseconds(2), roundTrip: .milliseconds(4)))),
        .chat(
            Signed(
                content: Chat(
                    author: PeerID(bytes16(0x30)), number: .max, remark: .text("Zoë: 🎬 {\\an8}")),
                signature: signature)),
        .chat(
            Signed(
                content: Chat(
                    author: PeerID(bytes16(0x31)), number: 1, remark: .reaction(.star)),
                signature: signature)),
        .ping(Ping(sent: MonotonicInstant(nanoseconds: .min))),
        .pong(
            Pong(
                sent: MonotonicInstant(nanoseconds: 1), arrived: MonotonicInstant(nanoseconds: 2),
                answered: MonotonicInstant(nanoseconds: .max))),
        .pong(
            Pong(
                sent: MonotonicInstant(nanoseconds: 3), arrived: MonotonicInstant(nanoseconds: 4),
                answered: MonotonicInstant(nanoseconds: 5), roomOffset: .nanoseconds(-6))),
        .bye(Bye(kind: .filmLost, reason: "the film changed while it was shared")),
    ]

    static let playlist = Playlist(
        version: 2,
        items: [
            PlaylistItem(id: item, name: "Der Himmel über Berlin.mkv", geometry: geometry(5 << 30)),
            PlaylistItem(
                id: otherItem, name: "de.srt", geometry: geometry(1), kind: .subtitle,
                parent: item),
        ])

    static let block = Frame.block(
        BlockHeader(
            item: item, block: 4_711, relay: true,
            leaves: [LeafHash(bytes32(0x01)), LeafHash(bytes32(0x02))]),
        ByteBuffer(bytes: (0..<1_000).map { UInt8(truncatingIfNeeded: $0) }))

    /// One frame of every type at least.
    static let frames: [Frame] =
        [
            .hello(Hello(purpose: .bulk, nonce: bytes32(0x70))),
            .hello(Hello(purpose: .control, nonce: bytes32(0x71))),
            .proof(Proof(code: bytes32(0x72), credential: member)),
            .proof(Proof(code: bytes32(0x73), credential: nil)),
            block,
        ] + messages.map(Frame.message)

    static func bytes16(_ first: UInt8) -> Bytes16 {
        guard let bytes = Bytes16((0..<16).map { first &+ $0 }) else {
            preconditionFailure("these are sixteen bytes")
        }
        return bytes
    }

    static func bytes32(_ first: UInt8) -> Bytes32 {
        guard let bytes = Bytes32((0..<32).map { first &+ $0 }) else {
            preconditionFailure("these are thirty-two bytes")
        }
        return bytes
    }

    static func signature(_ first: UInt8) -> Signature {
        guard let signature = Signature((0..<64).map { first &+ $0 }) else {
            preconditionFailure("these are sixty-four bytes")
        }
        return signature
    }

    static func memberKey(_ first: UInt8) -> MemberKey {
        guard let key = MemberKey([first] + (1...32).map { first &+ $0 }) else {
            preconditionFailure("these are thirty-three bytes")
        }
        return key
    }

    static func geometry(_ size: Int64) -> ChunkGeometry {
        guard let geometry = ChunkGeometry(size: size) else {
            preconditionFailure("an item can have \(size) bytes")
        }
        return geometry
    }
}

extension Frame: CustomTestStringConvertible {
    /// The frame's type alone: its bytes would fill the log.
    public var testDescription: String { "\(type)" }
}

extension Frame {
    /// The stage in which a connection takes this frame.
    var stage: FrameDecoder.Stage {
        switch self {
        case .hello, .proof: .unproven
        case .message: .control
        case .block: .bulk
        }
    }

    var type: FrameType {
        switch self {
        case .hello: .hello
        case .proof: .proof
        case .message(let message): message.framed.type
        case .block: .block
        }
    }

    /// The frame as it travels.
    var encoded: [UInt8] {
        var buffer = ByteBuffer()
        switch self {
        case .hello(let hello): FrameEncoder.encode(hello, into: &buffer)
        case .proof(let proof): FrameEncoder.encode(proof, into: &buffer)
        case .message(let message): FrameEncoder.encode(message, into: &buffer)
        case .block(let header, let bytes):
            FrameEncoder.encodeBlockPrefix(
                header, byteCount: bytes.readableBytes, into: &buffer)
            buffer.writeImmutableBuffer(bytes)
        }
        return Array(buffer.readableBytesView)
    }

    /// A frame of this type around some bytes.
    static func bytes(type: UInt8, payload: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(UInt32(1 + payload.count))
        writer.write(type)
        writer.write(raw: payload)
        return writer.bytes
    }
}

extension FrameDecoder {
    /// All frames in `bytes`.
    static func frames(
        in bytes: [UInt8], stage: FrameDecoder.Stage
    ) throws(WireViolation) -> [Frame] {
        var decoder = FrameDecoder(stage: stage)
        decoder.append(ByteBuffer(bytes: bytes))
        var frames: [Frame] = []
        while let frame = try decoder.next() { frames.append(frame) }
        return frames
    }
}

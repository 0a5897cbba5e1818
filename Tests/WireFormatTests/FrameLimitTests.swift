import NIOCore
import PartyModel
import Testing

@testable import WireFormat

@Suite("What a frame may hold, to the byte")
struct FrameLimitTests {
    @Test(
        "a frame of its type's limit is waited for, one byte more is refused at once",
        arguments: FrameType.allCases, FrameDecoder.Stage.allCases)
    func frameLengths(type: FrameType, stage: FrameDecoder.Stage) throws {
        func announce(_ length: Int) throws(WireViolation) -> [Frame] {
            var writer = ByteWriter()
            writer.write(UInt32(length))
            writer.write(type.rawValue)
            return try FrameDecoder.frames(in: writer.bytes, stage: stage)
        }
        guard let limit = type.limit(in: stage) else {
            #expect(throws: WireViolation.misplacedType(type.rawValue)) { try announce(1_000) }
            return
        }
        #expect(try announce(limit) == [])
        for length in [limit + 1, Int(UInt32.max)] {
            #expect(throws: WireViolation.oversizedFrame(type: type.rawValue, length: length)) {
                try announce(length)
            }
        }
    }

    @Test("a frame without a type is refused")
    func emptyFrame() {
        #expect(throws: WireViolation.malformedValue(field: "frame length")) {
            try FrameDecoder.frames(in: [0, 0, 0, 0], stage: .control)
        }
    }

    @Test("a type nobody knows is refused")
    func unknownType() {
        #expect(throws: WireViolation.unknownType(0xEE)) {
            try FrameDecoder.frames(in: [0, 0, 0, 1, 0xEE], stage: .control)
        }
    }

    @Test("the largest value of every kind fits its frame", arguments: LargestFrames.all)
    func largestFits(frame: Frame) throws {
        let limit = try #require(frame.type.limit(in: frame.stage))
        #expect(frame.encoded.count - FrameType.lengthBytes <= limit)
        #expect(try FrameDecoder.frames(in: frame.encoded, stage: frame.stage) == [frame])
    }

    @Test("the longest addresses are as long as they may be")
    func longestAddressesAreLongest() {
        let addresses = LargestFrames.longestAddresses
        let byteCount = addresses.map(\.canonicalBytes.count).reduce(0, +)
        #expect(byteCount == Limits.addressBytesPerMember)
        #expect(addresses.fittingOneMember == addresses)
    }

    @Test("one value more than a list may have is refused", arguments: OverfullList.all)
    func overfullList(list: OverfullList) {
        #expect(throws: WireViolation.countAboveLimit(list.count, limit: list.count - 1)) {
            try FrameDecoder.frames(in: list.frame, stage: list.stage)
        }
    }

    @Test("a block of one byte more than a block has is refused")
    func oversizedBlock() {
        let header = BlockHeader(
            item: Samples.item, block: 0, relay: false, leaves: [LeafHash(Samples.bytes32(0))])
        let bytes = Frame.bytes(
            type: FrameType.block.rawValue,
            payload: header.canonicalBytes + Array(repeating: 0, count: ChunkGeometry.blockSize + 1)
        )
        #expect(
            throws: WireViolation.countAboveLimit(
                ChunkGeometry.blockSize + 1, limit: ChunkGeometry.blockSize)
        ) { try FrameDecoder.frames(in: bytes, stage: .bulk) }
    }

    @Test("a block without bytes is refused")
    func emptyBlock() {
        let header = BlockHeader(
            item: Samples.item, block: 0, relay: false, leaves: [LeafHash(Samples.bytes32(0))])
        let bytes = Frame.bytes(type: FrameType.block.rawValue, payload: header.canonicalBytes)
        #expect(throws: WireViolation.truncated) {
            try FrameDecoder.frames(in: bytes, stage: .bulk)
        }
    }
}

/// The largest value of every type whose size varies.
enum LargestFrames {
    static let addresses: [PeerAddress] =
        [.name(String(repeating: "n", count: Limits.hostNameBytes), port: 1)]
        + Array(repeating: .ipv6(Samples.bytes16(1), port: 2), count: 7)

    /// As many bytes of addresses as a member may have: 258 + 6 × 19 + 140.
    static let longestAddresses: [PeerAddress] =
        Array(addresses.prefix(7))
        + [.name(String(repeating: "m", count: Limits.addressBytesPerMember - 377), port: 3)]

    static let member = Signed(
        content: Member(
            fingerprint: CertificateFingerprint(Samples.bytes32(1)), key: Samples.memberKey(2),
            name: String(repeating: "x", count: Limits.nameBytes), isHeadless: false,
            addresses: longestAddresses, since: .max),
        signature: Samples.signature)

    static let items = (0..<Limits.items).map { number in
        PlaylistItem(
            id: ItemID(Samples.bytes16(UInt8(number))),
            name: String(repeating: "i", count: Limits.itemNameBytes),
            geometry: Samples.geometry(Limits.itemSize), kind: .font, parent: Samples.item)
    }

    static let all: [Frame] = [
        .proof(Proof(code: Samples.bytes32(1), credential: member)),
        .message(
            .introduction(
                Introduction(
                    name: member.content.name, isHeadless: true, addresses: longestAddresses))),
        .message(
            .welcome(
                Welcome(
                    credential: member,
                    prefetch: Array(
                        repeating: .init(item: Samples.item, offset: 0, length: Limits.itemSize),
                        count: Limits.prefetchRanges)))),
        .message(
            .roster(
                Signed(
                    content: Roster(
                        epoch: .max, members: Array(repeating: member, count: Limits.members)),
                    signature: Samples.signature))),
        .message(
            .keptRoster(
                KeptRoster(
                    roster: Signed(
                        content: Roster(epoch: .max, members: [member]),
                        signature: Samples.signature),
                    admissions: Signed(
                        content: Admissions(
                            term: .max, keeper: member.content.peer, version: .max,
                            members: Array(
                                repeating: member.content, count: Limits.members - 1)),
                        signature: Samples.signature)))),
        .message(
            .playlist(
                Signed(
                    content: Playlist(version: .max, items: items), signature: Samples.signature))),
        .message(
            .timeline(
                Signed(
                    content: Intent(
                        revision: .max, author: PeerID(Samples.bytes16(1)), item: Samples.item,
                        anchor: .start, since: RoomInstant(nanoseconds: 0), speed: .normal,
                        isPaused: false,
                        excused: Set(
                            (0..<Limits.members).map { PeerID(Samples.bytes16(UInt8($0))) })
                    ), signature: Samples.signature))),
        .message(
            .roots(
                Signed(
                    content: RootList(
                        item: Samples.item,
                        entries: Array(
                            repeating: .init(chunk: 1, root: ChunkRoot(Samples.bytes32(1))),
                            count: Limits.rootsPerList)),
                    signature: Samples.signature))),
        .message(
            .bitfield(
                BitfieldPage(
                    item: Samples.item, firstChunk: 0,
                    bits: Array(repeating: 0xFF, count: Limits.chunksPerBitfieldPage / 8)))),
        .message(
            .have(
                Have(
                    item: Samples.item,
                    entries: Array(
                        repeating: .init(chunk: 1, blocks: .none), count: Limits.chunksPerHave)))),
        .message(
            .request(
                BlockRequest(
                    item: Samples.item,
                    runs: Array(
                        repeating: .init(first: 1, count: 1), count: Limits.runsPerRequest)))),
        .message(
            .chat(
                Signed(
                    content: Chat(
                        author: PeerID(Samples.bytes16(1)), number: .max,
                        remark: .text(String(repeating: "c", count: Limits.chatBytes))),
                    signature: Samples.signature))),
        .message(
            .bye(Bye(kind: .leaving, reason: String(repeating: "r", count: Limits.reasonBytes)))),
        .block(
            BlockHeader(
                item: Samples.item, block: .max, relay: true,
                leaves: Array(
                    repeating: LeafHash(Samples.bytes32(1)), count: ChunkGeometry.blocksPerChunk)),
            ByteBuffer(repeating: 1, count: ChunkGeometry.blockSize)),
    ]
}

/// A frame in which a list, text or run of bytes has one more than it may.
struct OverfullList: Sendable, CustomTestStringConvertible {
    let name: String
    let type: FrameType
    let stage: FrameDecoder.Stage
    let count: Int
    let payload: [UInt8]

    var testDescription: String { name }
    var frame: [UInt8] { Frame.bytes(type: type.rawValue, payload: payload) }

    init(
        _ name: String, _ type: FrameType, over limit: Int, stage: FrameDecoder.Stage = .control,
        write: (inout ByteWriter, Int) -> Void
    ) {
        self.name = name
        self.type = type
        self.stage = stage
        count = limit + 1
        var writer = ByteWriter()
        write(&writer, limit + 1)
        payload = writer.bytes
    }

    static let all: [OverfullList] = rooms + swarms

    private static let rooms: [OverfullList] = [
        OverfullList("a name", .introduction, over: Limits.nameBytes) { writer, count in
            writer.write(String(repeating: "x", count: count), limit: count)
            writer.write(false)
            writer.write(UInt16(0))
        },
        OverfullList("addresses", .introduction, over: Limits.addressesPerMember) { writer, count in
            writer.write("", limit: 0)
            writer.write(false)
            writer.write(Array(repeating: PeerAddress.ipv4(1, port: 1), count: count))
        },
        OverfullList("bytes of addresses", .introduction, over: Limits.addressBytesPerMember) {
            writer, count in
            let name = String(repeating: "a", count: 250)
            let rest = String(repeating: "b", count: count - 260)
            writer.write("", limit: 0)
            writer.write(false)
            writer.write([PeerAddress.name(name, port: 1), .name(rest, port: 1)])
        },
        OverfullList("a host name", .introduction, over: Limits.hostNameBytes) { writer, count in
            writer.write("", limit: 0)
            writer.write(false)
            writer.write(UInt16(1))
            writer.write(UInt8(1))
            writer.write(String(repeating: "h", count: count), limit: count)
            writer.write(UInt16(1))
        },
        OverfullList("prefetch ranges", .welcome, over: Limits.prefetchRanges) { writer, count in
            Samples.member.write(to: &writer)
            let range = Welcome.Prefetch(item: Samples.item, offset: 0, length: 1)
            writer.write(Array(repeating: range, count: count))
        },
        OverfullList("members", .roster, over: Limits.members) { writer, count in
            writer.write(UInt64(1))
            writer.write(Array(repeating: Samples.member, count: count))
            Samples.signature.write(to: &writer)
        },
        OverfullList("members and those taken in", .keptRoster, over: Limits.members) {
            writer, count in
            let roster = Roster(epoch: 1, members: Array(repeating: Samples.member, count: 2))
            Signed(content: roster, signature: Samples.signature).write(to: &writer)
            let taken = Array(repeating: Samples.member.content, count: count - 2)
            let admissions = Admissions(
                term: 1, keeper: taken[0].peer, version: 1, members: taken)
            Signed(content: admissions, signature: Samples.signature).write(to: &writer)
        },
        OverfullList("items", .playlist, over: Limits.items) { writer, count in
            writer.write(UInt64(1))
            writer.write(Array(repeating: Samples.playlist.items[0], count: count))
            Samples.signature.write(to: &writer)
        },
        OverfullList("an item's name", .playlist, over: Limits.itemNameBytes) { writer, count in
            writer.write(UInt64(1))
            writer.write(UInt16(1))
            Samples.item.raw.write(to: &writer)
            writer.write(String(repeating: "x", count: count), limit: count)
        },
        OverfullList("excused peers", .timeline, over: Limits.members) { writer, count in
            let intent = Samples.intent
            let bytes = intent.canonicalBytes
            writer.write(raw: bytes.dropLast(2 + 16 * intent.excused.count))
            writer.write(Array(repeating: intent.author.raw, count: count))
            Samples.signature.write(to: &writer)
        },
        OverfullList("a remark", .chat, over: Limits.chatBytes) { writer, count in
            Samples.item.raw.write(to: &writer)
            writer.write(UInt64(1))
            writer.write(UInt8(1))
            writer.write(String(repeating: "x", count: count), limit: count)
        },
        OverfullList("a reason", .bye, over: Limits.reasonBytes) { writer, count in
            writer.write(Bye.Kind.leaving.rawValue)
            writer.write(String(repeating: "x", count: count), limit: count)
        },
    ]

    private static let swarms: [OverfullList] = [
        OverfullList("roots", .roots, over: Limits.rootsPerList) { writer, count in
            Samples.item.raw.write(to: &writer)
            let entry = RootList.Entry(chunk: 1, root: ChunkRoot(Samples.bytes32(1)))
            writer.write(Array(repeating: entry, count: count))
            Samples.signature.write(to: &writer)
        },
        OverfullList("bits", .bitfield, over: Limits.chunksPerBitfieldPage / 8) { writer, count in
            Samples.item.raw.write(to: &writer)
            writer.write(UInt32(0))
            writer.write(UInt16(count))
            writer.write(raw: Array(repeating: 0, count: count))
        },
        OverfullList("news", .have, over: Limits.chunksPerHave) { writer, count in
            Samples.item.raw.write(to: &writer)
            writer.write(Array(repeating: Have.Entry(chunk: 1, blocks: .none), count: count))
        },
        OverfullList("runs", .request, over: Limits.runsPerRequest) { writer, count in
            Samples.item.raw.write(to: &writer)
            writer.write(false)
            writer.write(Array(repeating: BlockRequest.Run(first: 1, count: 1), count: count))
        },
        OverfullList("leaves", .block, over: ChunkGeometry.blocksPerChunk, stage: .bulk) {
            writer, count in
            Samples.item.raw.write(to: &writer)
            writer.write(UInt32(0))
            writer.write(false)
            writer.write(Array(repeating: LeafHash(Samples.bytes32(1)), count: count))
        },
    ]
}

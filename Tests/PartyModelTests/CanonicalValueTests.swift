import Crypto
import PartyModel
import Testing

@Suite("Signed values and their one form in bytes")
struct CanonicalValueTests {
    static let playlist = Playlist(
        version: 3,
        items: [
            PlaylistItem(
                id: Fixtures.item, name: "Stalker.mkv", geometry: Fixtures.geometry(7 << 30)),
            PlaylistItem(
                id: ItemID(Fixtures.bytes16(0x50)), name: "de.srt", geometry: Fixtures.geometry(9),
                kind: .subtitle, parent: Fixtures.item),
        ])
    static let intent = Intent(
        revision: 4, author: PeerID(Fixtures.bytes16(0x30)), item: Fixtures.item,
        anchor: MediaPosition(seconds: MediaPosition.longest),
        since: RoomInstant(nanoseconds: .min),
        speed: PlaybackSpeed(factor: 0.5), isPaused: false)
    static let hold = Hold(
        author: PeerID(Fixtures.bytes16(0x30)), sequence: 2, revision: 4,
        since: RoomInstant(nanoseconds: 7), reason: .buffering, buffered: .milliseconds(300),
        needed: .seconds(2), until: RoomInstant(nanoseconds: 9))
    static let roots = RootList(
        item: Fixtures.item,
        entries: [.init(chunk: 8, root: ChunkRoot(Fixtures.bytes32(0x40)))])

    @Test("members, rosters, playlists, rules, intents, holds, roots and bindings come back")
    func roundTrips() throws {
        let member = Signed(content: Fixtures.member, signature: Fixtures.signature)
        try comesBack(Fixtures.member)
        try comesBack(Roster(epoch: 1, members: [member, member]))
        try comesBack(Roster(epoch: 0, members: []))
        try comesBack(Self.playlist)
        try comesBack(Self.intent)
        try comesBack(Self.hold)
        try comesBack(RoomRules(version: 2, control: .host, waits: .nobody, isLobby: true))
        try comesBack(Self.roots)
        try comesBack(HostBinding(key: Fixtures.member.key))
    }

    private func comesBack<Value: CanonicalValue & Equatable>(_ value: Value) throws {
        let bytes = value.canonicalBytes
        #expect(try Value(canonicalBytes: bytes) == value)
        for count in bytes.indices {
            #expect(throws: WireViolation.truncated) {
                try Value(canonicalBytes: bytes.prefix(count))
            }
        }
        #expect(throws: WireViolation.trailingBytes(1)) { try Value(canonicalBytes: bytes + [0]) }
    }

    @Test("a playlist names no item twice, and is not empty")
    func playlistRules() {
        let item = Self.playlist.items[0].canonicalBytes
        let version: [UInt8] = Array(repeating: 0, count: 8)
        for bytes in [version + [0, 0], version + [0, 2] + item + item] {
            #expect(throws: WireViolation.malformedValue(field: "playlist items")) {
                try Playlist(canonicalBytes: bytes)
            }
        }
    }

    @Test("names are cut at a character, addresses at the last that fits")
    func constructorsCut() {
        let family = "👩‍👩‍👧‍👦"
        let member = Member(
            fingerprint: Fixtures.member.fingerprint, key: Fixtures.memberKey,
            name: String(repeating: family, count: 4), isHeadless: false,
            addresses: [
                .name("", port: 1), .name(String(repeating: "h", count: 254), port: 1),
                .name(String(repeating: "h", count: 253), port: 2), .ipv4(1, port: 3),
                .name(String(repeating: "h", count: 253), port: 4), .ipv4(2, port: 5),
            ], since: 0)
        #expect(member.name == family + family)
        #expect(member.addresses.map(\.port) == [2, 3])
    }

    @Test("a position outside the longest film is moved inside, and refused where it is read")
    func positionBounds() {
        let longest = MediaPosition(seconds: MediaPosition.longest)
        #expect(MediaPosition(nanoseconds: .max) == longest)
        #expect(MediaPosition(nanoseconds: .min) == .start)
        for outside in [-1, longest.nanoseconds + 1, .max, .min] {
            var writer = ByteWriter()
            writer.write(outside)
            #expect(throws: WireViolation.malformedValue(field: "position")) {
                try MediaPosition(canonicalBytes: writer.bytes)
            }
        }
    }

    @Test(
        "the time between two instants saturates at the ends of 64 bits",
        arguments: [
            (Int64.max, Int64.min, Int64.max), (.min, .max, .min), (.min, 0, .min), (0, .min, .max),
            (-1, .min, .max), (.min, .min, 0), (.max, .max, 0),
        ])
    func instantDifferences(left: Int64, right: Int64, expected: Int64) {
        let difference = RoomInstant(nanoseconds: left) - RoomInstant(nanoseconds: right)
        #expect(difference == .nanoseconds(expected))
        let local = MonotonicInstant(nanoseconds: left) - MonotonicInstant(nanoseconds: right)
        #expect(local == .nanoseconds(expected))
    }

    @Test("an instant less the longest duration there is saturates too")
    func instantLessDuration() {
        let longest = Duration.seconds(Int64.min)
        #expect(RoomInstant(nanoseconds: 1) - longest == RoomInstant(nanoseconds: .max))
        #expect(MonotonicInstant(nanoseconds: 1) - longest == MonotonicInstant(nanoseconds: .max))
    }

    @Test("a duration of any number of seconds stays inside ten years")
    func boundedDurations() {
        let longest = Duration.seconds(Int64(MediaPosition.longest))
        #expect(Duration(boundedSeconds: 1.5) == .milliseconds(1_500))
        #expect(Duration(boundedSeconds: -.infinity) == .zero - longest)
        #expect(Duration(boundedSeconds: 3e10) == longest)
        #expect(Duration(boundedSeconds: .nan) == .zero)
    }

    @Test("a signature of the room holds for its content and key, and for nothing else")
    func roomSignature() throws {
        let key = Curve25519.Signing.PrivateKey()
        let room = RoomKey(try #require(Bytes32(Array(key.publicKey.rawRepresentation))))
        let signed = try Signed(signing: Self.playlist, with: key)
        #expect(signed.isSigned(by: room))
        #expect(!signed.isSigned(by: Fixtures.room))
        let other = Playlist(version: 4, items: Self.playlist.items)
        #expect(!Signed(content: other, signature: signed.signature).isSigned(by: room))
    }

    @Test("a signature of a member holds for its content and key, and for nothing else")
    func memberSignature() throws {
        let key = P256.Signing.PrivateKey()
        let member = try #require(MemberKey(Array(key.publicKey.compressedRepresentation)))
        let signed = try Signed(signing: Self.intent, with: key)
        #expect(signed.isSigned(by: member))
        #expect(!signed.isSigned(by: Fixtures.memberKey))
        #expect(!Signed(content: Self.intent, signature: Fixtures.signature).isSigned(by: member))
    }

    @Test("kinds of content are signed apart")
    func contextsDiffer() {
        let contexts = [
            Member.signatureContext, Roster.signatureContext, Playlist.signatureContext,
            Intent.signatureContext, RootList.signatureContext, HostBinding.signatureContext,
        ]
        #expect(Set(contexts).count == contexts.count)
    }
}

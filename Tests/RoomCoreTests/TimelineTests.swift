import Crypto
import PartyModel
import Testing

@testable import RoomCore

/// Signed words of a few people, drawn from a seed.
struct TimelineLab {
    static let item = ItemID(bytes16(0xF0))

    let keys: [MemberSigningKey]
    let authority: Authority
    private var random: SeededRandom

    init(seed: UInt64, rules: RoomRules = RoomRules(), headless: Set<Int> = []) throws {
        let secrets = (0..<4).map { _ in P256.Signing.PrivateKey() }
        keys = secrets.map(MemberSigningKey.init)
        let members = try secrets.enumerated().map { number, secret in
            Member(
                fingerprint: Self.fingerprint(number),
                key: try #require(MemberKey(Array(secret.publicKey.compressedRepresentation))),
                name: "\(number)", isHeadless: headless.contains(number), addresses: [],
                since: UInt64(number))
        }
        let film = PlaylistItem(
            id: Self.item, name: "film.mkv", geometry: try #require(ChunkGeometry(size: 1_000)))
        authority = Authority(
            members: members, playlist: Playlist(version: 1, items: [film]), rules: rules,
            keeper: members[0].peer, isLobby: rules.isLobby)
        random = SeededRandom(state: seed)
    }

    static func bytes16(_ first: UInt8) -> Bytes16 {
        guard let bytes = Bytes16((0..<16).map { first &+ $0 }) else {
            preconditionFailure("these are sixteen bytes")
        }
        return bytes
    }

    private static func fingerprint(_ number: Int) -> CertificateFingerprint {
        CertificateFingerprint(.sha256(of: [UInt8(number)]))
    }

    func peer(_ number: Int) -> PeerID { authority.members[number].peer }

    func intent(
        _ revision: UInt64, by author: Int = 1, at seconds: Double = 0, since: Double = 0,
        isPaused: Bool = false, isAutomatic: Bool = false, excused: Set<PeerID> = []
    ) -> Signed<Intent> {
        keys[author].sign(
            Intent(
                revision: revision, author: peer(author), item: Self.item,
                anchor: MediaPosition(seconds: seconds), since: .seconds(since), speed: .normal,
                isPaused: isPaused, isAutomatic: isAutomatic, excused: excused))
    }

    func hold(
        _ sequence: UInt64, by author: Int, of revision: UInt64, since: Double,
        _ reason: Hold.Reason? = .buffering
    ) -> Signed<Hold> {
        keys[author].sign(
            Hold(
                author: peer(author), sequence: sequence, revision: revision,
                since: .seconds(since), reason: reason, buffered: .zero, needed: nil,
                until: .seconds(since + 3)))
    }

    enum Word {
        case intent(Signed<Intent>)
        case hold(Signed<Hold>)
    }

    /// Words as they might be said by anybody, liars among them: any number may come twice.
    mutating func words(_ count: Int) -> [Word] {
        (0..<count).map { _ in
            let author = Int.random(in: 0..<4, using: &random)
            let revision = UInt64.random(in: 1...6, using: &random)
            let since = Double(Int.random(in: 0...20, using: &random))
            guard Bool.random(using: &random) else {
                return .hold(
                    hold(
                        .random(in: 1...5, using: &random), by: author, of: revision, since: since,
                        Bool.random(using: &random) ? .buffering : nil))
            }
            let excused = (0..<4).filter { _ in Int.random(in: 0..<4, using: &random) == 0 }
            return .intent(
                intent(
                    revision, by: author, at: Double(Int.random(in: 0...90, using: &random)),
                    since: since, isPaused: Int.random(in: 0..<4, using: &random) == 0,
                    isAutomatic: author == 0 && Bool.random(using: &random),
                    excused: Set(excused.map(peer))))
        }
    }

    /// What comes of these words, in this order.
    func timeline(of words: [Word]) -> Timeline {
        var timeline = Timeline()
        for word in words {
            switch word {
            case .intent(let intent): _ = timeline.merge(intent, by: authority)
            case .hold(let hold): _ = timeline.merge(hold, by: authority)
            }
        }
        return timeline
    }

    /// The same words in another order, some of them several times.
    mutating func muddled(_ words: [Word]) -> [Word] {
        let again = words.filter { _ in Bool.random(using: &random) }
        return (words + again).shuffled(using: &random)
    }
}

extension RoomInstant {
    static func seconds(_ seconds: Double) -> RoomInstant {
        RoomInstant(nanoseconds: Int64(seconds * 1e9))
    }
}

/// SplitMix64.
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite("The timeline")
struct TimelineTests {
    @Test(
        "is the same for all who heard the same, in any order and however often",
        arguments: 1...60)
    func converges(seed: UInt64) throws {
        var lab = try TimelineLab(seed: seed)
        let words = lab.words(24)
        let first = lab.timeline(of: words)
        for _ in 0..<8 {
            let other = lab.timeline(of: lab.muddled(words))
            #expect(other.current?.content == first.current?.content, "seed \(seed)")
            #expect(other.course == first.course, "seed \(seed)")
            #expect(Set(other.stopping) == Set(first.stopping), "seed \(seed)")
        }
    }

    @Test("takes a user's wish before what the keeper does by itself at the same revision")
    func wishFirst() throws {
        let lab = try TimelineLab(seed: 1)
        let automatic = lab.intent(2, by: 0, at: 10, isAutomatic: true)
        let wish = lab.intent(2, by: 1, at: 20)
        for words in [[automatic, wish], [wish, automatic]] {
            #expect(
                lab.timeline(of: words.map(TimelineLab.Word.intent)).current?.content
                    == wish.content)
        }
    }

    @Test("stands at the earliest hold of its revision, released or not, until a newer wish")
    func stands() throws {
        let lab = try TimelineLab(seed: 1)
        var timeline = Timeline()
        #expect(timeline.merge(lab.intent(1, at: 100, since: 10), by: lab.authority) == .accepted)
        #expect(
            timeline.merge(lab.hold(1, by: 2, of: 1, since: 16), by: lab.authority) == .accepted)
        #expect(
            timeline.merge(lab.hold(1, by: 3, of: 1, since: 14), by: lab.authority) == .accepted)
        #expect(timeline.course?.isStanding == true)
        #expect(timeline.course?.anchor == MediaPosition(seconds: 104))
        #expect(
            timeline.merge(lab.hold(2, by: 3, of: 1, since: 14, nil), by: lab.authority)
                == .accepted)
        #expect(timeline.course?.anchor == MediaPosition(seconds: 104))
        #expect(
            timeline.merge(lab.intent(2, by: 0, at: 104, since: 20), by: lab.authority)
                == .accepted)
        #expect(timeline.course?.isStanding == false)
        #expect(timeline.stopping == [])
    }

    @Test("does not stand for whom the wish excuses, nor for a hold of another revision")
    func excused() throws {
        let lab = try TimelineLab(seed: 1)
        var timeline = Timeline()
        let wish = lab.intent(5, since: 10, excused: [lab.peer(2)])
        #expect(timeline.merge(wish, by: lab.authority) == .accepted)
        #expect(
            timeline.merge(lab.hold(1, by: 2, of: 5, since: 12), by: lab.authority) == .accepted)
        #expect(timeline.merge(lab.hold(1, by: 3, of: 4, since: 12), by: lab.authority) == .stale)
        #expect(timeline.course == Course(wish.content))
    }

    @Test("stands at its anchor for a hold from before its start")
    func holdsFromTheStart() throws {
        let lab = try TimelineLab(seed: 1)
        let timeline = lab.timeline(of: [
            .hold(lab.hold(1, by: 2, of: 1, since: 9)), .intent(lab.intent(1, at: 50, since: 10)),
        ])
        #expect(timeline.course?.anchor == MediaPosition(seconds: 50))
        #expect(timeline.course?.isStanding == true)
    }

    @Test("lets a paused wish be: nobody holds what stands")
    func paused() throws {
        let lab = try TimelineLab(seed: 1)
        let wish = lab.intent(1, at: 50, isPaused: true)
        let timeline = lab.timeline(of: [
            .hold(lab.hold(1, by: 2, of: 1, since: 9)), .intent(wish),
        ])
        #expect(timeline.course == Course(wish.content))
        #expect(timeline.stop == nil)
    }

    @Test("counts a guest's wish by the rules: control, lobby, and what is the keeper's alone")
    func rules() throws {
        let hosted = try TimelineLab(seed: 1, rules: RoomRules(control: .host))
        var timeline = Timeline()
        #expect(timeline.merge(hosted.intent(1, by: 1), by: hosted.authority) == .notAllowed)
        #expect(timeline.merge(hosted.intent(1, by: 0), by: hosted.authority) == .accepted)

        let lobby = try TimelineLab(seed: 1, rules: RoomRules(isLobby: true))
        timeline = Timeline()
        #expect(timeline.merge(lobby.intent(1, by: 1), by: lobby.authority) == .notAllowed)
        #expect(
            timeline.merge(lobby.intent(1, by: 1, isPaused: true), by: lobby.authority) == .accepted
        )
        #expect(timeline.merge(lobby.intent(2, by: 0), by: lobby.authority) == .accepted)

        let open = try TimelineLab(seed: 1)
        #expect(
            timeline.merge(open.intent(3, by: 1, isAutomatic: true), by: open.authority)
                == .notAllowed)
    }

    @Test(
        "counts a hold by the rules: not of who does not watch, and none where nobody is waited for"
    )
    func holdRules() throws {
        for lab in [
            try TimelineLab(seed: 1, rules: RoomRules(waits: .nobody)),
            try TimelineLab(seed: 1, headless: [2]),
        ] {
            var timeline = Timeline()
            let hold = lab.hold(1, by: 2, of: 1, since: 0)
            #expect(timeline.merge(hold, by: lab.authority) == .notAllowed)
        }
    }

    @Test("takes no hold in another's name")
    func forgedHold() throws {
        let lab = try TimelineLab(seed: 1)
        let honest = lab.hold(1, by: 2, of: 1, since: 0)
        var timeline = Timeline()
        #expect(
            timeline.merge(lab.keys[3].sign(honest.content), by: lab.authority) == .forged)
        #expect(timeline.holds.isEmpty)
    }

    @Test("takes no hold of a revision that nobody can have reached")
    func holdTooFarAhead() throws {
        let lab = try TimelineLab(seed: 1)
        var timeline = Timeline()
        #expect(timeline.merge(lab.intent(1), by: lab.authority) == .accepted)
        let last = 1 + Limits.revisionLead
        #expect(
            timeline.merge(lab.hold(1, by: 2, of: last + 1, since: 0), by: lab.authority)
                == .tooFarAhead)
        #expect(
            timeline.merge(lab.hold(1, by: 2, of: last, since: 0), by: lab.authority) == .accepted)
    }
}

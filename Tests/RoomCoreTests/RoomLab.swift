// Several rooms in one process, with real keys: what one sends, the next gets.

import Crypto
import PartyModel

@testable import RoomCore

/// Peers by name; messages are delivered in order, dials succeed at once unless a test says no.
struct RoomLab {
    let roomKey = RoomSigningKey(Curve25519.Signing.PrivateKey())
    var now = MonotonicInstant(nanoseconds: 0)
    var rooms: [String: Room] = [:]
    var signers: [String: MemberSigningKey] = [:]
    var identities: [String: Newcomer] = [:]
    var credentials: [String: Signed<Member>] = [:]
    /// Those who join without a player.
    var headless: Set<String> = []
    var refusals: [(by: String, bye: Bye)] = []
    var dialled: [(String, String)] = []
    var hostDials: [String: Int] = [:]
    /// What everybody was shown, in order: "ben hears ana: hello".
    var talk: [String] = []
    var answersDials = true
    /// What each player was told to follow, and to go back to.
    var followed: [String: [Course]] = [:]
    var undone: [String: [Course]] = [:]
    /// How each player is doing; those without one have none.
    var players: [String: LabPlayer] = [:]
    private var queue: [(from: String, to: String, message: Message)] = []
    private var links: Set<Set<String>> = []
    private var alarms: [String: MonotonicInstant] = [:]
    private var nextLook = MonotonicInstant(nanoseconds: 0)
    private var isolated: Set<String> = []
    private var parted: [Set<String>] = []
    /// Who was told that whom keeps the room, in order.
    var keepers: [(at: String, keeper: String)] = []
    /// Who was told that whom joined or left, in order.
    var arrivals: [(at: String, who: String)] = []
    var departures: [(at: String, who: String)] = []

    init() throws {}

    /// A host and two guests, ana and ben, who have watched for so long.
    static func watching(
        films: Int, rules: RoomRules = RoomRules(), for duration: Duration
    ) throws -> RoomLab {
        var lab = try RoomLab()
        lab.open(films: films, rules: rules)
        for name in ["ana", "ben"] { lab.join(name) }
        for name in ["host", "ana", "ben"] { lab.watch(name) }
        lab.run()
        lab.tell("host", .started(at: .start, lab.roomNow))
        lab.run(for: duration)
        return lab
    }

    func id(_ name: String) -> PeerID {
        guard let identity = identities[name] else { preconditionFailure("nobody is \(name)") }
        return identity.fingerprint.peer
    }

    private func name(_ peer: PeerID) -> String? {
        identities.first { $0.value.fingerprint.peer == peer }?.key
    }

    private mutating func makeIdentity(_ name: String) {
        let key = P256.Signing.PrivateKey()
        guard let memberKey = MemberKey(Array(key.publicKey.compressedRepresentation)) else {
            preconditionFailure("a compressed point has thirty-three bytes")
        }
        signers[name] = MemberSigningKey(key)
        identities[name] = Newcomer(
            fingerprint: CertificateFingerprint(.sha256(of: Array(name.utf8))), key: memberKey,
            observed: nil)
    }

    mutating func member(_ name: String, since: UInt64) throws -> Member {
        makeIdentity(name)
        guard let identity = identities[name] else { preconditionFailure("just made") }
        return Member(
            fingerprint: identity.fingerprint, key: identity.key, name: name, isHeadless: false,
            addresses: [], since: since)
    }

    private func introduction(_ name: String) -> Introduction {
        Introduction(
            name: name, isHeadless: headless.contains(name),
            addresses: [.ipv4(0x7F00_0001, port: UInt16(1_000 + name.utf8.count))])
    }

    /// The room's time: the host's clock, which everybody here knows.
    var roomNow: RoomInstant { RoomInstant(nanoseconds: now.nanoseconds) }

    mutating func open(
        films: Int, membersAllowed: Int = 64, rules: RoomRules = RoomRules()
    ) {
        makeIdentity("host")
        let items = (1...films).compactMap { number -> PlaylistItem? in
            let bytes = [UInt8](repeating: 0, count: 15) + [UInt8(number)]
            guard let raw = Bytes16(bytes), let geometry = ChunkGeometry(size: 1_000) else {
                return nil
            }
            return PlaylistItem(id: ItemID(raw), name: "film \(number).mkv", geometry: geometry)
        }
        guard let identity = identities["host"], let signer = signers["host"] else { return }
        rooms["host"] = Room(
            hosting: roomKey, as: identity, introduction: introduction("host"), signer: signer,
            playlist: Playlist(version: 1, items: items), rules: rules, start: .start,
            now: roomNow, membersAllowed: membersAllowed)
    }

    mutating func join(_ name: String, at contact: String = "host") {
        makeIdentity(name)
        guard let signer = signers[name] else { return }
        rooms[name] = Room(
            joining: roomKey.room, as: id(name), introduction: introduction(name), signer: signer)
        connect(name, contact)
    }

    mutating func connect(_ one: String, _ other: String) {
        guard rooms[one] != nil, rooms[other] != nil, links.insert([one, other]).inserted else {
            return
        }
        // What is said right behind the proof comes before anything else.
        let greeter = other == "host" ? one : other
        if [one, other].contains("host") {
            for message in rooms[greeter]?.greeting ?? [] {
                queue.append((greeter, "host", message))
            }
        }
        tell(one, .connected(id(other), isHost: other == "host"))
        tell(other, .connected(id(one), isHost: one == "host"))
    }

    mutating func cut(_ one: String, _ other: String) {
        guard links.remove([one, other]) != nil else { return }
        tell(one, .disconnected(id(other)))
        tell(other, .disconnected(id(one)))
    }

    /// Takes the cable out of somebody's machine; what is dialled there fails.
    ///
    /// With `losing`, some notice it at once and the others later.
    mutating func isolate(_ name: String, losing some: Set<String>? = nil) {
        isolated.insert(name)
        for other in rooms.keys.sorted() where other != name && some?.contains(other) ?? true {
            cut(name, other)
        }
    }

    mutating func reconnect(_ name: String) { isolated.remove(name) }

    /// Cuts all connections between some and others, and keeps them apart.
    mutating func split(_ some: Set<String>, from others: Set<String>) {
        parted = [some, others]
        for one in some { for other in others { cut(one, other) } }
    }

    mutating func heal() { parted = [] }

    /// Somebody's process is no more, without a word.
    mutating func kill(_ name: String) {
        for other in rooms.keys.sorted() where other != name { cut(name, other) }
        end(name)
    }

    /// Somebody says good-bye and goes.
    mutating func leave(_ name: String) {
        for other in rooms.keys.sorted() where links.remove([name, other]) != nil {
            tell(other, .left(id(name)))
            tell(other, .disconnected(id(name)))
        }
        end(name)
    }

    private mutating func end(_ name: String) {
        rooms[name] = nil
        alarms[name] = nil
        queue.removeAll { $0.from == name || $0.to == name }
    }

    /// Whether a dial from one to the other succeeds.
    private func reaches(_ one: String, _ other: String) -> Bool {
        answersDials && rooms[other] != nil && isolated.isDisjoint(with: [one, other])
            && parted.allSatisfy { $0.contains(one) == $0.contains(other) }
    }

    mutating func tell(_ name: String, _ event: RoomEvent) {
        let (now, roomNow) = (now, roomNow)
        for directive in rooms[name]?.on(event, now: now, roomNow: roomNow) ?? [] {
            carryOut(directive, of: name)
        }
    }

    private mutating func carryOut(_ directive: RoomDirective, of name: String) {
        switch directive {
        case .send(let message, let peer):
            if let other = self.name(peer) { queue.append((name, other, message)) }
        case .refuse(let peer, let bye):
            refusals.append((name, bye))
            if let other = self.name(peer) { cut(name, other) }
        case .carryCredential(let credential): credentials[name] = credential
        case .dial(let member):
            dialled.append((name, member.name))
            if reaches(name, member.name) {
                connect(name, member.name)
            } else {
                tell(name, .dialFailed(member.peer))
            }
        case .dialHost(let peer):
            hostDials[name, default: 0] += 1
            if reaches(name, "host") {
                connect(name, "host")
            } else {
                tell(name, .dialFailed(peer))
            }
        case .wake(let instant): alarms[name] = instant
        case .follow(let course): followed[name, default: []].append(course)
        case .undo(let course): undone[name, default: []].append(course)
        case .lookAtPlayer: look(name)
        case .heard(let chat):
            talk.append("\(name) hears \(self.name(chat.author) ?? "?"): \(chat.remark)")
        case .unheard: talk.append("\(name) is not heard")
        case .keeper(let peer): keepers.append((name, self.name(peer) ?? "nobody"))
        case .memberJoined(let member): arrivals.append((name, member.name))
        case .memberLeft(let member): departures.append((name, member.name))
        case .memberReachable, .adopt, .prefetch, .countAsReady: break
        }
    }

    private mutating func deliver(_ message: Message, from: String, to: String) {
        switch message {
        case .introduction(let introduction):
            guard let identity = identities[from] else { return }
            tell(to, .introduced(introduction, by: identity))
        case .welcome(let welcome): tell(to, .welcomed(welcome, from: id(from)))
        case .roster(let roster): tell(to, .roster(roster))
        case .keptRoster(let kept): tell(to, .keptRoster(kept))
        case .playlist(let playlist): tell(to, .playlist(playlist))
        case .timeline(let intent): tell(to, .timeline(intent, from: id(from)))
        case .hold(let hold): tell(to, .hold(hold, from: id(from)))
        case .rules(let rules): tell(to, .rules(rules))
        case .status(let status): tell(to, .status(status, from: id(from)))
        case .chat(let chat): tell(to, .chat(chat, from: id(from)))
        case .roots, .bitfield, .have, .request, .cancel, .reject, .relay, .reach, .appetite,
            .ping, .pong, .bye:
            break
        }
    }

    /// Delivers everything, rings the alarms of so much time, and looks at players four times a second.
    mutating func run(for duration: Duration = .seconds(1)) {
        let end = now + duration
        while true {
            if !queue.isEmpty {
                let next = queue.removeFirst()
                if links.contains([next.from, next.to]) {
                    deliver(next.message, from: next.from, to: next.to)
                }
            } else if let next = alarms.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }),
                next.value <= min(nextLook, end)
            {
                alarms[next.key] = nil
                now = max(now, next.value)
                tell(next.key, .tick)
            } else if nextLook <= end {
                now = nextLook
                nextLook = now + .milliseconds(250)
                for name in players.keys.sorted() { look(name) }
            } else {
                now = end
                return
            }
        }
    }

    /// Runs until this is so; says whether it ever was.
    mutating func run(
        atMost limit: Duration = .seconds(60), until isDone: (RoomLab) -> Bool
    ) -> Bool {
        let end = now + limit
        while now < end {
            if isDone(self) { return true }
            run(for: .milliseconds(10))
        }
        return isDone(self)
    }
}

// MARK: Players

extension RoomLab {
    /// Gives somebody a player that is where the room is, with so much to play.
    mutating func watch(_ name: String, buffered: Duration = .seconds(10)) {
        players[name] = LabPlayer(buffered: buffered)
    }

    /// Looks at a player and tells its room and, as its status, everybody else's.
    mutating func look(_ name: String) {
        guard let player = players[name], let course = rooms[name]?.course else { return }
        let condition = player.condition(in: course, at: roomNow)
        tell(name, .looked(condition))
        let status = PeerStatus(
            item: condition.item, position: condition.position, buffered: condition.buffered,
            isStalled: condition.activity == .stalled, isAtEnd: condition.activity == .ended,
            isReady: rooms[name]?.isReady ?? false, landing: condition.landing)
        for other in rooms.keys.sorted() where other != name {
            queue.append((name, other, .status(status)))
        }
    }

    func course(_ name: String) -> Course? { rooms[name]?.course }

    /// Where the film is for somebody.
    func position(_ name: String) -> Double? { course(name)?.position(at: roomNow).seconds }

    /// Whether the film stands for everybody, or for nobody; `nil` when they do not agree.
    var stands: Bool? {
        let states = Set(rooms.values.compactMap { $0.course?.isStanding })
        return states.count == 1 ? states.first : nil
    }
}

/// A player that follows without delay.
struct LabPlayer {
    var activity = PlayerCondition.Activity.able
    var buffered: Duration
    var hasRest = false
    /// How far behind the room it is, in seconds.
    var lag = 0.0
    /// How long its seeks take, and when the one under way will be over.
    var landing: Duration?
    var lands: RoomInstant?

    func condition(in course: Course, at now: RoomInstant) -> PlayerCondition {
        let position = MediaPosition(seconds: course.position(at: now).seconds - lag)
        return PlayerCondition(
            item: course.item, activity: activity, position: position, buffered: buffered,
            hasRest: hasRest, landing: landing, lands: lands)
    }
}

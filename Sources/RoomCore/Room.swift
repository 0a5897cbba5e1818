// What everybody agrees on: who is here, what we watch, where it stands.
//
// The host signs members, roster and playlist; everybody signs what they want to play. Whatever is
// signed may come from anyone and is checked here. A guest becomes a member by introducing itself to
// the host; the host's roster makes it known to the others, and they connect to each other.
//
// What plays, and for whom the room waits, is in Room+Timeline.swift; what only the keeper of the
// clock does, in Room+Keeping.swift.
//
// Invariants: epoch, playlist version, rules and timeline only ever grow. Nobody is a member whom the
// room's key did not sign.

public import PartyModel

/// The room as one peer sees it: events in, directives out.
public struct Room: Sendable {
    /// What only the host has.
    private struct Hosting {
        let key: RoomSigningKey
        let membersAllowed: Int
        var prefetch: [Welcome.Prefetch] = []
    }

    private let key: RoomKey
    let me: PeerID
    let signer: MemberSigningKey
    /// What this process says of itself when it connects to the host.
    public let introduction: Introduction
    private var hosting: Hosting?

    private var roster: Signed<Roster>?
    private var playlist: Signed<Playlist>?
    private var signedRules: Signed<RoomRules>?
    var timeline = Timeline()
    private(set) var connected: Set<PeerID> = []
    private var talk = Talk()
    private var redial = Redial()
    private var hostPeer: PeerID?
    private var alarm: MonotonicInstant?

    /// What viewers said of themselves last, and when that was.
    var reports: [PeerID: (status: PeerStatus, at: RoomInstant)] = [:]
    /// How long a word to a peer and back takes.
    var roundTrips: [PeerID: Duration] = [:]
    /// How our player was doing when last looked at.
    var condition: PlayerCondition?
    var foresight = Foresight()
    var ownHold: OwnHold
    /// Whether our user said to be ready for the start.
    public internal(set) var isReady = false
    // At the keeper of the clock.
    var lobby = Lobby()
    var filmEnd = FilmEnd()
    var catchUp = CatchUp()

    /// A room that this process opens, with its first wish: paused at `start` of the first film.
    public init(
        hosting key: RoomSigningKey, as identity: Newcomer, introduction: Introduction,
        signer: MemberSigningKey, playlist: Playlist, rules: RoomRules = RoomRules(),
        start: MediaPosition, now: RoomInstant, membersAllowed: Int
    ) {
        self.key = key.room
        self.me = identity.fingerprint.peer
        ownHold = OwnHold(author: me)
        self.signer = signer
        self.introduction = introduction
        hosting = Hosting(key: key, membersAllowed: min(membersAllowed, Limits.members))
        hostPeer = me
        let entry = Member(
            fingerprint: identity.fingerprint, key: identity.key, name: introduction.name,
            isHeadless: introduction.isHeadless, addresses: introduction.addresses, since: 1)
        roster = key.sign(Roster(epoch: 1, members: [key.sign(entry)]))
        self.playlist = key.sign(playlist)
        signedRules = key.sign(rules)
        guard let film = playlist.films.first else { return }
        let intent = Intent(
            revision: 1, author: me, item: film.id, anchor: start, since: now, speed: .normal,
            isPaused: true)
        _ = timeline.merge(signer.sign(intent), by: authority)
    }

    /// A room that this process joins.
    public init(
        joining room: RoomKey, as me: PeerID, introduction: Introduction, signer: MemberSigningKey
    ) {
        key = room
        self.me = me
        ownHold = OwnHold(author: me)
        self.signer = signer
        self.introduction = introduction
    }

    // MARK: Questions

    /// All members, the host first.
    public var members: [Member] { roster?.content.members.map(\.content) ?? [] }

    /// The member with this identifier.
    public func member(_ peer: PeerID) -> Member? { members.first { $0.peer == peer } }

    /// What we watch.
    public var items: Playlist? { playlist?.content }

    /// The newest wish.
    public var intent: Intent? { timeline.current?.content }

    /// What plays.
    public var course: Course? { timeline.course }

    /// Who may do what; `nil` until the host has said so.
    public var rules: RoomRules? { signedRules?.content }

    /// The peer that hosts the room, once known.
    public var host: PeerID? { hostPeer }

    /// Who keeps the clock, goes on after waits and judges what comes late.
    var keeper: PeerID? { hostPeer }

    /// What a wish or a hold is checked against.
    var authority: Authority {
        Authority(members: members, playlist: items, rules: rules, keeper: keeper)
    }

    // MARK: Events

    /// Takes an event and returns what is to be done about it.
    ///
    /// - Parameters:
    ///   - event: what happened.
    ///   - now: when, on this machine's clock.
    ///   - roomNow: when, on the room's clock; `nil` while that is not known here.
    public mutating func on(
        _ event: RoomEvent, now: MonotonicInstant, roomNow: RoomInstant?
    ) -> [RoomDirective] {
        var directives: [RoomDirective] = []
        switch event {
        case .connected(let peer, let isHost):
            connect(peer, isHost: isHost, into: &directives)
        case .introduced(let introduction, let newcomer):
            admit(newcomer, introduction, into: &directives)
        case .welcomed(let welcome, let peer):
            welcomed(welcome, from: peer, into: &directives)
        case .roster(let signed):
            adopt(signed, now: now, into: &directives)
        case .playlist(let signed):
            adopt(signed, into: &directives)
        case .rules(let signed):
            adopt(signed)
        case .timeline(let signed, let peer):
            merge(signed, from: peer, roomNow: roomNow, into: &directives)
        case .hold(let signed, let peer):
            merge(signed, from: peer, roomNow: roomNow, into: &directives)
        case .status(let status, let peer):
            if let roomNow { reports[peer] = (status, roomNow) }
        case .roundTripMeasured(let peer, let duration):
            roundTrips[peer] = duration
        case .looked(let condition):
            look(at: condition, now: now, roomNow: roomNow, into: &directives)
        case .readied(let isReady):
            self.isReady = isReady
        case .chat(let signed, let peer):
            hear(signed, from: peer, now: now, into: &directives)
        case .said(let remark):
            say(remark, now: now, into: &directives)
        case .disconnected(let peer):
            disconnect(peer, now: now, into: &directives)
        case .dialFailed(let peer):
            redial.failed(peer, now: now)
        case .wished(let wish, let roomNow):
            act(on: wish, at: roomNow, into: &directives)
        case .started(let position, let roomNow):
            guard intent?.revision == 1, hosting != nil, rules?.isLobby == false else { break }
            act(on: .play(from: position), at: roomNow, into: &directives)
        case .prefetchKnown(let prefetch):
            hosting?.prefetch = prefetch
        case .tick:
            if let roomNow, isStartDue(at: roomNow) { directives.append(.lookAtPlayer) }
        }
        if let roomNow { keep(at: roomNow, into: &directives) }
        dial(now: now, into: &directives)
        setAlarm(now: now, roomNow: roomNow, into: &directives)
        return directives
    }

    // MARK: Connections

    private mutating func connect(
        _ peer: PeerID, isHost: Bool, into directives: inout [RoomDirective]
    ) {
        connected.insert(peer)
        redial.connected(peer)
        if isHost {
            hostPeer = peer
        }
        if hosting == nil, let member = member(peer) {
            directives.append(.memberReachable(member, true))
        }
        // Whoever connects may have missed what was said meanwhile.
        if hosting == nil, !isHost { tellTimeline(to: peer, into: &directives) }
    }

    /// What plays here, and by which rules.
    private func tellTimeline(to peer: PeerID, into directives: inout [RoomDirective]) {
        if let signedRules { directives.append(.send(.rules(signedRules), to: peer)) }
        if let intent = timeline.current { directives.append(.send(.timeline(intent), to: peer)) }
        for (_, hold) in timeline.holds.sorted(by: { $0.key < $1.key }) {
            directives.append(.send(.hold(hold), to: peer))
        }
    }

    private mutating func disconnect(
        _ peer: PeerID, now: MonotonicInstant, into directives: inout [RoomDirective]
    ) {
        guard connected.remove(peer) != nil else { return }
        reports[peer] = nil
        roundTrips[peer] = nil
        if peer == keeper { ownHold.lostTouch() }
        if hosting != nil {
            expel(peer, into: &directives)
        } else {
            redial.lost(peer, now: now)
            if let member = member(peer) { directives.append(.memberReachable(member, false)) }
        }
    }

    private mutating func dial(now: MonotonicInstant, into directives: inout [RoomDirective]) {
        for peer in redial.takeDue(now: now) {
            if peer == hostPeer {
                directives.append(.dialHost(peer))
            } else if let member = member(peer) {
                directives.append(.dial(member))
            }
        }
    }

    private mutating func setAlarm(
        now: MonotonicInstant, roomNow: RoomInstant?, into directives: inout [RoomDirective]
    ) {
        let due = roomNow.flatMap { roomNow in nextLook(after: roomNow).map { now + ($0 - roomNow) }
        }
        guard let next = [redial.next, due].compactMap(\.self).min() else { return }
        // What room time makes of one instant wavers a little.
        if let alarm, alarm > now, alarm <= next { return }
        alarm = next
        directives.append(.wake(at: next))
    }

    /// To all that are connected and taken in: who only knocks learns nothing of the others.
    func tellMembers(
        _ message: Message, except sender: PeerID? = nil, into directives: inout [RoomDirective]
    ) {
        for member in members where connected.contains(member.peer) && member.peer != sender {
            directives.append(.send(message, to: member.peer))
        }
    }

    // MARK: Members, as the host sees them

    private mutating func admit(
        _ newcomer: Newcomer, _ introduction: Introduction, into directives: inout [RoomDirective]
    ) {
        let peer = newcomer.fingerprint.peer
        guard let hosting, connected.contains(peer), let roster = roster?.content else { return }
        let others = roster.members.filter { $0.content.peer != peer }
        guard others.count < hosting.membersAllowed else {
            directives.append(.refuse(peer, Bye(kind: .roomFull)))
            return
        }
        let epoch = roster.epoch + 1
        let member = Member(
            fingerprint: newcomer.fingerprint, key: newcomer.key, name: introduction.name,
            isHeadless: introduction.isHeadless,
            addresses: Self.addresses(of: introduction, observed: newcomer.observed), since: epoch)
        let entry = hosting.key.sign(member)
        let current = hosting.key.sign(Roster(epoch: epoch, members: others + [entry]))
        self.roster = current
        directives.append(
            .send(.welcome(Welcome(credential: entry, prefetch: hosting.prefetch)), to: peer))
        if let playlist { directives.append(.send(.playlist(playlist), to: peer)) }
        tellMembers(.roster(current), into: &directives)
        tellTimeline(to: peer, into: &directives)
        directives.append(.memberJoined(member))
    }

    /// What a newcomer says of itself, and where it was seen: through a router these differ.
    private static func addresses(
        of introduction: Introduction, observed: PeerAddress?
    ) -> [PeerAddress] {
        guard let observed, !introduction.addresses.contains(observed) else {
            return introduction.addresses
        }
        return [observed] + introduction.addresses
    }

    private mutating func expel(_ peer: PeerID, into directives: inout [RoomDirective]) {
        guard let hosting, let roster = roster?.content, let member = member(peer) else { return }
        let rest = roster.members.filter { $0.content.peer != peer }
        let current = hosting.key.sign(Roster(epoch: roster.epoch + 1, members: rest))
        self.roster = current
        tellMembers(.roster(current), into: &directives)
        directives.append(.memberLeft(member))
    }

    // MARK: Members, as a guest sees them

    private mutating func welcomed(
        _ welcome: Welcome, from peer: PeerID, into directives: inout [RoomDirective]
    ) {
        guard peer == hostPeer, welcome.credential.isSigned(by: key),
            welcome.credential.content.peer == me
        else {
            directives.append(.refuse(peer, Bye(kind: .violation, reason: "a false welcome")))
            return
        }
        directives.append(.carryCredential(welcome.credential))
        if !welcome.prefetch.isEmpty { directives.append(.prefetch(welcome.prefetch)) }
    }

    private mutating func adopt(
        _ signed: Signed<Roster>, now: MonotonicInstant, into directives: inout [RoomDirective]
    ) {
        guard hosting == nil, signed.content.epoch > roster?.content.epoch ?? 0,
            signed.isSigned(by: key), signed.content.members.allSatisfy({ $0.isSigned(by: key) })
        else { return }
        let before = members
        roster = signed
        let after = members
        for member in before where !after.contains(where: { $0.peer == member.peer }) {
            redial.forget(member.peer)
            directives.append(.memberLeft(member))
        }
        let mine = member(me)?.since ?? 0
        for member in after where !before.contains(where: { $0.peer == member.peer }) {
            guard member.peer != me else { continue }
            directives.append(.memberJoined(member))
            if connected.contains(member.peer) {
                redial.connected(member.peer)
            } else if member.peer != hostPeer {
                let isOlder = member.since < mine
                redial.expect(member.peer, from: isOlder ? now : now + Redial.headStart)
            }
        }
        if let hostPeer, connected.contains(hostPeer) { redial.connected(hostPeer) }
    }

    // MARK: What we watch

    private mutating func adopt(
        _ signed: Signed<Playlist>, into directives: inout [RoomDirective]
    ) {
        guard hosting == nil, signed.content.version > playlist?.content.version ?? 0,
            signed.isSigned(by: key)
        else { return }
        playlist = signed
        directives.append(.adopt(signed.content))
    }

    private mutating func adopt(_ signed: Signed<RoomRules>) {
        guard hosting == nil, signed.content.version > rules?.version ?? 0,
            signed.isSigned(by: key)
        else { return }
        signedRules = signed
    }

    /// The film has begun: there is no lobby any more.
    mutating func endLobby(into directives: inout [RoomDirective]) {
        guard let hosting, let rules else { return }
        let begun = hosting.key.sign(rules.begun)
        signedRules = begun
        tellMembers(.rules(begun), into: &directives)
    }

    // MARK: What people say

    private mutating func hear(
        _ signed: Signed<Chat>, from peer: PeerID, now: MonotonicInstant,
        into directives: inout [RoomDirective]
    ) {
        switch takeUp(signed, now: now) {
        case .heard:
            tellMembers(.chat(signed), except: peer, into: &directives)
            directives.append(.heard(signed.content))
        case .old, .unknownAuthor, .flood:
            break
        case .forged:
            directives.append(
                .refuse(peer, Bye(kind: .violation, reason: "it passed on false chat")))
        }
    }

    private mutating func say(
        _ remark: Remark, now: MonotonicInstant, into directives: inout [RoomDirective]
    ) {
        let chat = Chat(author: me, number: talk.nextNumber(of: me), remark: remark)
        let signed = signer.sign(chat)
        guard takeUp(signed, now: now) == .heard else {
            directives.append(.unheard(remark))
            return
        }
        tellMembers(.chat(signed), into: &directives)
        directives.append(.heard(chat))
    }

    private mutating func takeUp(_ signed: Signed<Chat>, now: MonotonicInstant) -> Talk.Outcome {
        let members = members
        return talk.take(
            signed, keyOf: { author in members.first { $0.peer == author }?.key }, now: now)
    }
}

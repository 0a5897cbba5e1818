// What everybody agrees on: who is here, what we watch, where it stands.
//
// The host signs members, roster and playlist; everybody signs what they want to play. Whatever is
// signed may come from anyone and is checked here. A guest becomes a member by introducing itself to
// the host; the host's roster makes it known to the others, and they connect to each other. While the
// host is away a guest keeps the room (`Succession`).
//
// What plays, and for whom the room waits, is in Room+Timeline.swift; what only the keeper of the
// clock does, in Room+Keeping.swift; who is a member, in Room+Members.swift and, while the host is away,
// in Room+Succession.swift.
//
// Invariants: epoch, playlist version, rules and timeline only ever grow. Nobody is a member whom
// neither the room's key signed nor, with the host away, a keeper whom it has named.

public import PartyModel

/// The room as one peer sees it: events in, directives out.
public struct Room: Sendable {
    /// What only the host has.
    struct Hosting {
        let key: RoomSigningKey
        let membersAllowed: Int
    }

    let key: RoomKey
    let me: PeerID
    let signer: MemberSigningKey
    /// What this process says of itself when it connects to the host.
    public let introduction: Introduction
    let hosting: Hosting?

    /// The newest word of the host on who is here.
    var roster: Signed<Roster>?
    /// Who came while the host was away, by the word of who kept the room.
    var admissions: Signed<Admissions>?
    var playlist: Signed<Playlist>?
    private var signedRules: Signed<RoomRules>?
    var timeline = Timeline()
    private var talk = Talk()
    var redial = Redial()
    var succession = Succession()
    /// The peer that hosts the room, once known.
    var hostPeer: PeerID?
    /// Who keeps the room: its clock and its door, goes on after waits and judges what comes late; the
    /// host while it is there.
    ///
    /// `nil` until somebody of the room is known.
    public internal(set) var keeper: PeerID?
    /// The guest that was told last who we are, as one who keeps the room or knows who does.
    var confidant: PeerID?
    /// Those who may have gone on together while this host was cut off from all of them.
    var wentOn: Set<PeerID> = []
    /// The epoch of this host's roster when it was cut off: what a keeper did then was in this term.
    var cutOffTerm: UInt64?
    /// Whether this peer has kept the room, so that its token may still be around.
    var hasKept = false
    /// What newcomers fetch first.
    var prefetch: [Welcome.Prefetch] = []
    private var alarm: MonotonicInstant?

    /// What viewers said of themselves last, and when that was.
    var reports: [PeerID: (status: PeerStatus, at: RoomInstant)] = [:]
    /// Those who had been away for long when they connected last, and when that was: what they said
    /// before they said to nobody.
    var returned: [PeerID: RoomInstant] = [:]
    /// When they were heard of last.
    private var heardOf: [PeerID: RoomInstant] = [:]
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
    var overruling = Overruling()

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
        keeper = me
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
        hosting = nil
    }

    // MARK: Questions

    /// All members, in the order they came, the host first; without those who said good-bye.
    public var members: [Member] { everybody.filter { !succession.hasLeft($0.peer) } }

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

    /// What a wish or a hold is checked against.
    var authority: Authority {
        Authority(
            members: everybody, playlist: items, rules: rules, keeper: keeper, isLobby: isLobby)
    }

    /// Whether the film has not begun and everybody gets ready; without its host a room does not.
    public var isLobby: Bool { rules?.isLobby == true && keeper == hostPeer }

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
            connect(peer, isHost: isHost, roomNow: roomNow, into: &directives)
        case .introduced(let introduction, let newcomer):
            admit(newcomer, introduction, now: now, into: &directives)
        case .welcomed(let welcome, let peer):
            welcomed(welcome, from: peer, into: &directives)
        case .roster(let signed):
            adopt(signed, now: now, into: &directives)
        case .keptRoster(let kept):
            adopt(kept, now: now, into: &directives)
        case .playlist(let signed):
            adopt(signed, into: &directives)
        case .rules(let signed):
            adopt(signed)
        case .timeline(let signed, let peer):
            merge(signed, from: peer, roomNow: roomNow, into: &directives)
        case .hold(let signed, let peer):
            merge(signed, from: peer, roomNow: roomNow, into: &directives)
        case .status(let status, let peer):
            if let roomNow {
                reports[peer] = (status, roomNow)
                heardOf[peer] = roomNow
            }
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
        case .left(let peer):
            takeLeave(of: peer, into: &directives)
        case .disconnected(let peer):
            disconnect(peer, now: now, into: &directives)
        case .dialFailed(let peer):
            redial.failed(peer, now: now)
        case .wished(let wish, let roomNow):
            act(on: wish, at: roomNow, into: &directives)
        case .started(let position, let roomNow):
            guard intent?.revision == 1, hosting != nil, !isLobby else { break }
            act(on: .play(from: position), at: roomNow, into: &directives)
        case .prefetchKnown(let prefetch):
            self.prefetch = prefetch
        case .tick:
            if let roomNow, isStartDue(at: roomNow) { directives.append(.lookAtPlayer) }
        }
        giveUp(now: now, into: &directives)
        changeKeeper(now: now, into: &directives)
        if let roomNow { keep(at: roomNow, into: &directives) }
        dial(now: now, into: &directives)
        setAlarm(now: now, roomNow: roomNow, into: &directives)
        return directives
    }

    // MARK: Connections

    /// The peers whose control connection is up.
    var connected: Set<PeerID> { succession.present }

    /// Whether the host is connected, or here.
    var isHostHere: Bool { hosting != nil || hostPeer.map(connected.contains) ?? false }

    private mutating func connect(
        _ peer: PeerID, isHost: Bool, roomNow: RoomInstant?,
        into directives: inout [RoomDirective]
    ) {
        if let roomNow, let last = heardOf[peer], roomNow - last > Limits.timelineTolerance {
            returned[peer] = roomNow
        }
        succession.arrived(peer)
        redial.connected(peer)
        if isHost { hostPeer = peer }
        if let member = member(peer) { directives.append(.memberReachable(member, true)) }
        guard hosting == nil else { return }
        // The host is told who we are by whoever makes the connection.
        if roster == nil, !isHost {
            introduce(to: peer, into: &directives)
        }
        // Whoever connects may have missed what was said meanwhile.
        tellTimeline(to: peer, into: &directives)
        if !isHostHere, let word = lastWord { directives.append(.send(word, to: peer)) }
    }

    /// What plays here, and by which rules.
    func tellTimeline(to peer: PeerID, into directives: inout [RoomDirective]) {
        if let signedRules { directives.append(.send(.rules(signedRules), to: peer)) }
        if let intent = timeline.current { directives.append(.send(.timeline(intent), to: peer)) }
        for (_, hold) in timeline.holds.sorted(by: { $0.key < $1.key }) {
            directives.append(.send(.hold(hold), to: peer))
        }
    }

    private mutating func disconnect(
        _ peer: PeerID, now: MonotonicInstant, into directives: inout [RoomDirective]
    ) {
        guard connected.contains(peer) else { return }
        let member = member(peer)
        guard member != nil || peer == hostPeer else { return forget(peer) }
        reports[peer] = nil
        roundTrips[peer] = nil
        if peer == keeper { ownHold.lostTouch() }
        succession.lost(peer, now: now)
        // A guest dials its host; the host only when that seems not to work.
        redial.lost(peer, now: now, after: hosting == nil ? Redial.firstDelay : Redial.headStart)
        if let member { directives.append(.memberReachable(member, false)) }
        if hosting != nil { noteIfCutOff() }
        // One roster for all who are left: the last one may not have reached everybody.
        if peer == hostPeer, let word = lastWord { tellMembers(word, into: &directives) }
    }

    /// The peer is gone and of no further interest.
    mutating func forget(_ peer: PeerID) {
        succession.forget(peer)
        redial.forget(peer)
        reports[peer] = nil
        roundTrips[peer] = nil
        heardOf[peer] = nil
        returned[peer] = nil
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
        guard let next = [redial.next, succession.next(after: now), due].compactMap(\.self).min()
        else { return }
        // What room time makes of one instant wavers a little.
        if let alarm, alarm > now, alarm <= next { return }
        alarm = next
        // First: carrying out the others may bring the next event, with an alarm of its own.
        directives.insert(.wake(at: next), at: 0)
    }

    /// To all that are connected and taken in: who only knocks learns nothing of the others.
    func tellMembers(
        _ message: Message, except sender: PeerID? = nil, into directives: inout [RoomDirective]
    ) {
        for member in members where connected.contains(member.peer) && member.peer != sender {
            directives.append(.send(message, to: member.peer))
        }
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

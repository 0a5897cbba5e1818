// What everybody agrees on: who is here, what we watch, where it stands.
//
// The host signs members, roster and playlist; everybody signs what they want to play. Whatever is
// signed may come from anyone and is checked here. A guest becomes a member by introducing itself to
// the host; the host's roster makes it known to the others, and they connect to each other. While the
// host is away a guest keeps the room (`Succession`).
//
// Invariants: epoch, playlist version and timeline only ever grow. Nobody is a member whom neither the
// room's key signed nor, with the host away, a keeper whom it has named.

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
    var timeline = Timeline()
    var redial = Redial()
    var succession = Succession()
    /// The peer that hosts the room, once known.
    var hostPeer: PeerID?
    /// Who keeps the room: its clock, its door, the last word on where the film stands; the host
    /// while it is there. `nil` until somebody of the room is known.
    public internal(set) var keeper: PeerID?
    /// The guest that was told last who we are, as one who keeps the room or knows who does.
    var confidant: PeerID?
    /// Whether this peer has kept the room, so that its token may still be around.
    var hasKept = false
    /// What newcomers fetch first.
    var prefetch: [Welcome.Prefetch] = []
    private var alarm: MonotonicInstant?

    /// A room that this process opens, with its first wish: paused at `start` of the first film.
    public init(
        hosting key: RoomSigningKey, as identity: Newcomer, introduction: Introduction,
        signer: MemberSigningKey, playlist: Playlist, start: MediaPosition, now: RoomInstant,
        membersAllowed: Int
    ) {
        self.key = key.room
        self.me = identity.fingerprint.peer
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
        guard let film = playlist.films.first else { return }
        let intent = Intent(
            revision: 1, author: me, item: film.id, anchor: start, since: now, speed: .normal,
            isPaused: true)
        _ = timeline.merge(
            signer.sign(intent), keyOf: { _ in identity.key }, playlist: playlist)
    }

    /// A room that this process joins.
    public init(
        joining room: RoomKey, as me: PeerID, introduction: Introduction, signer: MemberSigningKey
    ) {
        key = room
        self.me = me
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
    public var course: Course? { intent.map(Course.init) }

    /// The peer that hosts the room, once known.
    public var host: PeerID? { hostPeer }

    // MARK: Events

    /// Takes an event and returns what is to be done about it.
    public mutating func on(_ event: RoomEvent, now: MonotonicInstant) -> [RoomDirective] {
        var directives: [RoomDirective] = []
        switch event {
        case .connected(let peer, let isHost):
            connect(peer, isHost: isHost, into: &directives)
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
        case .timeline(let signed, let peer):
            merge(signed, from: peer, into: &directives)
        case .left(let peer):
            takeLeave(of: peer, into: &directives)
        case .disconnected(let peer):
            disconnect(peer, now: now, into: &directives)
        case .dialFailed(let peer):
            redial.failed(peer, now: now)
        case .wished(let wish, let roomNow):
            act(on: wish, at: roomNow, into: &directives)
        case .started(let position, let roomNow):
            guard intent?.revision == 1, hosting != nil else { break }
            act(on: .play(from: position), at: roomNow, into: &directives)
        case .prefetchKnown(let prefetch):
            self.prefetch = prefetch
        case .tick:
            break
        }
        giveUp(now: now, into: &directives)
        changeKeeper(now: now, into: &directives)
        dial(now: now, into: &directives)
        setAlarm(now: now, into: &directives)
        return directives
    }

    // MARK: Connections

    /// The peers whose control connection is up.
    var connected: Set<PeerID> { succession.present }

    /// Whether the host is connected, or here.
    var isHostHere: Bool { hosting != nil || hostPeer.map(connected.contains) ?? false }

    private mutating func connect(
        _ peer: PeerID, isHost: Bool, into directives: inout [RoomDirective]
    ) {
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
        if let current = timeline.current { directives.append(.send(.timeline(current), to: peer)) }
        if !isHostHere, let word = lastWord { directives.append(.send(word, to: peer)) }
    }

    private mutating func disconnect(
        _ peer: PeerID, now: MonotonicInstant, into directives: inout [RoomDirective]
    ) {
        guard connected.contains(peer) else { return }
        let member = member(peer)
        guard member != nil || peer == hostPeer else { return forget(peer) }
        succession.lost(peer, now: now)
        // A guest dials its host; the host only when that seems not to work.
        redial.lost(peer, now: now, after: hosting == nil ? Redial.firstDelay : Redial.headStart)
        if let member { directives.append(.memberReachable(member, false)) }
        // One roster for all who are left: the last one may not have reached everybody.
        if peer == hostPeer, let word = lastWord { tellMembers(word, into: &directives) }
    }

    /// The peer is gone and of no further interest.
    mutating func forget(_ peer: PeerID) {
        succession.forget(peer)
        redial.forget(peer)
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

    private mutating func setAlarm(now: MonotonicInstant, into directives: inout [RoomDirective]) {
        let next = [redial.next, succession.next(after: now)].compactMap { $0 }.min()
        guard let next, next != alarm else { return }
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

    private mutating func merge(
        _ signed: Signed<Intent>, from peer: PeerID, into directives: inout [RoomDirective]
    ) {
        switch mergeIntoTimeline(signed) {
        case .accepted:
            tellMembers(.timeline(signed), except: peer, into: &directives)
            directives.append(.follow(Course(signed.content)))
        case .stale, .unknownAuthor, .unknownItem:
            break
        case .forged, .tooFarAhead:
            directives.append(
                .refuse(peer, Bye(kind: .violation, reason: "it passed on a false wish")))
        }
    }

    mutating func mergeIntoTimeline(_ signed: Signed<Intent>) -> Timeline.Outcome {
        let everybody = everybody
        return timeline.merge(
            signed, keyOf: { author in everybody.first { $0.peer == author }?.key },
            playlist: playlist?.content)
    }

    private mutating func act(
        on wish: Wish, at roomNow: RoomInstant, into directives: inout [RoomDirective]
    ) {
        guard let playlist = playlist?.content,
            let intent = timeline.intent(for: wish, author: me, at: roomNow, playlist: playlist)
        else { return }
        let signed = signer.sign(intent)
        guard mergeIntoTimeline(signed) == .accepted else { return }
        tellMembers(.timeline(signed), into: &directives)
        directives.append(.follow(Course(intent)))
    }
}

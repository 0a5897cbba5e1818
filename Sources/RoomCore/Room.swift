// What everybody agrees on: who is here, what we watch, where it stands.
//
// The host signs members, roster and playlist; everybody signs what they want to play. Whatever is
// signed may come from anyone and is checked here. A guest becomes a member by introducing itself to
// the host; the host's roster makes it known to the others, and they connect to each other.
//
// Invariants: epoch, playlist version and timeline only ever grow. Nobody is a member whom the room's
// key did not sign.

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
    private let me: PeerID
    private let signer: MemberSigningKey
    /// What this process says of itself when it connects to the host.
    public let introduction: Introduction
    private var hosting: Hosting?

    private var roster: Signed<Roster>?
    private var playlist: Signed<Playlist>?
    private var timeline = Timeline()
    private var talk = Talk()
    private var connected: Set<PeerID> = []
    private var redial = Redial()
    private var hostPeer: PeerID?
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
            admit(newcomer, introduction, into: &directives)
        case .welcomed(let welcome, let peer):
            welcomed(welcome, from: peer, into: &directives)
        case .roster(let signed):
            adopt(signed, now: now, into: &directives)
        case .playlist(let signed):
            adopt(signed, into: &directives)
        case .timeline(let signed, let peer):
            merge(signed, from: peer, into: &directives)
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
            guard intent?.revision == 1, hosting != nil else { break }
            act(on: .play(from: position), at: roomNow, into: &directives)
        case .prefetchKnown(let prefetch):
            hosting?.prefetch = prefetch
        case .tick:
            break
        }
        dial(now: now, into: &directives)
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
        if hosting == nil, let current = timeline.current, !isHost {
            directives.append(.send(.timeline(current), to: peer))
        }
    }

    private mutating func disconnect(
        _ peer: PeerID, now: MonotonicInstant, into directives: inout [RoomDirective]
    ) {
        guard connected.remove(peer) != nil else { return }
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
        guard let next = redial.next, next != alarm else { return }
        alarm = next
        directives.append(.wake(at: next))
    }

    /// To all that are connected and taken in: who only knocks learns nothing of the others.
    private func tellMembers(
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
        if let intent = timeline.current { directives.append(.send(.timeline(intent), to: peer)) }
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

    private mutating func mergeIntoTimeline(_ signed: Signed<Intent>) -> Timeline.Outcome {
        let members = members
        return timeline.merge(
            signed, keyOf: { author in members.first { $0.peer == author }?.key },
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

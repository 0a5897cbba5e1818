// Who is a member: as the host decides it, and as its guests learn it.

public import PartyModel

extension Room {
    /// All whose word can be checked: the members, and those who left since.
    var everybody: [Member] {
        let named = roster?.content.members.map(\.content) ?? []
        let admitted = admissions?.content.members ?? []
        return named + admitted.filter { member in !named.contains { $0.peer == member.peer } }
    }

    /// What a guest says to the host before all else: who it is, and whom a keeper took in while the
    /// host was away, so that nobody seems to have left when the host names its members again.
    public var greeting: [Message] {
        let kept = keptRoster.map { [Message.keptRoster($0)] } ?? []
        return kept + [.introduction(introduction)]
    }

    // MARK: As the host decides it

    /// Takes in somebody who introduces itself: the host, or who keeps the room.
    mutating func admit(
        _ newcomer: Newcomer, _ introduction: Introduction, now: MonotonicInstant,
        into directives: inout [RoomDirective]
    ) {
        let peer = newcomer.fingerprint.peer
        guard connected.contains(peer) else { return }
        guard let hosting, var entries = roster?.content.members else {
            return admitAsKeeper(newcomer, introduction, into: &directives)
        }
        let place = entries.firstIndex { $0.content.peer == peer }
        if place == nil, entries.count >= hosting.membersAllowed {
            guard let seat = succession.longestMissing else {
                directives.append(.refuse(peer, Bye(kind: .roomFull)))
                return
            }
            expel(seat, into: &directives)
            entries.removeAll { $0.content.peer == seat }
        }
        let epoch = nextEpoch
        let member = Member(
            newcomer, introduction, since: place.map { entries[$0].content.since } ?? epoch)
        let entry = hosting.key.sign(member)
        // Who comes back keeps its place in the order of succession.
        if let place { entries[place] = entry } else { entries.append(entry) }
        directives.append(
            .send(.welcome(Welcome(credential: entry, prefetch: prefetch)), to: peer))
        if let playlist { directives.append(.send(.playlist(playlist), to: peer)) }
        name(entries, hosting.key, into: &directives)
        tellTimeline(to: peer, into: &directives)
        if place == nil { directives.append(.memberJoined(member)) }
    }

    /// The host takes in whom a keeper took in while it was cut off from everybody.
    mutating func adoptAsHost(
        _ kept: KeptRoster, now: MonotonicInstant, into directives: inout [RoomDirective]
    ) {
        guard let hosting, var entries = roster?.content.members,
            kept.admissions.content.term == cutOffTerm, kept.isGenuine(in: key)
        else { return }
        let epoch = nextEpoch
        var adopted: [Member] = []
        for member in kept.admissions.content.members
        where entries.count < hosting.membersAllowed
            && !entries.contains(where: { $0.content.peer == member.peer })
        {
            let member = Member(member, since: epoch)
            entries.append(hosting.key.sign(member))
            adopted.append(member)
            succession.expect(member.peer, now: now)
            redial.expect(member.peer, from: now + Redial.headStart)
        }
        guard !adopted.isEmpty else { return }
        name(entries, hosting.key, into: &directives)
        directives += adopted.map(RoomDirective.memberJoined)
    }

    /// The host strikes somebody off.
    private mutating func expel(_ peer: PeerID, into directives: inout [RoomDirective]) {
        forget(peer)
        guard let hosting, let entries = roster?.content.members,
            let entry = entries.first(where: { $0.content.peer == peer })
        else { return }
        name(entries.filter { $0 != entry }, hosting.key, into: &directives)
        directives.append(.memberLeft(entry.content))
    }

    private var nextEpoch: UInt64 { (roster?.content.epoch ?? 0) + 1 }

    /// The host says who is here from now on.
    private mutating func name(
        _ entries: [Signed<Member>], _ key: RoomSigningKey, into directives: inout [RoomDirective]
    ) {
        let current = key.sign(Roster(epoch: nextEpoch, members: entries))
        roster = current
        tellMembers(.roster(current), into: &directives)
    }

    /// A peer said that it leaves for good.
    mutating func takeLeave(of peer: PeerID, into directives: inout [RoomDirective]) {
        guard connected.contains(peer) else { return }
        guard hosting == nil else { return expel(peer, into: &directives) }
        let member = member(peer)
        redial.forget(peer)
        succession.left(peer)
        guard let member else { return succession.forget(peer) }
        directives.append(.memberLeft(member))
        strikeOff([peer], into: &directives)
    }

    /// Whoever decides on members gives up those who were missing too long.
    mutating func giveUp(now: MonotonicInstant, into directives: inout [RoomDirective]) {
        let lost = succession.givenUp(now: now)
        guard !lost.isEmpty else { return }
        if hosting != nil {
            if !connected.isEmpty { wentOn.subtract(lost) }
            for peer in lost { expel(peer, into: &directives) }
        } else {
            strikeOff(Set(lost), into: &directives)
        }
    }

    // MARK: As guests learn it

    mutating func welcomed(
        _ welcome: Welcome, from peer: PeerID, into directives: inout [RoomDirective]
    ) {
        let entry = welcome.credential
        let isFromHost = peer == hostPeer && entry.isSigned(by: key)
        guard isFromHost || isKeepersWord(entry, from: peer), entry.content.peer == me else {
            directives.append(.refuse(peer, Bye(kind: .violation, reason: "a false welcome")))
            return
        }
        directives.append(.carryCredential(entry))
        guard !welcome.prefetch.isEmpty else { return }
        prefetch = welcome.prefetch
        directives.append(.prefetch(welcome.prefetch))
    }

    mutating func adopt(
        _ signed: Signed<Roster>, now: MonotonicInstant, into directives: inout [RoomDirective]
    ) {
        guard hosting == nil, signed.content.epoch > roster?.content.epoch ?? 0,
            signed.isSigned(by: key), signed.content.members.allSatisfy({ $0.isSigned(by: key) })
        else { return }
        let before = members
        roster = signed
        hostPeer = signed.content.members.first?.content.peer ?? hostPeer
        // The host is back, and has taken over whom the keeper took in.
        let isBack = isHostHere && admissions != nil
        if isBack { admissions = nil }
        compareMembers(with: before, now: now, into: &directives)
        if isBack { restateOrphan(into: &directives) }
        renewAdmissions(into: &directives)
    }

    /// Says who came and went, and sees to the connections.
    mutating func compareMembers(
        with before: [Member], now: MonotonicInstant, into directives: inout [RoomDirective]
    ) {
        let after = members
        for member in before where !after.contains(where: { $0.peer == member.peer }) {
            redial.forget(member.peer)
            directives.append(.memberLeft(member))
        }
        // Who is not named yet is the newest.
        let mine = member(me)?.since ?? .max
        for member in after where !before.contains(where: { $0.peer == member.peer }) {
            guard member.peer != me else { continue }
            directives.append(.memberJoined(member))
            if connected.contains(member.peer) {
                redial.connected(member.peer)
            } else {
                let isFirst = member.peer == hostPeer || member.since < mine
                redial.expect(member.peer, from: isFirst ? now : now + Redial.headStart)
            }
        }
    }

    /// Makes the wish that counts this peer's own: the host, who is back, cannot check its author's
    /// word, and nor can newcomers.
    private mutating func restateOrphan(into directives: inout [RoomDirective]) {
        guard let intent, isOrphan(intent),
            let next = intent.next(by: me, at: intent.anchor, since: intent.since)
        else { return }
        announce(next, into: &directives)
    }

    /// Whether the author of a wish is no member any more, so that newcomers cannot check it.
    func isOrphan(_ intent: Intent) -> Bool {
        !members.contains { $0.peer == intent.author }
    }
}

extension Member {
    /// A newcomer as it says it is, at the address it was seen at besides its own: through a router
    /// these differ.
    init(_ newcomer: Newcomer, _ introduction: Introduction, since: UInt64) {
        let seen = newcomer.observed.map { [$0] } ?? []
        self.init(
            fingerprint: newcomer.fingerprint, key: newcomer.key, name: introduction.name,
            isHeadless: introduction.isHeadless,
            addresses: seen.filter { !introduction.addresses.contains($0) }
                + introduction.addresses,
            since: since)
    }

    /// The same member, here since another epoch.
    init(_ other: Member, since: UInt64) {
        self.init(
            fingerprint: other.fingerprint, key: other.key, name: other.name,
            isHeadless: other.isHeadless, addresses: other.addresses, since: since)
    }
}

// The room while its host is away: whoever keeps it takes in newcomers by its own signature.
//
// The host's roster names the keeper's key, and the roster's epoch is the term: what a keeper signed
// counts until the host names its members anew. Everybody tells the keeper who they are when it
// becomes one in their eyes, and gets its list; so it does not matter who notices first that the host
// is gone.

public import PartyModel

extension Room {
    /// Whether this peer may take in newcomers.
    public var takesNewcomers: Bool { takesNewcomers(me) }

    /// Whether somebody may take in newcomers: they keep the room, and the host has named them.
    public func takesNewcomers(_ peer: PeerID) -> Bool { peer == keeper && isNamedByHost(peer) }

    /// Whether somebody who knows the secret may come in and ask: this peer takes in newcomers, or it
    /// did, and can say where the host is.
    public var answersNewcomers: Bool { takesNewcomers || hasKept }

    /// Those whose word on who is a member counts besides the host's: while it is away, those it has
    /// named.
    public var vouchers: [MemberKey] {
        guard !isHostHere else { return [] }
        return roster?.content.members.map(\.content.key) ?? []
    }

    /// What this peer knows of who is here while the host is away.
    var keptRoster: KeptRoster? {
        guard hosting == nil, let roster, let admissions else { return nil }
        let count = roster.content.members.count + admissions.content.members.count
        guard count <= Limits.members else { return nil }
        return KeptRoster(roster: roster, admissions: admissions)
    }

    /// What this peer tells others of who is here while the host is away.
    var lastWord: Message? {
        guard hosting == nil else { return nil }
        if keeper == me, let keptRoster { return .keptRoster(keptRoster) }
        return roster.map(Message.roster)
    }

    private func isNamedByHost(_ peer: PeerID) -> Bool {
        roster?.content.members.contains { $0.content.peer == peer } ?? false
    }

    /// Whether a keeper who is one in our eyes signed this.
    func isKeepersWord(_ entry: Signed<Member>, from peer: PeerID) -> Bool {
        guard !isHostHere, peer == admissions?.content.keeper,
            let keeper = roster?.content.members.first(where: { $0.content.peer == peer })
        else { return false }
        return entry.isSigned(by: keeper.content.key)
    }

    // MARK: Who keeps the room

    /// Looks who keeps the room now; whoever it is, is told of us, and begins its own list.
    mutating func changeKeeper(now: MonotonicInstant, into directives: inout [RoomDirective]) {
        guard hosting == nil, let next = keeperInSight(now: now), next != keeper else { return }
        keeper = next
        directives.append(.keeper(next))
        switch next {
        case me:
            list(admissions?.content.members ?? [], into: &directives)
        case hostPeer:
            confidant = nil
        case _:
            if connected.contains(next) { introduce(to: next, into: &directives) }
        }
    }

    /// Tells a guest who we are, once: it keeps the room, or knows who does.
    ///
    /// It also hears what plays here: words may have been allowed here and not there while one of
    /// the two had a keeper already.
    mutating func introduce(to peer: PeerID, into directives: inout [RoomDirective]) {
        guard confidant != peer else { return }
        confidant = peer
        directives.append(.send(.introduction(introduction), to: peer))
        tellTimeline(to: peer, into: &directives)
    }

    private func keeperInSight(now: MonotonicInstant) -> PeerID? {
        let order = roster == nil ? hostPeer.map { [$0] } ?? [] : everybody.map(\.peer)
        return succession.keeper(of: order, for: me, now: now)
    }

    // MARK: A host that was cut off

    /// Notes who may go on together now that this host has lost them all; one alone is rather cut off
    /// itself, and comes back to where the host is.
    mutating func noteIfCutOff() {
        guard connected.isEmpty, succession.lost.count > 1 else { return }
        wentOn = succession.lost
        cutOffTerm = roster?.content.epoch
    }

    /// Takes over what those play who went on without this host, once from each: in its own name,
    /// whoever said it, under whichever rules and however long ago.
    ///
    /// False when there is nothing to take over.
    mutating func takeBack(
        _ signed: Signed<Intent>, from peer: PeerID, into directives: inout [RoomDirective]
    ) -> Bool {
        let theirs = signed.content
        guard hosting != nil, wentOn.contains(peer), let intent else { return false }
        guard theirs.supersedes(intent) else {
            wentOn.remove(peer)
            return false
        }
        // If the author is not known here any more, they will say it in their own name.
        guard let author = authority.member(theirs.author), signed.isSigned(by: author.key),
            let next = theirs.next(
                by: me, at: theirs.anchor, since: theirs.since, isAutomatic: true)
        else { return false }
        wentOn.remove(peer)
        announce(next, into: &directives)
        return true
    }

    // MARK: Newcomers

    /// Takes in somebody who introduces itself while this peer keeps the room, or tells somebody who
    /// is known who else is here.
    mutating func admitAsKeeper(
        _ newcomer: Newcomer, _ introduction: Introduction, into directives: inout [RoomDirective]
    ) {
        let peer = newcomer.fingerprint.peer
        guard takesNewcomers, !isNamedByHost(peer), let roster, let list = admissions?.content
        else {
            // Whom it names can say more.
            if let lastWord { directives.append(.send(lastWord, to: peer)) }
            if keeper == me { tellTimeline(to: peer, into: &directives) }
            return
        }
        let place = list.members.firstIndex { $0.peer == peer }
        let count = roster.content.members.count + list.members.count
        guard place != nil || count < Limits.members else {
            directives.append(.refuse(peer, Bye(kind: .roomFull)))
            return
        }
        // Another keeper may have signed any version.
        let (next, isTooLarge) = list.term.addingReportingOverflow(list.version)
        let member = Member(
            newcomer, introduction,
            since: place.map { list.members[$0].since } ?? (isTooLarge ? .max : next))
        var members = list.members
        if let place { members[place] = member } else { members.append(member) }
        self.list(members, into: &directives)
        // The list names the key that the welcome is signed with, and so comes first.
        let welcome = Welcome(credential: signer.sign(member), prefetch: prefetch)
        directives.append(.send(.welcome(welcome), to: peer))
        if let playlist { directives.append(.send(.playlist(playlist), to: peer)) }
        tellTimeline(to: peer, into: &directives)
        if place == nil { directives.append(.memberJoined(member)) }
    }

    /// Says whom this peer took in, all of them; does nothing where it may not.
    private mutating func list(_ members: [Member], into directives: inout [RoomDirective]) {
        guard takesNewcomers, let term = roster?.content.epoch else { return }
        hasKept = true
        let before = admissions?.content
        // Behind the last version there is comes the first: it is another keeper's that ended there,
        // and whoever keeps the room now counts from its own first list.
        let known = before.flatMap { $0.term == term ? $0.version : nil } ?? 0
        let version = known == .max ? 1 : known + 1
        let added = members.filter { !isNamedByHost($0.peer) }
        admissions = signer.sign(
            Admissions(
                term: term, keeper: me, version: version,
                members: Array(added.prefix(Limits.members - (roster?.content.members.count ?? 0)))
            ))
        if let lastWord { tellMembers(lastWord, into: &directives) }
    }

    /// The keeper takes members off its list.
    mutating func strikeOff(_ peers: Set<PeerID>, into directives: inout [RoomDirective]) {
        guard hosting == nil, keeper == me, let members = admissions?.content.members else {
            return
        }
        let gone = members.filter { peers.contains($0.peer) }
        guard !gone.isEmpty else { return }
        list(members.filter { !peers.contains($0.peer) }, into: &directives)
        for member in gone where !succession.hasLeft(member.peer) {
            directives.append(.memberLeft(member))
        }
        for member in gone { forget(member.peer) }
    }

    /// The keeper's list goes on under a roster that the host made before it was gone.
    mutating func renewAdmissions(into directives: inout [RoomDirective]) {
        guard keeper == me, let admissions, admissions.content.term < roster?.content.epoch ?? 0
        else { return }
        list(admissions.content.members, into: &directives)
    }

    // MARK: The list, as others learn it

    mutating func adopt(
        _ kept: KeptRoster, now: MonotonicInstant, into directives: inout [RoomDirective]
    ) {
        guard hosting == nil else { return adoptAsHost(kept, now: now, into: &directives) }
        adopt(kept.roster, now: now, into: &directives)
        let list = kept.admissions.content
        guard !isHostHere, list.keeper != me, list.term == roster?.content.epoch,
            list.keeper == keeperInSight(now: now), isNews(list), kept.isGenuine(in: key)
        else { return }
        let before = members
        admissions = kept.admissions
        compareMembers(with: before, now: now, into: &directives)
    }

    private func isNews(_ list: Admissions) -> Bool {
        guard let known = admissions?.content, known.keeper == list.keeper else { return true }
        return (list.term, list.version) > (known.term, known.version)
    }
}

extension KeptRoster {
    /// Whether the room signed the roster, and the keeper it names signed the rest.
    func isGenuine(in room: RoomKey) -> Bool {
        let keeper = roster.content.members.first { $0.content.peer == admissions.content.keeper }
        guard let keeper, roster.isSigned(by: room) else { return false }
        return admissions.isSigned(by: keeper.content.key)
    }
}

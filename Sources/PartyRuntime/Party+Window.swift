// What the window shows of the room, and what its keys want of it.

import MeshTransport
import MpvPlayer
import NIOCore
import PartyModel
import RoomCore
import SwarmCore
import SyncCore

extension Party {
    // MARK: What lasts

    /// Lets the window have the token, at the start if this user is to pass it on.
    func offer(_ token: Token, atOnce: Bool) {
        let code = QRCode(token.text)?.rows ?? []
        player?.showToken(token.text, code: code, atOnce: atOnce)
    }

    /// Tells the window what is new, at once or when the last time is long enough ago.
    func windowChanged() {
        guard player != nil, window.update == nil else { return }
        let now = PartyClock.now
        let earliest = (window.toldAt ?? now) + WindowBook.interval
        window.update = after(.nanoseconds(max(0, (earliest - now).wholeNanoseconds))) { party in
            party.window.update = nil
            party.tellWindow()
        }
    }

    private func tellWindow() {
        let json = windowState.json
        guard json != window.told else { return }
        window.told = json
        window.toldAt = PartyClock.now
        player?.sendState(json: json)
    }

    private var windowState: WindowState {
        var state = WindowState()
        let item = playback.item.flatMap { room?.items?.item($0) }
        state.film = item?.name
        state.viewers = room?.members.map(viewer) ?? []
        if roomSigner == nil, let item, !swarm.isComplete(item.id) {
            state.download = .init(
                have: swarm.verifiedBytes(of: item.id), total: item.geometry.size,
                shares: swarm.verifiedShares(of: item.id))
        }
        return state
    }

    private func viewer(_ member: Member) -> WindowState.Viewer {
        var viewer = WindowState.Viewer(name: member.name)
        viewer.isHost = member.peer == room?.host
        viewer.isHeadless = member.isHeadless
        if member.peer == identity.peer {
            describeThisUser(&viewer)
        } else {
            describe(member.peer, &viewer)
        }
        return viewer
    }

    private func describeThisUser(_ viewer: inout WindowState.Viewer) {
        let host = room?.host.flatMap { clocks[$0] }
        let rates = traffic.rates
        viewer.isMe = true
        viewer.isStalled = playback.isStalled
        viewer.buffered = playback.buffered
        viewer.error = follower.error
        viewer.offset = host?.offset
        viewer.roundTrip = host?.roundTrip
        (viewer.down, viewer.up) = (rates.down, rates.up)
    }

    private func describe(_ peer: PeerID, _ viewer: inout WindowState.Viewer) {
        guard remotes[peer] != nil else {
            viewer.link = viewer.isHost ? .lost : .relayed
            return
        }
        let status = statuses[peer]
        let rates = traffic.rates(with: peer)
        viewer.isStalled = status?.isStalled ?? false
        viewer.buffered = status?.buffered
        viewer.roundTrip = clocks[peer]?.roundTrip
        (viewer.down, viewer.up) = (rates.down, rates.up)
    }

    // MARK: What passes

    /// A short sentence in the window.
    func notice(_ text: String) { player?.showNotice(text) }

    /// Somebody said something, be it this user.
    func show(_ chat: Chat) {
        let name = name(of: chat.author)
        switch chat.remark {
        case .text(let text):
            log.record(.chat(from: name, text: text))
            player?.showChat(text, from: name, isOwn: chat.author == identity.peer)
        case .reaction(let reaction):
            log.record(.reaction(from: name, reaction: reaction))
            player?.showReaction(reaction.name, from: name)
        }
    }

    /// Says soon that somebody came or went.
    func announce(_ member: Member, hasArrived: Bool) {
        let now = PartyClock.now
        if hasArrived {
            let mine = room?.member(identity.peer)?.since ?? 0
            window.notices.arrived(member.name, wasHere: member.since < mine, now: now)
        } else {
            window.notices.departed(member.name, now: now)
        }
        sayWhenQuiet()
    }

    /// Says soon what somebody else wants now, if that is new.
    func announceWish() {
        guard let wish = room?.intent, wish != window.wish else { return }
        let before = window.wish
        window.wish = wish
        guard let before else { return }
        guard wish.author != identity.peer else { return window.notices.actedHere() }
        window.notices.changed(
            from: before, to: wish, by: name(of: wish.author), now: PartyClock.now)
        sayWhenQuiet()
    }

    private func sayWhenQuiet() {
        guard window.noticeAlarm == nil, let due = window.notices.due else { return }
        let wait = max(0, (due - PartyClock.now).wholeNanoseconds)
        window.noticeAlarm = after(.nanoseconds(wait)) { party in
            party.window.noticeAlarm = nil
            guard let due = party.window.notices.due, due <= PartyClock.now else {
                return party.sayWhenQuiet()
            }
            let items = party.room?.items
            let sentences = party.window.notices.take { items?.item($0)?.name ?? "the next film" }
            for sentence in sentences { party.notice(sentence) }
        }
    }

    // MARK: What its keys want

    func obey(_ request: WindowRequest) {
        switch request {
        case .say(let remark): tellRoom(.said(remark))
        }
    }
}

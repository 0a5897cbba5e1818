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
        guard player != nil, windowBook.update == nil else { return }
        let now = PartyClock.now
        let earliest = (windowBook.toldAt ?? now) + WindowBook.interval
        windowBook.update = after(.nanoseconds(max(0, (earliest - now).wholeNanoseconds))) {
            party in
            party.windowBook.update = nil
            party.tellWindow()
        }
    }

    private func tellWindow() {
        let json = window.json
        guard json != windowBook.told else { return }
        windowBook.told = json
        windowBook.toldAt = PartyClock.now
        player?.sendState(json: json)
    }

    /// What plays, and how much of it is here.
    func describeFilm(_ state: inout WindowState) {
        guard player != nil, let item = playback.item.flatMap({ room?.items?.item($0) }) else {
            return
        }
        state.film = item.name
        guard roomSigner == nil, !swarm.isComplete(item.id) else { return }
        state.download = WindowState.Download(
            have: swarm.verifiedBytes(of: item.id), total: item.geometry.size,
            shares: swarm.verifiedShares(of: item.id))
    }

    /// How the line to somebody is, and how well that player runs.
    func describeLine(of member: Member, _ viewer: inout WindowState.Viewer) {
        viewer.isHeadless = member.isHeadless
        viewer.isKeeper = !viewer.isHost && member.peer == room?.keeper
        if viewer.isMe {
            viewer.isStalled = playback.isStalled
            viewer.follow(syncTold)
            (viewer.down, viewer.up) = traffic.rates
        } else if remotes[member.peer] != nil {
            let status = statuses[member.peer]
            viewer.isStalled = status?.isStalled ?? false
            viewer.follow(status?.sync)
            // The way between us says more about their film than theirs to the room's clock.
            viewer.roundTrip = clocks[member.peer]?.roundTrip ?? viewer.roundTrip
            (viewer.down, viewer.up) = traffic.rates(with: member.peer)
        } else {
            viewer.link = viewer.isHost ? .lost : .relayed
        }
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
            windowBook.notices.arrived(member.name, wasHere: member.since < mine, now: now)
        } else {
            windowBook.notices.departed(member.name, now: now)
        }
        sayWhenQuiet()
    }

    /// Says soon what somebody else wants now, if that is new.
    func announceWish() {
        guard let wish = room?.intent, wish != windowBook.wish else { return }
        let before = windowBook.wish
        windowBook.wish = wish
        guard let before, !wish.isAutomatic || wish.item != before.item else { return }
        guard wish.author != identity.peer else { return windowBook.notices.actedHere() }
        windowBook.notices.changed(
            from: before, to: wish, by: name(of: wish.author), now: PartyClock.now)
        sayWhenQuiet()
    }

    private func sayWhenQuiet() {
        guard windowBook.noticeAlarm == nil, let due = windowBook.notices.due else { return }
        let wait = max(0, (due - PartyClock.now).wholeNanoseconds)
        windowBook.noticeAlarm = after(.nanoseconds(wait)) { party in
            party.windowBook.noticeAlarm = nil
            guard let due = party.windowBook.notices.due, due <= PartyClock.now else {
                return party.sayWhenQuiet()
            }
            let items = party.room?.items
            let sentences = party.windowBook.notices.take {
                items?.item($0)?.name ?? "the next film"
            }
            for sentence in sentences { party.notice(sentence) }
        }
    }

    // MARK: What its keys want

    func obey(_ request: WindowRequest) {
        switch request {
        case .say(let remark): tellRoom(.said(remark))
        case .ready:
            tellRoom(.readied(!(room?.isReady ?? false)))
            sendStatus()
            showRoom()
        case .undoSeek: tellFollower(.undoSeek)
        case .frameStep(let count): tellFollower(.frameStep(count))
        case .nextItem: tellFollower(.nextItem)
        case .previousItem: tellFollower(.previousItem)
        case .skipWait:
            guard let roomNow else { return }
            tellRoom(.wished(.skipWait, at: roomNow))
        }
    }
}

extension WindowState.Viewer {
    /// Takes how well a player follows.
    fileprivate mutating func follow(_ report: SyncReport?) {
        guard let report else { return }
        error = report.error
        correction = Double(report.trim) / 1e6
        offset = report.offset
        roundTrip = report.roundTrip
    }
}

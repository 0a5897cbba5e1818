// What the room and its viewers are waiting for: how our player is doing goes to the room, and what
// the room makes of everybody's goes to the window and the events.

import Logging
import MeshTransport
import MpvPlayer
import NIOCore
import PartyModel
import RoomCore
import SwarmCore
import SyncCore

extension Party {
    // MARK: To the room

    /// Tells the room how our player is doing.
    func tellRoomOfPlayer() {
        guard player != nil, let item = playback.item else { return }
        let (amount, hasRest) = playableNow
        playback.playable = amount
        tellRoom(
            .looked(
                PlayerCondition(
                    item: item, activity: activity(at: item), position: playback.position,
                    buffered: amount, hasRest: hasRest, landing: follower.landing,
                    lands: lands)))
    }

    /// When the seek under way is expected to be over; `nil` when there is none, or it needs bytes
    /// that are still to come.
    private var lands: RoomInstant? {
        guard playback.isSeeking, !playback.hasWaited, let lands = follower.lands, let roomNow
        else { return nil }
        return roomNow + (lands - PartyClock.now)
    }

    private func activity(at item: ItemID) -> PlayerCondition.Activity {
        if playback.shown != item { return .opening }
        if playback.isAtEnd { return .ended }
        if playback.isSeeking { return .seeking }
        return playback.isStalled ? .stalled : .able
    }

    /// How much this player could play without receiving anything more, and whether that reaches to
    /// the end: what mpv has read ahead, and the verified bytes behind it at the film's mean rate.
    private var playableNow: (amount: Duration, hasRest: Bool) {
        guard let id = playback.shown, let item = room?.items?.item(id),
            let read = playback.read, let duration = playback.duration, duration > .start
        else { return (playback.buffered, false) }
        let size = item.geometry.size
        let there = read.lowerBound + swarm.contiguousBytes(of: id, from: read.lowerBound)
        let behind = Double(max(0, there - read.upperBound)) / Double(size) * duration.seconds
        let rest = max(0, duration.seconds - playback.position.seconds)
        guard there < size else { return (Duration(boundedSeconds: rest), true) }
        let amount = min(playback.buffered.inSeconds + behind, rest)
        return (Duration(boundedSeconds: amount), false)
    }

    // MARK: To the user

    /// Tells of a course, unless it is the one told last.
    func record(_ course: Course, at now: RoomInstant) {
        guard course != courseTold else { return }
        courseTold = course
        let isWaiting = room?.wait(at: now) != nil
        let isAutomatic = room?.intent?.isAutomatic ?? false
        log.record(
            .state(
                paused: course.isStanding, isWaiting: isWaiting,
                position: course.position(at: now).seconds, speed: course.speed.factor,
                by: isWaiting || isAutomatic ? nil : name(of: course.author),
                revision: course.revision))
    }

    /// Brings window and events up to date with the room.
    func showRoom() {
        guard let room, let roomNow else { return }
        let before = window
        let wait = room.wait(at: roomNow).flatMap { roomNow - $0.since < Self.blink ? nil : $0 }
        window = windowState(of: room, waiting: wait, at: roomNow)
        tellOfWait(wait, at: roomNow)
        guard window != before else { return }
        tellOfViewers(before: before.viewers)
        if let countdown = window.countdown, countdown != before.countdown {
            log.record(.countdown(seconds: countdown))
        }
        windowChanged()
    }

    /// A wait that is over before one could read for whom is not spoken of: where a seek lands a
    /// little late, say.
    private static let blink = Duration.milliseconds(300)

    private func tellOfWait(_ wait: Wait?, at now: RoomInstant) {
        let peers = wait?.stragglers.map(\.author) ?? []
        let isOld = waitTold.map { PartyClock.now - $0.at >= .seconds(1) } ?? false
        guard peers != waitTold?.peers ?? [] || (isOld && !peers.isEmpty) else { return }
        waitTold = peers.isEmpty ? nil : (peers, PartyClock.now)
        let waited = wait.map { max(.zero, now - $0.since) } ?? .zero
        log.record(
            .wait(
                peers: peers.map(name), seconds: waited.inSeconds, limit: Wait.limit.inSeconds))
    }

    private func tellOfViewers(before: [WindowState.Viewer]) {
        for viewer in window.viewers {
            let old = before.first { $0.peer == viewer.peer }
            let peer = viewer.peer.description
            if viewer.isReady != old?.isReady ?? false {
                log.record(.ready(peer: peer, name: viewer.name, isReady: viewer.isReady))
            }
            if let seconds = viewer.runsDry { tellOfRunningDry(viewer, in: seconds) }
            if viewer.isExcused, old?.isExcused == false {
                notice(
                    viewer.isMe
                        ? "The room goes on; you catch up with it."
                        : "The room goes on; \(viewer.name) catches up with it.")
            }
        }
    }

    /// Tells it once, and again only after it was well for a while: film comes in blocks.
    private func tellOfRunningDry(_ viewer: WindowState.Viewer, in seconds: Int) {
        let now = PartyClock.now
        let last = dryTold.updateValue(now, forKey: viewer.peer)
        guard last.map({ now - $0 > Foresight.horizon }) ?? true else { return }
        log.record(
            .runningDry(
                peer: viewer.peer.description, name: viewer.name, seconds: Double(seconds)))
    }

    // MARK: The room as a value

    private func windowState(
        of room: Room, waiting wait: Wait?, at now: RoomInstant
    ) -> WindowState {
        let (members, ready) = (room.members, room.ready)
        let lobby = WindowState.Lobby(
            isReady: room.isReady, ready: ready.count, viewers: members.count { !$0.isHeadless })
        var state = WindowState(
            viewers: members.map { viewer($0, in: room, isReady: ready.contains($0.peer)) },
            wait: wait.map { describe($0, in: room, at: now) },
            lobby: room.isLobby ? lobby : nil,
            countdown: room.startsIn(at: now).flatMap(countdown))
        describeFilm(&state)
        return state
    }

    /// The seconds until a start; `nil` for one that was never further away than the lead that
    /// everybody needs.
    private func countdown(_ duration: Duration) -> Int? {
        guard window.countdown != nil || duration > Room.longestLead else { return nil }
        return Int(duration.inSeconds.rounded(.up))
    }

    private func viewer(
        _ member: Member, in room: Room, isReady: Bool
    ) -> WindowState.Viewer {
        let isMe = member.peer == identity.peer
        let status = statuses[member.peer]
        let buffered = isMe ? playback.playable : status?.buffered
        let runsDry = isMe ? room.runsDry : status?.runsDry
        var viewer = WindowState.Viewer(
            peer: member.peer, name: member.name, isMe: isMe, isHost: member.peer == room.host,
            isReady: isReady,
            isExcused: room.intent?.excused.contains(member.peer) ?? false,
            buffered: buffered.map(Self.tenths), runsDry: runsDry.map { Int($0.inSeconds) })
        describeLine(of: member, &viewer)
        return viewer
    }

    private func describe(_ wait: Wait, in room: Room, at now: RoomInstant) -> WindowState.Wait {
        WindowState.Wait(
            stragglers: wait.stragglers.map { hold in
                WindowState.Wait.Straggler(
                    peer: hold.author, name: name(of: hold.author),
                    isMe: hold.author == identity.peer, buffered: Self.tenths(hold.buffered),
                    needed: hold.needed.map { Int($0.inSeconds.rounded(.up)) })
            },
            limit: max(0, Int((wait.end - now).inSeconds.rounded(.up))),
            canSkip: room.mayControl)
    }

    private static func tenths(_ duration: Duration) -> Int { Int(duration.inSeconds * 10) }
}

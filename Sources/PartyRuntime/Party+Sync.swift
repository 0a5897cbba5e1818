// How well this player follows, for the events, the others and the window; and whether the clocks still
// hold.

import Logging
import MeshTransport
import MpvPlayer
import PartyModel
import RoomCore
import SyncCore

extension Party {
    /// How well this player follows; `nil` before the room's clock is known here.
    var syncReport: SyncReport? {
        guard playback.shown != nil else { return nil }
        let trim = Int32((follower.trim * 1e6).rounded())
        guard room?.keeper != identity.peer else {
            return SyncReport(
                error: follower.error, trim: trim, offset: .zero, clockError: .zero,
                roundTrip: .zero)
        }
        guard let clock = room?.keeper.flatMap({ clocks[$0] }),
            let offset = clock.offset, let error = clock.error, let roundTrip = clock.roundTrip
        else { return nil }
        return SyncReport(
            error: follower.error, trim: trim, offset: offset, clockError: error,
            roundTrip: roundTrip)
    }

    /// Tells of it once a second while the film moves.
    func reportSync() {
        guard !playback.isAtEnd, let course = room?.course, !course.isStanding,
            let report = syncTold
        else { return }
        log.record(.sync(report, buffered: playback.buffered.inSeconds))
    }

    /// After the machine slept, what was known of other clocks is doubtful: they are asked anew.
    func watchForSuspend() {
        guard suspendWatch.hasSlept(asleep: PartyClock.asleep) else { return }
        logger.info("this machine slept; the clocks are compared anew")
        for peer in remotes.keys {
            clocks[peer]?.doubt()
            pings.begin(peer, now: PartyClock.now)
        }
    }
}

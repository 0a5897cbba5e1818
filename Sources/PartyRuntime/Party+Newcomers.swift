// What the host sends a newcomer before it is asked: what its player is about to read.

import FilmStore
import Logging
import MeshTransport
import MpvPlayer
import PartyModel
import RoomCore
import SwarmCore
import SyncCore

extension Party {
    /// The host sends a new viewer what its player is about to ask for.
    func anticipate(_ member: Member) {
        guard roomSigner != nil, !member.isHeadless, let item = room?.intent?.item else { return }
        let hints = prefetch.hint(for: item)
        guard playback.shown == item, !hints.isEmpty else { return }
        tellSwarm(.anticipated(by: member.peer, item, firstReads(of: item, hints)))
        anticipatePlace(member.peer, in: item)
    }

    /// What a guest's player reads before its first frame, as far as that is known.
    func firstReads(of item: ItemID, _ hints: [Welcome.Prefetch]) -> [Range<Int64>] {
        let ranges = hints.map { $0.offset..<($0.offset + $0.length) }
        // A room that moves, or stands elsewhere, is joined in the middle of the film.
        guard let course = room?.course, !course.isStanding || course.anchor > .start,
            let index = room?.items?.item(item).flatMap(PrefetchRecorder.lateIndex(of:))
        else { return ranges }
        return ranges + [index]
    }

    /// And, where the room is in the middle of the film, what it reads there.
    private func anticipatePlace(_ peer: PeerID, in item: ItemID) {
        // Another core may only be had where mpv is ours.
        guard configuration.lender == nil, let course = room?.course, course.item == item,
            !course.isStanding, let roomNow
        else { return }
        let roundTrip = mesh?.traffic(to: peer)?.roundTrip ?? .zero
        let position = course.position(at: roomNow + Follower.openingLead(over: roundTrip))
        let place = OpeningBook.Place(item: item, position: position)
        if let reads = openings.reads(at: place, for: peer) {
            tellSwarm(.anticipated(by: peer, item, reads))
        } else {
            lookAtOpenings()
        }
    }

    private func lookAtOpenings() {
        guard let place = openings.nextLook() else { return }
        guard case .hosted(let film)? = shelf?.film(place.item) else { return looked([], at: place) }
        let probe = OpeningProbe(OneFilm(film: film))
        onWorker({ try probe.reads(of: place.item, openedAt: place.position, exactly: false) }) {
            party, result in
            if case .failure(let error) = result { party.logger.info("no look ahead: \(error)") }
            party.looked((try? result.get()) ?? [], at: place)
        }
    }

    private func looked(_ reads: [Range<Int64>], at place: OpeningBook.Place) {
        for peer in openings.looked(reads) {
            tellSwarm(.anticipated(by: peer, place.item, reads))
        }
        lookAtOpenings()
    }
}

/// A film from the disk, under whatever name.
private struct OneFilm: FilmProvider {
    let film: HostFilm

    func open(_ item: ItemID) -> (any FilmInput)? {
        FilmReader(film, reports: FilmReader.Reports(onRead: { _, _ in }, onFailure: { _ in }))
    }
}

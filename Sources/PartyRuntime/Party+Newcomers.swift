// What the host tells and sends newcomers before they ask: what their players are about to read.

import FilmStore
import Logging
import MeshTransport
import MpvPlayer
import PartyModel
import RoomCore
import SwarmCore
import SyncCore

extension Party {
    /// Finds out what players read of a film that open it, once the host's own shows it.
    func learnOpenings(of item: ItemID) {
        guard roomSigner != nil, let probe = probe(of: item), openings.beginLearning(item)
        else { return }
        onWorker({
            // Between any two places nothing is the same but what is read wherever a film is opened.
            let one = try probe.reads(of: item, openedAt: .percent(40), exactly: false)
            let other = try probe.reads(of: item, openedAt: .percent(60), exactly: false)
            return OpeningBook.Reads(
                atStart: try probe.reads(of: item, openedAt: .position(.start), exactly: true),
                elsewhere: OpeningBook.common(one, other))
        }) { party, result in
            switch result {
            case .success(let reads): party.openings.learn(item, reads)
            case .failure(let error): party.logger.info("no look at openings: \(error)")
            }
            party.tellHints()
        }
    }

    /// What newcomers are told depends on whether the room is at the start.
    func tellHints() {
        guard roomSigner != nil, let course = room?.course else { return }
        tellRoom(.prefetchKnown(openings.hints(for: course)))
    }

    /// The host sends a new viewer what its player is about to ask for.
    func anticipate(_ member: Member) {
        guard roomSigner != nil, !member.isHeadless, let course = room?.course, let roomNow
        else { return }
        let hints = openings.hints(for: course).map(\.range)
        if !hints.isEmpty { tellSwarm(.anticipated(by: member.peer, course.item, hints)) }
        guard !course.isStanding || course.anchor > .start,
            let roundTrip = mesh?.traffic(to: member.peer)?.roundTrip, roundTrip >= Follower.nearby
        else { return }
        // The newcomer is told where the room is half a round trip from now, and aims from there.
        let opens = roomNow + roundTrip / 2 + Follower.openingLead(over: roundTrip)
        let place = OpeningBook.Place(
            item: course.item, position: course.position(at: opens), isExact: course.isStanding)
        if let reads = openings.reads(at: place, for: member.peer) {
            tellSwarm(.anticipated(by: member.peer, course.item, reads))
        } else {
            lookAtOpenings()
        }
    }

    private func lookAtOpenings() {
        guard let place = openings.nextLook() else { return }
        guard let probe = probe(of: place.item) else { return looked([], at: place) }
        onWorker({
            try probe.reads(
                of: place.item, openedAt: .position(place.position), exactly: place.isExact)
        }) { party, result in
            if case .failure(let error) = result {
                party.logger.info("no look at an opening: \(error)")
            }
            party.looked((try? result.get()) ?? [], at: place)
        }
    }

    private func looked(_ reads: [Range<Int64>], at place: OpeningBook.Place) {
        for peer in openings.looked(reads) {
            guard let reads = openings.known(at: place) else { continue }
            tellSwarm(.anticipated(by: peer, place.item, reads))
        }
        lookAtOpenings()
    }

    /// `nil` where there is no player, or not all of the film.
    private func probe(of item: ItemID) -> OpeningProbe? {
        guard player != nil, case .hosted(let film)? = shelf?.film(item) else { return nil }
        return OpeningProbe(OneFilm(film: film))
    }
}

/// A film from the disk, under whatever name.
private struct OneFilm: FilmProvider {
    let film: HostFilm

    func open(_ item: ItemID) -> (any FilmInput)? {
        FilmReader(film, reports: FilmReader.Reports(onRead: { _, _ in }, onFailure: { _ in }))
    }
}

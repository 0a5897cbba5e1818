// The films of the party by item: where mpv's threads find what they are told to open.
//
// Invariant: a film is on the shelf before the player is told to load it.

import FilmStore
import MpvPlayer
import NIOConcurrencyHelpers
import PartyModel

/// A film of the party, whole at the host or growing at a guest.
enum Film: Sendable {
    case hosted(HostFilm)
    case fetched(GuestFilm)

    /// A block with its proof; `nil` for one that is not here.
    ///
    /// Blocks on the disk.
    func read(_ block: BlockIndex) throws(PartyError) -> StoredBlock? {
        switch self {
        case .hosted(let film): try film.read(block)
        case .fetched(let film): try film.read(block)
        }
    }

    /// What the host signed of a block's chunk and its neighbours, where it came from the host.
    ///
    /// Blocks on the disk.
    func roots(of block: BlockIndex) throws(PartyError) -> Signed<RootList>? {
        switch self {
        case .hosted: nil
        case .fetched(let film): try film.signedRoots(of: block.chunk)
        }
    }
}

/// All films of the party.
///
/// Any thread may ask.
final class FilmShelf: FilmProvider, Sendable {
    private let films = NIOLockedValueBox<[ItemID: Film]>([:])
    private let onRead: @Sendable (ItemID, Range<Int64>, _ waits: Bool) -> Void
    private let onFailure: @Sendable (PartyError) -> Void

    init(
        onRead: @escaping @Sendable (ItemID, Range<Int64>, _ waits: Bool) -> Void,
        onFailure: @escaping @Sendable (PartyError) -> Void
    ) {
        self.onRead = onRead
        self.onFailure = onFailure
    }

    func put(_ film: Film, as item: ItemID) { films.withLockedValue { $0[item] = film } }

    func film(_ item: ItemID) -> Film? { films.withLockedValue { $0[item] } }

    var all: [Film] { films.withLockedValue { Array($0.values) } }

    func open(_ item: ItemID) -> (any FilmInput)? {
        let reports = FilmReader.Reports(
            onRead: { [onRead] range, waits in onRead(item, range, waits) }, onFailure: onFailure)
        switch film(item) {
        case .hosted(let film)?: return FilmReader(film, reports: reports)
        case .fetched(let film)?: return FilmReader(film, reports: reports)
        case nil: return nil
        }
    }
}

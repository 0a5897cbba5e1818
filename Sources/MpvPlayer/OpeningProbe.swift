// What does a player read of a film before it shows a picture? One opens it, unseen, and is watched.
//
// Only a demuxer knows where in a file a second of the film is. So the host, who has all of it on its
// disk, opens the film once more where a newcomer's player is about to, and so knows before the
// newcomer's player does which bytes that will ask for.

import NIOConcurrencyHelpers
public import PartyModel

/// Finds out what a player reads that opens a film.
public struct OpeningProbe: Sendable {
    private let films: any FilmProvider

    /// Where a player opens a film.
    public enum Place: Hashable, Sendable {
        /// At a position.
        case position(MediaPosition)
        /// So many hundredths of the way through, 0 to 100.
        case percent(Int)

        /// As mpv's option has it; `nil` for the start.
        fileprivate var start: String? {
            switch self {
            case .position(let position): position > .start ? "\(position.seconds)" : nil
            case .percent(let percent): "\(percent)%"
            }
        }
    }

    /// A probe of these films, which have to be all there.
    public init(_ films: any FilmProvider) { self.films = films }

    /// A film from the disk opens in 10 to 90 ms; by then, whoever wanted to know has found out.
    static let patience = Duration.milliseconds(500)
    /// Reads that are so small show how little is needed.
    private static let readBytes = "16KiB"
    /// Nothing is seen, heard, or read ahead, and nothing of its user's applies.
    private static let options = [
        MpvOption("config", "no"), MpvOption("terminal", "no"), MpvOption("idle", "yes"),
        MpvOption("vo", "null"), MpvOption("ao", "null"), MpvOption("pause", "yes"),
        MpvOption("load-scripts", "no"), MpvOption("osc", "no"), MpvOption("ytdl", "no"),
        MpvOption("load-stats-overlay", "no"), MpvOption("load-osd-console", "no"),
        MpvOption("load-auto-profiles", "no"), MpvOption("input-default-bindings", "no"),
        MpvOption("access-references", "no"), MpvOption("load-unsafe-playlists", "no"),
        MpvOption("ordered-chapters", "no"), MpvOption("sid", "no"),
        MpvOption("cache", "no"), MpvOption("demuxer-thread", "no"),
        MpvOption("stream-buffer-size", readBytes),
    ]

    /// The bytes that a player reads which opens `item` at a place, in the order in which it first
    /// reads them; empty where it shows nothing in time.
    ///
    /// - Parameter exactly: whether it shows just that place, or the key frame before.
    ///
    /// Blocks for some 10 ms, half a second at the most: not for event loops.
    ///
    /// - Throws: `PartyError.playerFailed`.
    public func reads(
        of item: ItemID, openedAt place: Place, exactly: Bool
    ) throws(PartyError) -> [Range<Int64>] {
        let watched = WatchedFilms(films)
        let handle = try MpvHandle()
        let streams = FilmStreams(watched)
        // mpv borrows them.
        defer { withExtendedLifetime(streams) { handle.terminate() } }
        for option in Self.options { handle.setOption(option) }
        if let start = place.start { handle.setOption(MpvOption("start", start)) }
        handle.setOption(MpvOption(RoomOptions.exactness.name, exactly ? "yes" : "no"))
        try handle.initialise()
        try handle.register(streams)
        _ = handle.command(.command("loadfile", FilmStreams.address(of: item)))
        return handle.waitForPicture(Self.patience) ? watched.reads : []
    }
}

/// Films, and what is read of them.
private final class WatchedFilms: FilmProvider {
    private let films: any FilmProvider
    private let book = NIOLockedValueBox<[Range<Int64>]>([])

    init(_ films: any FilmProvider) { self.films = films }

    /// What was read, in pieces that do not touch, in the order of their first bytes read.
    var reads: [Range<Int64>] { book.withLockedValue(\.self) }

    func open(_ item: ItemID) -> (any FilmInput)? {
        films.open(item).map { WatchedInput($0) { [weak self] in self?.note($0) } }
    }

    private func note(_ read: Range<Int64>) {
        book.withLockedValue { pieces in
            let touching = pieces.indices.filter {
                pieces[$0].lowerBound <= read.upperBound && read.lowerBound <= pieces[$0].upperBound
            }
            guard let first = touching.first else { return pieces.append(read) }
            let union = touching.map { pieces[$0] }.reduce(read) { union, piece in
                min(union.lowerBound, piece.lowerBound)..<max(union.upperBound, piece.upperBound)
            }
            for index in touching.dropFirst().reversed() { pieces.remove(at: index) }
            pieces[first] = union
        }
    }
}

/// One film, whose reads are told.
private final class WatchedInput: FilmInput {
    private let input: any FilmInput
    private let onRead: @Sendable (Range<Int64>) -> Void

    init(_ input: any FilmInput, onRead: @escaping @Sendable (Range<Int64>) -> Void) {
        self.input = input
        self.onRead = onRead
    }

    var size: Int64 { input.size }

    func read(at offset: Int64, into buffer: inout MutableRawSpan) -> FilmRead {
        let result = input.read(at: offset, into: &buffer)
        if case .bytes(let count) = result, count > 0 { onRead(offset..<offset + Int64(count)) }
        return result
    }

    func interrupt() { input.interrupt() }

    func cancel() { input.cancel() }
}

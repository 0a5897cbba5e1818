// How does a player read a film that is still on its way? Through a reader, which waits for the
// block its first byte lies in and for nothing else. Invariant: whatever ends a read, ends that
// read; only `cancel` reaches into later ones.

public import PartyModel
internal import Synchronization

/// A player's view of a film.
///
/// One thread reads at a time; a film may have several readers.
public final class FilmReader: FilmInput {
    /// What a reader tells its owner, from the reading thread.
    ///
    /// Has to be quick.
    public struct Reports: Sendable {
        /// A read of these bytes begins; the flag says whether it has to wait.
        public let onRead: @Sendable (_ range: Range<Int64>, _ waits: Bool) -> Void
        /// A read failed, and why.
        public let onFailure: @Sendable (PartyError) -> Void

        /// Reports to these functions.
        public init(
            onRead: @escaping @Sendable (_ range: Range<Int64>, _ waits: Bool) -> Void,
            onFailure: @escaping @Sendable (PartyError) -> Void
        ) {
            self.onRead = onRead
            self.onFailure = onFailure
        }
    }

    private enum Phase {
        case idle
        case reading(BlockWait)
        case cancelled
    }

    private let source: any BlockSource
    private let reports: Reports
    private let phase = Mutex(Phase.idle)

    /// A reader of the original film.
    public convenience init(_ film: HostFilm, reports: Reports) {
        self.init(source: film, reports: reports)
    }

    /// A reader of a film that is being fetched.
    public convenience init(_ film: GuestFilm, reports: Reports) {
        self.init(source: film, reports: reports)
    }

    private init(source: any BlockSource, reports: Reports) {
        self.source = source
        self.reports = reports
    }

    /// Bytes in the film.
    public var size: Int64 { source.geometry.size }

    /// Fills the front of `buffer` with verified bytes from `offset` on; waits for the first of
    /// them.
    ///
    /// An empty buffer gets no byte at once; a negative offset fails.
    public func read(at offset: Int64, into buffer: inout MutableRawSpan) -> FilmRead {
        let wait = BlockWait()
        guard begin(wait) else { return .cancelled }
        defer { finish() }
        guard offset < size else { return .end }
        guard let block = source.geometry.block(containing: offset) else { return .failed }
        guard !buffer.isEmpty else { return .bytes(0) }
        let wanted = offset..<min(offset + Int64(buffer.byteCount), size)
        reports.onRead(wanted, !source.has(block))
        do {
            return try read(at: offset, in: block, into: &buffer, waitingWith: wait)
        } catch {
            reports.onFailure(error)
            return .failed
        }
    }

    private func read(
        at offset: Int64, in block: BlockIndex, into buffer: inout MutableRawSpan,
        waitingWith wait: BlockWait
    ) throws(PartyError) -> FilmRead {
        let count = try source.read(at: offset, into: &buffer)
        guard count == 0 else { return .bytes(count) }
        source.end(wait, when: block)
        defer { source.forget(wait) }
        return switch wait.untilEnd() {
        case .arrived: .bytes(try source.read(at: offset, into: &buffer))
        case .interrupted: .interrupted
        case .cancelled: .cancelled
        }
    }

    /// Whether the read may begin.
    private func begin(_ wait: BlockWait) -> Bool {
        phase.withLock { phase in
            if case .cancelled = phase { return false }
            phase = .reading(wait)
            return true
        }
    }

    private func finish() {
        phase.withLock { phase in
            if case .reading = phase { phase = .idle }
        }
    }

    /// Ends the read that is under way with `.interrupted`, unless its bytes are there.
    public func interrupt() {
        phase.withLock { phase in
            if case .reading(let wait) = phase { wait.end(.interrupted) }
        }
    }

    /// Ends the read that is under way and every later one with `.cancelled`; a read whose bytes
    /// are there already gets them.
    public func cancel() {
        phase.withLock { phase in
            if case .reading(let wait) = phase { wait.end(.cancelled) }
            phase = .cancelled
        }
    }
}

// How does a film grow on a guest's disk, and what of it may be trusted? Blocks are checked,
// written, counted and noted in the journal, in this order. Invariant: nothing is read out of a
// `GuestFilm` that was not checked against a root the host signed, by this process.

public import NIOCore
public import PartyModel
internal import Synchronization

/// What became of a block that came.
public enum StoreOutcome: Hashable, Sendable {
    /// It is verified and on the disk.
    case stored
    /// It was verified before; this copy was not looked at.
    case alreadyThere
    /// Its root is not known yet; ``GuestFilm/learn(_:)`` will tell.
    case held
    /// It is not what the host signed, or its parts have the wrong length.
    case mismatch
    /// Its root is not known yet, and no more blocks, or no second copy of it, can wait: it is
    /// lost.
    case tooManyHeld
}

/// What a signed list of roots changed.
public struct LearnOutcome: Hashable, Sendable {
    /// Blocks that are verified because of it: held back, or recovered.
    public internal(set) var verified: [BlockIndex] = []
    /// Blocks held back that are not what the host signed; whoever sent them cheats.
    public internal(set) var mismatched: [BlockIndex] = []
    /// Blocks held back that were right but could not be written, because of ``failure``.
    public internal(set) var lost: [BlockIndex] = []
    /// What the disk said.
    public internal(set) var failure: PartyError?
}

/// A film that is being fetched.
///
/// Thread-safe; everything may block on the disk: call from a worker thread. Two threads that store
/// different blocks do not wait for each other.
public final class GuestFilm: Sendable {
    private struct State {
        var ledger: FilmLedger
        /// Lists from the journal that were not looked at yet, the first one last.
        var recovered: [(list: Signed<RootList>, position: Int64)]
        /// Reads that wait for a block.
        var waits: [(block: BlockIndex, wait: BlockWait)] = []
    }

    private enum Ending {
        case none
        case finished(path: String)
        case discarded
    }

    /// The item: identifier, the name the host gave it, geometry.
    public let item: PlaylistItem

    /// How often a taken name is numbered before giving up.
    private static let nameLimit = 1_000

    private let room: RoomKey
    private let directory: FilmDirectory
    private let film: RawFile
    private let leafFile: LeafFile
    private let journal: Journal
    private let state: Mutex<State>
    private let ending = Mutex(Ending.none)

    /// Opens the film where an earlier guest of the room left it, or makes it.
    ///
    /// Blocks that were there are not trusted yet: call ``recheck()`` until it has no more.
    public init(item: PlaylistItem, room: RoomKey, place: FilmPlace) throws(PartyError) {
        let directory = try FilmDirectory(for: item.id, of: room, in: place)
        let subject = JournalSubject(room: room, item: item.id, geometry: item.geometry)
        let recovered: Journal.Recovered
        do throws(SystemError) {
            film = try RawFile(directory.path(of: .film), for: .creating)
            try film.resize(to: item.geometry.size)
            leafFile = LeafFile(
                file: try RawFile(directory.path(of: .leaves), for: .creating),
                subject: subject.canonicalBytes)
            (journal, recovered) = try Journal.open(
                try RawFile(directory.path(of: .journal), for: .creating), subject: subject)
        } catch {
            throw error.whileWriting(to: directory.path)
        }
        self.item = item
        self.room = room
        self.directory = directory
        var ledger = FilmLedger(geometry: item.geometry)
        ledger.claim(recovered.blocks)
        state = Mutex(State(ledger: ledger, recovered: recovered.lists.reversed()))
    }

    deinit { try? journal.flush() }

    // MARK: What is there

    /// How the film is cut; carries its size.
    public var geometry: ChunkGeometry { item.geometry }

    /// Whether every block is verified.
    public var isComplete: Bool { state.withLock { $0.ledger.isComplete } }

    /// Bytes that are verified.
    public var verifiedBytes: Int64 { state.withLock { $0.ledger.verifiedBytes } }

    /// The verified blocks of every chunk, by the chunks' numbers.
    public var verifiedMasks: [BlockMask] { state.withLock { $0.ledger.verifiedMasks } }

    /// The verified blocks of a chunk.
    public func verifiedMask(of chunk: ChunkIndex) -> BlockMask {
        state.withLock { $0.ledger.verifiedMask(of: chunk) }
    }

    /// A verified block with its proof; `nil` for one that is not verified.
    public func read(_ block: BlockIndex) throws(PartyError) -> StoredBlock? {
        let root = state.withLock { state in
            state.ledger.isVerified(block) ? state.ledger.root(of: block.chunk) : nil
        }
        guard let root else { return nil }
        let count = geometry.blocks(of: block.chunk).count
        do throws(SystemError) {
            guard let leaves = try leafFile.leaves(of: block.chunk, count: count) else {
                throw .damaged
            }
            return StoredBlock(
                block: block, bytes: try bytes(of: block), leaves: leaves, root: root)
        } catch {
            throw error.whileReading(directory.path)
        }
    }

    /// The list with the chunk's root as the host signed it, to pass on to others; `nil` when it is
    /// not known or could not be written.
    public func signedRoots(of chunk: ChunkIndex) throws(PartyError) -> Signed<RootList>? {
        guard let position = state.withLock({ $0.ledger.listPosition(of: chunk) }) else {
            return nil
        }
        do {
            return try journal.list(at: position)
        } catch {
            throw error.whileReading(directory.path)
        }
    }

    private func bytes(of block: BlockIndex) throws(SystemError) -> ByteBuffer {
        let bytes = try film.read(
            at: geometry.byteRange(of: block).lowerBound, count: geometry.length(of: block))
        guard bytes.readableBytes == geometry.length(of: block) else { throw .damaged }
        return bytes
    }

    // MARK: What comes

    /// Checks a block and writes it.
    ///
    /// Throws what the disk says; then the block is not there.
    public func store(
        _ block: BlockIndex, leaves: [LeafHash], bytes: ByteBuffer
    ) throws(PartyError) -> StoreOutcome {
        guard let copy = BlockCopy(of: block, leaves: leaves, bytes: bytes, in: geometry) else {
            return .mismatch
        }
        switch state.withLock({ $0.ledger.receive(copy) }) {
        case .alreadyThere: return .alreadyThere
        case .held: return .held
        case .tooManyHeld: return .tooManyHeld
        case .toCheck(let root, let isFirst):
            guard copy.matches(root, in: geometry) else { return .mismatch }
            do {
                try keep(copy, isFirst: isFirst)
            } catch {
                throw error.whileWriting(to: directory.path)
            }
            return .stored
        }
    }

    /// Learns the roots of a list whose signature the caller has checked, and settles the blocks
    /// that waited for them.
    ///
    /// Does nothing with a list of another item.
    public func learn(_ list: Signed<RootList>) -> LearnOutcome {
        guard list.content.item == item.id else { return LearnOutcome() }
        let settlements = state.withLock { $0.ledger.learn(list.content) }
        guard !settlements.isEmpty else { return LearnOutcome() }
        var outcome = LearnOutcome()
        do {
            let position = try journal.append(list)
            state.withLock { $0.ledger.remember(listPosition: position, of: settlements) }
        } catch {
            outcome.failure = error.whileWriting(to: directory.path)
        }
        for settlement in settlements { settle(settlement, into: &outcome) }
        return outcome
    }

    /// Checks the next signed list that was found in the journal, and with it the blocks that an
    /// earlier guest wrote; `nil` when there is no more.
    ///
    /// One call reads and hashes up to 32 MiB. Until the last one, blocks that were recovered and
    /// are not checked yet count as missing; they may be stored again meanwhile.
    public func recheck() -> LearnOutcome? {
        guard let (list, position) = state.withLock({ $0.recovered.popLast() }) else { return nil }
        var outcome = LearnOutcome()
        guard list.content.item == item.id, list.isSigned(by: room) else { return outcome }
        let settlements = state.withLock { state in
            let settlements = state.ledger.learn(list.content)
            state.ledger.remember(listPosition: position, of: settlements)
            return settlements
        }
        for settlement in settlements { settle(settlement, into: &outcome) }
        return outcome
    }

    private func settle(_ settlement: FilmLedger.Settlement, into outcome: inout LearnOutcome) {
        let recovered = intact(settlement)
        state.withLock { state in
            for block in recovered where state.ledger.verify(block) {
                outcome.verified.append(block)
            }
        }
        endWaits()
        for copy in settlement.held where !recovered.contains(copy.block) {
            guard copy.matches(settlement.root, in: geometry) else {
                outcome.mismatched.append(copy.block)
                continue
            }
            do {
                try keep(copy, isFirst: recovered.isEmpty)
                outcome.verified.append(copy.block)
            } catch {
                outcome.lost.append(copy.block)
                outcome.failure = error.whileWriting(to: directory.path)
            }
        }
    }

    /// The candidates of a chunk that are on the disk as the host signed them.
    private func intact(_ settlement: FilmLedger.Settlement) -> [BlockIndex] {
        let blocks = geometry.blocks(of: settlement.chunk)
        guard settlement.candidates != .none,
            let leaves = try? leafFile.leaves(of: settlement.chunk, count: blocks.count)
        else { return [] }
        return blocks.filter { block in
            guard settlement.candidates.contains(slot: block.slot),
                let bytes = try? bytes(of: block),
                let copy = BlockCopy(of: block, leaves: leaves, bytes: bytes, in: geometry)
            else { return false }
            return copy.matches(settlement.root, in: geometry)
        }
    }

    /// Writes a block that was checked: leaves, data, journal; then it counts.
    private func keep(_ copy: BlockCopy, isFirst: Bool) throws(SystemError) {
        if isFirst { try leafFile.keep(copy.leaves, of: copy.block.chunk) }
        try film.write(
            copy.bytes.readableBytesSpan, at: geometry.byteRange(of: copy.block).lowerBound)
        guard state.withLock({ $0.ledger.verify(copy.block) }) else { return }
        endWaits()
        // The block is there whether it can be noted or not; the notes are kept and written with
        // the next ones, and `flush` says when that fails.
        try? journal.note(copy.block)
    }

    /// Writes what the journal has not written yet.
    ///
    /// To be called every second or so while blocks come, and on leaving; a crash loses the blocks
    /// noted since.
    public func flush() throws(PartyError) {
        do {
            try journal.flush()
        } catch {
            throw error.whileWriting(to: directory.path)
        }
    }

    // MARK: How it ends

    /// Gives the complete film the nearest safe name in a directory that does not have it yet, and
    /// returns its path.
    ///
    /// The directory has to be on the disk of the film's place. Reading goes on as before. Throws
    /// when the film is not complete.
    public func finish(
        as name: String, in target: String
    ) throws(PartyError) -> String {
        try ending.withLock { (ending) throws(PartyError) in
            if case .finished(let path) = ending { return path }
            guard isComplete else {
                throw .diskFailed(path: target, reason: "the film is not complete")
            }
            do throws(SystemError) {
                try film.synchronize()
                try RawDirectory.make(target, mode: FilmPlace.publicMode)
                let path = try moveFilm(as: SafeName(name), into: target)
                directory.remove()
                ending = .finished(path: path)
                return path
            } catch {
                throw error.whileWriting(to: target)
            }
        }
    }

    private func moveFilm(
        as name: SafeName, into target: String
    ) throws(SystemError) -> String {
        for number in 1...Self.nameLimit {
            let path = "\(target)/\(number == 1 ? name.text : name.numbered(number))"
            if try RawDirectory.rename(directory.path(of: .film), toNew: path) { return path }
        }
        throw .exists
    }

    /// Removes the film and all that belongs to it, unless it is finished.
    ///
    /// Readers have to be cancelled before.
    public func discard() {
        ending.withLock { ending in
            guard case .none = ending else { return }
            directory.remove()
            ending = .discarded
        }
    }
}

// MARK: Waiting

extension GuestFilm: BlockSource {
    func has(_ block: BlockIndex) -> Bool { state.withLock { $0.ledger.isVerified(block) } }

    func read(
        at offset: Int64, into buffer: inout MutableRawSpan
    ) throws(PartyError) -> Int {
        let limit = buffer.byteCount
        let count = state.withLock { $0.ledger.verifiedRun(from: offset, limit: limit) }
        do throws(SystemError) {
            guard try film.read(at: offset, count: count, into: &buffer) == count else {
                throw .damaged
            }
        } catch {
            throw error.whileReading(directory.path)
        }
        return count
    }

    func end(_ wait: BlockWait, when block: BlockIndex) {
        state.withLock { $0.waits.append((block, wait)) }
        // The block may have come before the wait was noted.
        endWaits()
    }

    func forget(_ wait: BlockWait) {
        state.withLock { $0.waits.removeAll { $0.wait === wait } }
    }

    /// Ends the waits whose block is verified.
    private func endWaits() {
        state.withLock { state in
            for (block, wait) in state.waits where state.ledger.isVerified(block) {
                wait.end(.arrived)
            }
        }
    }
}

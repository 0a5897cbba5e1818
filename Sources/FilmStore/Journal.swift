// What does a guest still have after it was killed? Its journal says which blocks were written and
// which signed roots were learnt. Invariant: a block is noted only after its bytes were written,
// and what is recovered is a claim to be checked, never a proof: see ``GuestFilm``.

internal import NIOCore
internal import PartyModel
internal import Synchronization

/// The append-only file beside a guest's film.
///
/// Thread-safe.
///
/// Blocks are noted in memory and written together: a crash loses the notes not written yet, and
/// the blocks behind them are fetched again. Nothing is forced to the disk, because every claim is
/// checked at recovery.
final class Journal: Sendable {
    /// What was found when a journal was opened.
    struct Recovered {
        /// Numbers of blocks, unchecked.
        var blocks: [UInt32] = []
        /// Signed lists, unchecked, and where they stand.
        var lists: [(list: Signed<RootList>, position: Int64)] = []
    }

    private struct Tail {
        /// Where the next record goes.
        var end: Int64
        /// Blocks noted and not written.
        var noted: [UInt32] = []
    }

    /// Blocks noted before they are written: one small write per 2 MiB of film, and as much to
    /// fetch again after a crash.
    static let notesPerWrite = 32

    private let file: RawFile
    private let tail: Mutex<Tail>

    /// Recovers what the file holds about `subject` and drops everything behind the last whole
    /// record; a file about anything else is begun anew.
    static func open(
        _ file: RawFile, subject: JournalSubject
    ) throws(SystemError) -> (journal: Journal, recovered: Recovered) {
        var recovered = Recovered()
        var end: Int64 = 0
        try scan(file) { record, position, size in
            switch record {
            case .film(let found):
                guard found == subject, position == 0 else { return false }
            case .roots(let list):
                recovered.lists.append((list, position))
            case .blocks(let numbers):
                recovered.blocks += numbers
            }
            end = position + Int64(size)
            return true
        }
        try file.resize(to: end)
        if end == 0 {
            let header = JournalRecord.film(subject).bytes
            try file.write(header, at: 0)
            end = Int64(header.count)
        }
        return (Journal(file: file, end: end), recovered)
    }

    private init(file: RawFile, end: Int64) {
        self.file = file
        tail = Mutex(Tail(end: end))
    }

    /// Hands over each record with its position and size, until there is none or `visit` says no.
    private static func scan(
        _ file: RawFile, visit: (JournalRecord, Int64, Int) -> Bool
    ) throws(SystemError) {
        var position: Int64 = 0
        while true {
            let piece = try file.read(at: position, count: JournalRecord.sizeLimit)
            let start = position
            var rest = Array(piece.readableBytesView)[...]
            while let (record, size) = JournalRecord.first(in: rest) {
                // A journal that does not begin with its film is none.
                if case .film = record {} else if position == 0 { return }
                guard visit(record, position, size) else { return }
                rest = rest.dropFirst(size)
                position += Int64(size)
            }
            guard position > start else { return }
        }
    }

    /// Notes a block whose bytes have been written.
    func note(_ block: BlockIndex) throws(SystemError) {
        try tail.withLock { (tail) throws(SystemError) in
            tail.noted.append(block.number)
            if tail.noted.count >= Self.notesPerWrite { try write(&tail) }
        }
    }

    /// Writes a signed list and returns its position.
    func append(_ list: Signed<RootList>) throws(SystemError) -> Int64 {
        try tail.withLock { (tail) throws(SystemError) in
            try append(.roots(list), to: &tail)
        }
    }

    /// The list at a position that ``append(_:)`` or recovery gave.
    func list(at position: Int64) throws(SystemError) -> Signed<RootList>? {
        let bytes = Array(
            try file.read(at: position, count: JournalRecord.sizeLimit).readableBytesView)
        guard case .roots(let list)? = JournalRecord.first(in: bytes[...])?.record else {
            return nil
        }
        return list
    }

    /// Writes what is noted.
    func flush() throws(SystemError) {
        try tail.withLock { (tail) throws(SystemError) in try write(&tail) }
    }

    private func write(_ tail: inout Tail) throws(SystemError) {
        while !tail.noted.isEmpty {
            let record = JournalRecord.blocks(Array(tail.noted.prefix(JournalRecord.blockLimit)))
            _ = try append(record, to: &tail)
            tail.noted.removeFirst(min(tail.noted.count, JournalRecord.blockLimit))
        }
    }

    /// Writes the record; after an error the next one goes to the same place.
    private func append(
        _ record: JournalRecord, to tail: inout Tail
    ) throws(SystemError) -> Int64 {
        let bytes = record.bytes
        try file.write(bytes, at: tail.end)
        defer { tail.end += Int64(bytes.count) }
        return tail.end
    }
}

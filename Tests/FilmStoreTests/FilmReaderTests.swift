import Foundation
import NIOCore
import PartyModel
import Synchronization
import Testing

@testable import FilmStore

@Suite("Film reader")
struct FilmReaderTests {
    static let size = ChunkGeometry.chunkSize + ChunkGeometry.blockSize + 1_000

    let place: TemporaryDirectory
    let sample: SampleFilm
    let film: GuestFilm
    let reader: ReportingReader

    init() throws {
        place = try TemporaryDirectory()
        sample = try SampleFilm(size: Self.size)
        film = try GuestFilm(
            item: sample.item, room: sample.room, place: .beside(directory: place.path))
        _ = film.learn(try sample.allRoots)
        reader = ReportingReader(film)
    }

    @Test("verified bytes are read at once, as many as there are without a gap")
    func contiguous() async throws {
        for number in [1, 2, 4] { _ = try film.store(sample.block(number), of: sample) }
        let read = await reader.read(at: 70_000, count: 1 << 20)
        #expect(read.result == .bytes(3 * 65_536 - 70_000))
        #expect(read.bytes == Array(sample.bytes[70_000..<(3 * 65_536)]))
        let short = await reader.read(at: 70_000, count: 10)
        #expect(short.result == .bytes(10))
        #expect(short.bytes == Array(sample.bytes[70_000..<70_010]))
        #expect(reader.failures.isEmpty)
    }

    @Test("a read waits for the block of its first byte, and for no other")
    func waiting() async throws {
        async let read = reader.read(at: 65_536 + 5, count: 300_000)
        #expect(await reader.nextReport() == .init(range: 65_541..<365_541, waits: true))
        for number in [0, 2, 1] { _ = try film.store(sample.block(number), of: sample) }
        let (result, bytes) = await read
        guard case .bytes(let count) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(count == 65_531 || count == 2 * 65_536 - 5)
        #expect(bytes == Array(sample.bytes[65_541..<(65_541 + count)]))
    }

    @Test("a block held back ends the wait when its root comes")
    func heldBlock() async throws {
        let place = try TemporaryDirectory()
        let film = try GuestFilm(
            item: sample.item, room: sample.room, place: .beside(directory: place.path))
        let reader = ReportingReader(film)
        async let read = reader.read(at: 0, count: 100)
        #expect(await reader.nextReport().waits)
        #expect(try film.store(sample.block(0), of: sample) == .held)
        _ = film.learn(try sample.allRoots)
        #expect(await read.result == .bytes(100))
    }

    @Test("an interrupt ends the read that waits, and no later one")
    func interrupt() async throws {
        reader.reader.interrupt()
        async let first = reader.read(at: 0, count: 100)
        #expect(await reader.nextReport().waits)
        reader.reader.interrupt()
        #expect(await first.result == .interrupted)
        reader.reader.interrupt()

        async let second = reader.read(at: 0, count: 100)
        #expect(await reader.nextReport().waits)
        _ = try film.store(sample.block(0), of: sample)
        #expect(await second.result == .bytes(100))
        reader.reader.interrupt()
        #expect(await reader.read(at: 5, count: 100).result == .bytes(100))
    }

    @Test("cancelling ends the read that waits and every later one")
    func cancel() async throws {
        _ = try film.store(sample.block(1), of: sample)
        async let first = reader.read(at: 0, count: 100)
        #expect(await reader.nextReport().waits)
        reader.reader.cancel()
        #expect(await first.result == .cancelled)
        #expect(await reader.read(at: 0, count: 100).result == .cancelled)
        #expect(await reader.read(at: 65_536, count: 100).result == .cancelled)
        #expect(await reader.read(at: Int64(Self.size), count: 100).result == .cancelled)
        let other = ReportingReader(film)
        #expect(await other.read(at: 65_536, count: 100).result == .bytes(100))
    }

    @Test("cancelling one of two readers that wait for a block leaves the other one waiting for it")
    func twoReaders() async throws {
        let other = ReportingReader(film)
        async let first = reader.read(at: 0, count: 100)
        async let second = other.read(at: 10, count: 100)
        #expect(await reader.nextReport().waits)
        #expect(await other.nextReport().waits)
        reader.reader.cancel()
        #expect(await first.result == .cancelled)
        _ = try film.store(sample.block(0), of: sample)
        #expect(await second.result == .bytes(100))
    }

    @Test("interrupts and stores that race with reads neither lose nor damage one")
    func race() async throws {
        let blocks = sample.geometry.blocks
        async let storing: Void = {
            for block in blocks { _ = try film.store(block, of: sample) }
        }()
        async let interrupting: Void = {
            for _ in 0..<1_000 { reader.reader.interrupt() }
        }()
        var offset = 0
        reading: while true {
            let (result, bytes) = await reader.read(at: Int64(offset), count: 20_000)
            switch result {
            case .bytes(let count):
                #expect(bytes == Array(sample.bytes[offset..<(offset + count)]))
                offset += count
            case .interrupted: continue
            case .end: break reading
            case .cancelled, .failed:
                Issue.record("\(result)")
                break reading
            }
        }
        #expect(offset == Self.size)
        try await storing
        await interrupting
    }

    @Test("the end of the film is the end, for host and guest")
    func end() async throws {
        for offset in [Int64(Self.size), .max] {
            #expect(await reader.read(at: offset, count: 100).result == .end)
        }
        #expect(reader.reader.size == Int64(Self.size))
        #expect(await reader.read(at: -1, count: 100).result == .failed)
    }

    @Test("the host's own player reads its file straight")
    func host() async throws {
        let path = try place.write(sample.bytes, as: "film.mkv")
        let film = try HostFilm(path: path, item: sample.item.id, hashes: nil)
        let reader = ReportingReader(film)
        let read = await reader.read(at: 100, count: 1 << 20)
        #expect(await reader.nextReport() == .init(range: 100..<Int64(Self.size), waits: false))
        #expect(read.result == .bytes(Self.size - 100))
        #expect(read.bytes == Array(sample.bytes[100...]))
        #expect(await reader.read(at: Int64(Self.size), count: 1).result == .end)
    }

    @Test("a host's film that vanishes under the player fails, and its owner hears why")
    func failure() async throws {
        let path = try place.write(sample.bytes, as: "film.mkv")
        let film = try HostFilm(path: path, item: sample.item.id, hashes: nil)
        let reader = ReportingReader(film)
        try RawFile(path, for: .updating).resize(to: 10)
        #expect(await reader.read(at: 100, count: 10).result == .failed)
        #expect(reader.failures == [.filmChanged(name: "film.mkv")])
    }
}

/// A reader on a thread of its own, with what it reports.
final class ReportingReader: Sendable {
    struct Report: Hashable, Sendable {
        let range: Range<Int64>
        let waits: Bool
    }

    let reader: FilmReader
    private let reports: AsyncStream<Report>
    private let failed: FailureList

    private final class FailureList: Sendable {
        let errors = Mutex<[PartyError]>([])
    }

    var failures: [PartyError] { failed.errors.withLock { $0 } }

    convenience init(_ film: GuestFilm) { self.init { FilmReader(film, reports: $0) } }
    convenience init(_ film: HostFilm) { self.init { FilmReader(film, reports: $0) } }

    private init(_ make: (FilmReader.Reports) -> FilmReader) {
        let (reports, continuation) = AsyncStream.makeStream(of: Report.self)
        let failed = FailureList()
        self.reports = reports
        self.failed = failed
        reader = make(
            FilmReader.Reports(
                onRead: { continuation.yield(Report(range: $0, waits: $1)) },
                onFailure: { error in failed.errors.withLock { $0.append(error) } }))
    }

    func nextReport() async -> Report {
        for await report in reports { return report }
        preconditionFailure("reports never end")
    }

    func read(at offset: Int64, count: Int) async -> (result: FilmRead, bytes: [UInt8]) {
        let reader = reader
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var buffer = ByteBuffer(repeating: 0, count: count)
                var span = buffer.mutableReadableBytesSpan
                let result = reader.read(at: offset, into: &span)
                guard case .bytes(let filled) = result else {
                    continuation.resume(returning: (result, []))
                    return
                }
                continuation.resume(
                    returning: (result, Array(buffer.readableBytesView.prefix(filled))))
            }
        }
    }
}

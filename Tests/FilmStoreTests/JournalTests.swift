// Vectors made with Python: struct and hashlib.

import NIOCore
import PartyModel
import Testing

@testable import FilmStore

@Suite("Journal")
struct JournalTests {
    static let film =
        "0039010103a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b80001"
        + "02030405060708090a0b0c0d0e0f00000000000903e81cb9d776"
    static let roots =
        "009a02000102030405060708090a0b0c0d0e0f0002000000000be3c242239c3885efc5d32938"
        + "add09162a61938383342297b4d998890179dee00000001b22616681a297e27a0e22f56190d0f"
        + "dcf2445b9102e5411f3874963b0bf2b1ef7c5381779dbfe56fe79436e49bcd79cfb9a25c1104"
        + "d0d3010c70edb9c2cd3902027484b77cea0e61e4bdb86c76dc144772db79edd2a1ee3b09d582"
        + "9f1870ec0752c2fb84"
    static let blocks = "000c03000000000000000100000009bbe12c34"

    @Test("a record has exactly the bytes that are documented")
    func vectors() throws {
        let sample = try SampleFilm(size: 512 * 1_024 + 65_536 + 1_000)
        let list = try sample.signedRoots(of: [0, 1])
        let subject = JournalSubject(
            room: try sample.room, item: sample.item.id, geometry: sample.geometry)
        #expect(JournalRecord.film(subject).bytes.hexadecimal == Self.film)
        #expect(JournalRecord.roots(list).bytes.hexadecimal == Self.roots)
        #expect(JournalRecord.blocks([0, 1, 9]).bytes.hexadecimal == Self.blocks)
    }

    @Test(
        "a record is read back with its size, whatever follows", arguments: [film, roots, blocks])
    func readBack(record: String) throws {
        let bytes = try #require([UInt8](hexadecimal: Array(record.utf8)))
        let found = try #require(JournalRecord.first(in: (bytes + [0, 1, 2])[...]))
        #expect(found.size == bytes.count)
        #expect(found.record.bytes == bytes)
    }

    @Test(
        "a record with any bit flipped or any end missing is none",
        arguments: [film, roots, blocks])
    func damaged(record: String) throws {
        let bytes = try #require([UInt8](hexadecimal: Array(record.utf8)))
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 1 << (index % 8)
            #expect(JournalRecord.first(in: flipped[...]) == nil)
            #expect(JournalRecord.first(in: bytes[..<index]) == nil)
        }
    }

    @Test("zeros, as a file system leaves them after a crash, are no record")
    func zeros() {
        #expect(JournalRecord.first(in: [UInt8](repeating: 0, count: 100)[...]) == nil)
    }

    @Test("what was noted and appended is recovered, across many records")
    func recovery() throws {
        let place = try TemporaryDirectory()
        let sample = try SampleFilm(size: 40 << 20)
        let subject = JournalSubject(
            room: try sample.room, item: sample.item.id, geometry: sample.geometry)
        let list = try sample.signedRoots(of: [3])
        do {
            let (journal, _) = try Journal.open(place.file("journal"), subject: subject)
            for block in sample.geometry.blocks.prefix(100) { try journal.note(block) }
            let position = try journal.append(list)
            #expect(try journal.list(at: position) == list)
            for block in sample.geometry.blocks.dropFirst(100) { try journal.note(block) }
            try journal.flush()
        }
        let (journal, recovered) = try Journal.open(place.file("journal"), subject: subject)
        #expect(recovered.blocks.sorted() == sample.geometry.blocks.map(\.number))
        #expect(recovered.lists.map(\.list) == [list])
        #expect(try recovered.lists.map { try journal.list(at: $0.position) } == [list])
    }

    @Test("a journal of another film is begun anew")
    func otherFilm() throws {
        let place = try TemporaryDirectory()
        let sample = try SampleFilm(size: 1_000_000)
        let other = try SampleFilm(size: 1_000_001)
        for (sample, expected) in [(sample, [UInt32]()), (other, []), (other, [0])] {
            let subject = JournalSubject(
                room: try sample.room, item: sample.item.id, geometry: sample.geometry)
            let (journal, recovered) = try Journal.open(place.file("journal"), subject: subject)
            #expect(recovered.blocks == expected)
            try journal.note(sample.block(0))
            try journal.flush()
        }
    }
}

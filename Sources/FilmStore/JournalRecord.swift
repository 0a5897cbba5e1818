// What stands in the journal? Records of one form, all numbers big-endian:
//
//     u16 length of the payload · u8 kind · payload · first 4 bytes of SHA-256(all before)
//
//     kind 1, film    u8 version, 1 · room key, 32 bytes · item, 16 bytes · u64 size; comes first
//     kind 2, roots   a root list with the host's signature, as it came
//     kind 3, blocks  u32 number of each block whose bytes are in the film's file
//
// Invariant: bytes that are not exactly a record are none.

internal import PartyModel

/// One record of a guest's journal.
enum JournalRecord: Hashable {
    case film(JournalSubject)
    case roots(Signed<RootList>)
    case blocks([UInt32])

    /// Blocks of one record: four bytes each in a payload whose length is written in two.
    static let blockLimit = 1_024

    /// Bytes around a payload: length, kind, checksum.
    private static let frameSize = 2 + 1 + checksumSize
    private static let checksumSize = 4

    /// Bytes of the longest record.
    static let sizeLimit = frameSize + Int(UInt16.max)

    /// The record's bytes.
    var bytes: [UInt8] {
        var payload = ByteWriter()
        let kind: UInt8
        switch self {
        case .film(let subject):
            kind = 1
            subject.write(to: &payload)
        case .roots(let list):
            kind = 2
            list.write(to: &payload)
        case .blocks(let numbers):
            kind = 3
            for number in numbers { payload.write(number) }
        }
        var record = ByteWriter()
        record.write(UInt16(payload.bytes.count))
        record.write(kind)
        record.write(raw: payload.bytes)
        record.write(raw: Self.checksum(of: record.bytes))
        return record.bytes
    }

    /// The record at the front of `bytes` and how many of them it takes; `nil` where there is none.
    static func first(in bytes: ArraySlice<UInt8>) -> (record: JournalRecord, size: Int)? {
        let size = frameSize + bytes.prefix(2).reduce(0) { $0 << 8 | Int($1) }
        let body = bytes.prefix(size).dropLast(checksumSize)
        guard bytes.count >= size,
            checksum(of: Array(body)).elementsEqual(bytes.prefix(size).suffix(checksumSize)),
            let record = try? JournalRecord(body: body.dropFirst(2))
        else { return nil }
        return (record, size)
    }

    /// The record of this kind byte and payload.
    private init(body: ArraySlice<UInt8>) throws(WireViolation) {
        var reader = ByteReader(body)
        let kind = try reader.read(UInt8.self)
        switch kind {
        case 1:
            self = .film(try JournalSubject(from: &reader))
        case 2:
            self = .roots(try Signed(from: &reader))
        case 3:
            var numbers: [UInt32] = []
            while reader.remaining > 0 { numbers.append(try reader.read(UInt32.self)) }
            self = .blocks(numbers)
        case _:
            throw .unknownType(kind)
        }
        try reader.finish()
    }

    private static func checksum(of bytes: [UInt8]) -> some Sequence<UInt8> {
        Bytes32.sha256(of: bytes).bytes.prefix(checksumSize)
    }
}

/// Which film of which room a journal is about.
struct JournalSubject: Hashable, CanonicalValue {
    private static let version: UInt8 = 1

    let room: RoomKey
    let item: ItemID
    let geometry: ChunkGeometry

    init(room: RoomKey, item: ItemID, geometry: ChunkGeometry) {
        self.room = room
        self.item = item
        self.geometry = geometry
    }

    func write(to writer: inout ByteWriter) {
        writer.write(Self.version)
        room.raw.write(to: &writer)
        item.raw.write(to: &writer)
        writer.write(geometry.size)
    }

    init(from reader: inout ByteReader) throws(WireViolation) {
        guard try reader.read(UInt8.self) == Self.version else {
            throw .malformedValue(field: "journal version")
        }
        room = RoomKey(try Bytes32(from: &reader))
        item = ItemID(try Bytes16(from: &reader))
        guard let geometry = ChunkGeometry(size: try reader.read(Int64.self)) else {
            throw .malformedValue(field: "item size")
        }
        self.geometry = geometry
    }
}

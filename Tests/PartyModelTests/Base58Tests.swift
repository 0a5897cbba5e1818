import Testing

@testable import PartyModel

@Suite("Base 58 in groups of eight bytes")
struct Base58Tests {
    @Test(
        "the largest group of every length, and leading zeros, are known",
        arguments: [
            ([], ""), ([0xFF], "5Q"), ([0xFF, 0xFF], "LUv"), ([0, 0, 0], "11111"),
            ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "jpXCZedGfVQ"),
            ([0, 1, 2, 3, 4, 5, 6, 7], "113DUyZY2dc"),
        ] as [([UInt8], String)])
    func knownAnswers(bytes: [UInt8], text: String) {
        #expect(Base58.encode(bytes) == text)
        #expect(Base58.decode(Base58.digits(atFrontOf: text.unicodeScalars)) == bytes)
    }

    @Test("bytes of any length come back, as many digits as announced", arguments: 0...40)
    func roundTrip(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        let text = Base58.encode(bytes)
        #expect(text.count == Base58.digitCount(forBytes: count))
        #expect(Base58.decode(Base58.digits(atFrontOf: text.unicodeScalars)) == bytes)
    }

    @Test(
        "digits that no bytes are written with are refused",
        arguments: ["1", "1111", "11111111", "5R", "LUw", "jpXCZedGfVR", "zzzzzzzzzzz"])
    func impossibleGroups(text: String) {
        #expect(Base58.decode(Base58.digits(atFrontOf: text.unicodeScalars)) == nil)
    }

    @Test(
        "digits end at the first other character", arguments: ["0", "O", "I", "l", "_", " ", "é"])
    func digitsEnd(other: String) {
        #expect(Base58.digits(atFrontOf: "1z\(other)2".unicodeScalars) == [0, 57])
    }
}

@Suite("CRC-32")
struct CRC32Tests {
    @Test(
        "the checksums everybody checks theirs with",
        arguments: [
            ("", 0), ("123456789", 0xCBF4_3926),
            ("The quick brown fox jumps over the lazy dog", 0x414F_A339),
        ] as [(String, UInt32)])
    func knownAnswers(text: String, checksum: UInt32) {
        #expect(CRC32.checksum(of: text.utf8) == checksum)
    }
}

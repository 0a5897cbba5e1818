import Testing

@testable import PartyRuntime

@Suite("A QR code")
struct QRCodeTests {
    @Test("is what another program makes of the same text")
    func known() {
        // qrencode 4.1.1: qrencode -8 -l L -m 0 -t ASCII peerwatch
        let expected = [
            "111111100101101111111", "100000100111001000001", "101110101101101011101",
            "101110100101001011101", "101110100010101011101", "100000100000101000001",
            "111111101010101111111", "000000001101100000000", "111011111111011000100",
            "110000011100010110011", "100110111010110111111", "001010001010000100010",
            "011011101100100110001", "000000001101011010001", "111111101011001111111",
            "100000101101110000000", "101110101101001011000", "101110100110001111010",
            "101110101000100110001", "100000101000001010010", "111111101100101111011",
        ]
        #expect(QRCode("peerwatch")?.rows == expected)
    }

    @Test(
        "takes the smallest version that holds the text",
        arguments: [
            (17, 1), (18, 2), (106, 5), (107, 6), (134, 6), (135, 7), (230, 9), (231, 10),
            (787, 19), (2_953, 40),
        ])
    func versions(bytes: Int, version: Int) throws {
        let code = try #require(QRCode(String(repeating: "x", count: bytes)))
        #expect(code.version == version)
        #expect(code.size == 17 + 4 * version)
        #expect(code.rows.count == code.size)
        #expect(code.rows.allSatisfy { $0.count == code.size })
    }

    @Test("has its three finders in every version, and a light ring around them")
    func finders() throws {
        let finder = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]
        for version in QRCode.versions {
            let length = QRCodewords.textBytes(inVersion: version)
            let code = try #require(QRCode(String(repeating: "w", count: length)))
            #expect(code.version == version)
            for (top, left) in [(0, 0), (0, code.size - 7), (code.size - 7, 0)] {
                let found = (0..<7).map { row in
                    String((0..<7).map { code[top + row, left + $0] ? "1" : "0" })
                }
                #expect(found == finder)
            }
            #expect((0..<8).allSatisfy { !code[7, $0] && !code[$0, 7] })
        }
    }

    @Test("of a text that no version holds is none")
    func tooLong() {
        #expect(QRCode(String(repeating: "x", count: 2_954)) == nil)
    }
}

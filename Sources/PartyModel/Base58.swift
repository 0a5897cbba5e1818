// Bytes as letters and digits that survive chats, phones and being read aloud: Bitcoin's alphabet of
// base 58, without 0, O, I and l.
//
// Eight bytes become eleven characters, and a shorter group at the end as many as it needs. Base 58
// over the whole would save a character or two, but take quadratic time and let one missing
// character change all bytes; cut here, the front still reads as it was written, and can say how much
// is missing.

enum Base58 {
    private static let alphabet = Array(
        "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".unicodeScalars)

    /// Bytes in a whole group.
    static let groupBytes = 8

    /// Digits of a group by its bytes: the fewest that hold every value.
    private static let digitsPerGroup = [0, 2, 3, 5, 6, 7, 9, 10, 11]

    /// The values, 0 to 57, of the characters before the first that is none of the alphabet.
    static func digits(atFrontOf word: some Sequence<Unicode.Scalar>) -> [UInt8] {
        var digits: [UInt8] = []
        for scalar in word {
            guard let digit = alphabet.firstIndex(of: scalar) else { break }
            digits.append(UInt8(digit))
        }
        return digits
    }

    /// Digits that so many bytes are written with.
    static func digitCount(forBytes count: Int) -> Int {
        count / groupBytes * digitsPerGroup[groupBytes] + digitsPerGroup[count % groupBytes]
    }

    /// The characters that stand for these bytes.
    static func encode(_ bytes: [UInt8]) -> String {
        var text = String.UnicodeScalarView()
        for start in stride(from: 0, to: bytes.count, by: groupBytes) {
            let group = bytes[start..<min(start + groupBytes, bytes.count)]
            var value = group.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            var characters: [Unicode.Scalar] = []
            for _ in 0..<digitsPerGroup[group.count] {
                characters.append(alphabet[Int(value % 58)])
                value /= 58
            }
            text.append(contentsOf: characters.reversed())
        }
        return String(text)
    }

    /// The bytes that these digits stand for; `nil` when no bytes are written like this.
    static func decode(_ digits: some Collection<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = digits[...]
        while !rest.isEmpty {
            let group = rest.prefix(digitsPerGroup[groupBytes])
            rest = rest.dropFirst(group.count)
            guard let byteCount = digitsPerGroup.firstIndex(of: group.count),
                let value = value(of: group), value >> (8 * UInt64(byteCount)) == 0
            else { return nil }
            bytes += value.bigEndianBytes.suffix(byteCount)
        }
        return bytes
    }

    private static func value(of digits: some Sequence<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for digit in digits {
            let (product, overflows) = value.multipliedReportingOverflow(by: 58)
            let (sum, carries) = product.addingReportingOverflow(UInt64(digit))
            guard !overflows, !carries, digit < 58 else { return nil }
            value = sum
        }
        return value
    }
}

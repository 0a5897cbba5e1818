// A text as the codewords of a QR code: bytes, padding, and Reed–Solomon checks, block by block.

/// The codewords of a version at error correction L.
enum QRCodewords {
    /// Check codewords of each block, by version from 1 (ISO/IEC 18004, table 9).
    private static let checksPerBlock = [
        7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28,
        28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ]

    /// Blocks, by version from 1.
    private static let blocks = [
        1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8,
        8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25,
    ]

    /// All codewords of a version: what its modules hold beside the patterns.
    private static func total(_ version: Int) -> Int {
        let size = 17 + 4 * version
        // Finders with their light rings, timing, both formats and the dark module.
        var fixed = 3 * 64 + 2 * (size - 16) + 31
        if version > 1 {
            let count = version / 7 + 2
            // Three corners have a finder instead; two rows of those at the edges lie on the timing.
            fixed += (count * count - 3) * 25 - (count - 2) * 2 * 5
        }
        if version >= 7 { fixed += 36 }
        return (size * size - fixed) / 8
    }

    private static func checks(_ version: Int) -> Int {
        checksPerBlock[version - 1] * blocks[version - 1]
    }

    /// The length of the text takes a byte, or two from version 10 on, behind half a byte of mode.
    private static func countBits(_ version: Int) -> Int { version < 10 ? 8 : 16 }

    /// How many bytes of text a version holds.
    static func textBytes(inVersion version: Int) -> Int {
        ((total(version) - checks(version)) * 8 - 4 - countBits(version)) / 8
    }

    /// The codewords of a text that fits, in the order in which they are placed.
    static func interleaved(_ text: [UInt8], version: Int) -> [UInt8] {
        let data = padded(text, version: version)
        let blockCount = blocks[version - 1]
        let checkCount = checksPerBlock[version - 1]
        let shortLength = data.count / blockCount
        let longBlocks = data.count % blockCount
        let generator = generator(ofDegree: checkCount)
        var dataBlocks: [[UInt8]] = []
        var start = 0
        for block in 0..<blockCount {
            let length = shortLength + (block < blockCount - longBlocks ? 0 : 1)
            dataBlocks.append(Array(data[start..<(start + length)]))
            start += length
        }
        let checkBlocks = dataBlocks.map { remainder(of: $0, by: generator) }
        return columns(of: dataBlocks) + columns(of: checkBlocks)
    }

    /// The first of each block, then the second of each, and so on.
    private static func columns(of blocks: [[UInt8]]) -> [UInt8] {
        let longest = blocks.map(\.count).max() ?? 0
        return (0..<longest).flatMap { index in
            blocks.compactMap { index < $0.count ? $0[index] : nil }
        }
    }

    /// Mode, length, text, an end, and the standard's filling up to the last data codeword.
    private static func padded(_ text: [UInt8], version: Int) -> [UInt8] {
        var bits = BitWriter()
        bits.write(0b0100, count: 4)
        bits.write(text.count, count: countBits(version))
        for byte in text { bits.write(Int(byte), count: 8) }
        bits.write(0, count: 4)
        let capacity = total(version) - checks(version)
        let filling: [UInt8] = [0xEC, 0x11]
        let missing = max(0, capacity - bits.bytes.count)
        return Array((bits.bytes + (0..<missing).map { filling[$0 % 2] }).prefix(capacity))
    }
}

// MARK: - Reed–Solomon over the field of 256 with x⁸ + x⁴ + x³ + x² + 1

extension QRCodewords {
    private static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var product = 0
        for bit in (0..<8).reversed() {
            product = product << 1 ^ (product >> 7) * 0x11D
            if right >> UInt8(bit) & 1 == 1 { product ^= Int(left) }
        }
        return UInt8(truncatingIfNeeded: product)
    }

    /// The product of (x − 2ⁿ) for all n below the degree, highest power first and without its 1.
    private static func generator(ofDegree degree: Int) -> [UInt8] {
        var factors = [UInt8](repeating: 0, count: degree)
        factors[degree - 1] = 1
        var root: UInt8 = 1
        for _ in 0..<degree {
            for index in 0..<degree {
                factors[index] = product(factors[index], root)
                if index + 1 < degree { factors[index] ^= factors[index + 1] }
            }
            root = product(root, 2)
        }
        return factors
    }

    private static func remainder(of data: [UInt8], by generator: [UInt8]) -> [UInt8] {
        var rest = [UInt8](repeating: 0, count: generator.count)
        for byte in data {
            let factor = byte ^ rest.removeFirst()
            rest.append(0)
            for (index, term) in generator.enumerated() { rest[index] ^= product(term, factor) }
        }
        return rest
    }
}

/// Appends bits to bytes, most significant first.
private struct BitWriter {
    private(set) var bytes: [UInt8] = []
    private var count = 0

    mutating func write(_ value: Int, count bitCount: Int) {
        for shift in (0..<bitCount).reversed() {
            if count % 8 == 0 { bytes.append(0) }
            bytes[count / 8] |= UInt8(value >> shift & 1) << UInt8(7 - count % 8)
            count += 1
        }
    }
}

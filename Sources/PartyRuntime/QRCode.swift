// A token as a picture that a telephone reads: a QR code (ISO/IEC 18004) in byte mode with error
// correction L, which makes the fewest and so the largest squares; a screen hides none of them.
//
// Invariant: the symbol is the smallest version that holds the text, with the mask of least penalty.

/// A square of dark and light modules.
struct QRCode: Hashable, Sendable {
    /// 1 to 40: how large the symbol is.
    let version: Int
    /// Modules on each side, without the light border of four that a reader wants around it.
    let size: Int
    /// Row by row; dark ones are true.
    private var modules: [Bool]
    /// Those whose place and colour the standard gives: data goes around them, and no mask.
    private var isFixed: [Bool]

    static let versions = 1...40

    /// The code of a text; `nil` for one that no version holds (more than 2953 bytes).
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard
            let version = Self.versions.first(where: {
                QRCodewords.textBytes(inVersion: $0) >= bytes.count
            })
        else { return nil }
        self.version = version
        size = 17 + 4 * version
        modules = Array(repeating: false, count: size * size)
        isFixed = modules
        drawPatterns()
        place(QRCodewords.interleaved(bytes, version: version))
        chooseMask()
    }

    /// Whether a module is dark; outside of the symbol everything is light.
    subscript(row: Int, column: Int) -> Bool {
        guard (0..<size).contains(row), (0..<size).contains(column) else { return false }
        return modules[row * size + column]
    }

    /// The rows as digits, 1 for dark.
    var rows: [String] {
        (0..<size).map { row in String((0..<size).map { self[row, $0] ? "1" : "0" }) }
    }
}

// MARK: - What is always there

extension QRCode {
    private mutating func fix(_ row: Int, _ column: Int, _ isDark: Bool) {
        guard (0..<size).contains(row), (0..<size).contains(column) else { return }
        modules[row * size + column] = isDark
        isFixed[row * size + column] = true
    }

    private mutating func drawPatterns() {
        // Timing: every other module, between the corners.
        for index in 0..<size {
            fix(6, index, index.isMultiple(of: 2))
            fix(index, 6, index.isMultiple(of: 2))
        }
        for (row, column) in [(3, 3), (3, size - 4), (size - 4, 3)] { drawFinder(row, column) }
        let centres = alignmentCentres
        for row in centres {
            for column in centres where !isFinder(row, column) { drawAlignment(row, column) }
        }
        drawFormat(mask: 0)
        drawVersion()
    }

    /// Rings around a centre, with the light one that keeps them from the data.
    private mutating func drawFinder(_ row: Int, _ column: Int) {
        for down in -4...4 {
            for right in -4...4 {
                let ring = max(abs(down), abs(right))
                fix(row + down, column + right, ring != 2 && ring != 4)
            }
        }
    }

    private mutating func drawAlignment(_ row: Int, _ column: Int) {
        for down in -2...2 {
            for right in -2...2 {
                fix(row + down, column + right, max(abs(down), abs(right)) != 1)
            }
        }
    }

    private func isFinder(_ row: Int, _ column: Int) -> Bool {
        let isFar = (row > size - 9, column > size - 9)
        return (row < 9 && column < 9) || (row < 9 && isFar.1) || (isFar.0 && column < 9)
    }

    /// Rows, and columns, of the alignment patterns' centres: evenly spaced from the far end, with
    /// what is left over between the first two.
    private var alignmentCentres: [Int] {
        guard version > 1 else { return [] }
        let count = version / 7 + 2
        // The one version where rounding up to the next even number is not what the standard has.
        let step = version == 32 ? 26 : (version * 8 + count * 3 + 5) / (count * 4 - 4) * 2
        let last = size - 7
        return [6] + (0..<(count - 1)).map { last - $0 * step }.reversed()
    }

    /// Error correction and mask, in fifteen bits (BCH) that stand there twice.
    private mutating func drawFormat(mask: Int) {
        let levelL = 1
        let data = levelL << 3 | mask
        var rest = data
        for _ in 0..<10 { rest = rest << 1 ^ (rest >> 9) * 0x537 }
        let bits = (data << 10 | rest) ^ 0x5412
        for index in 0..<15 {
            let isDark = bits >> index & 1 == 1
            // Around the upper left finder, past the timing patterns.
            switch index {
            case 0...5: fix(index, 8, isDark)
            case 6, 7: fix(index + 1, 8, isDark)
            case 8: fix(8, 7, isDark)
            case _: fix(8, 14 - index, isDark)
            }
            // Beside the other two.
            if index < 8 {
                fix(8, size - 1 - index, isDark)
            } else {
                fix(size - 15 + index, 8, isDark)
            }
        }
        fix(size - 8, 8, true)
    }

    /// The version, in eighteen bits (Golay) that stand there twice, from version 7 on.
    private mutating func drawVersion() {
        guard version >= 7 else { return }
        var rest = version
        for _ in 0..<12 { rest = rest << 1 ^ (rest >> 11) * 0x1F25 }
        let bits = version << 12 | rest
        for index in 0..<18 {
            let isDark = bits >> index & 1 == 1
            fix(size - 11 + index % 3, index / 3, isDark)
            fix(index / 3, size - 11 + index % 3, isDark)
        }
    }
}

// MARK: - Data and mask

extension QRCode {
    /// Fills the free modules: columns in pairs from the right, up and down in turn.
    private mutating func place(_ codewords: [UInt8]) {
        var index = 0
        var goesUp = true
        for pair in stride(from: size - 1, to: 0, by: -2) {
            // The vertical timing pattern has a column to itself.
            let right = pair <= 6 ? pair - 1 : pair
            for step in 0..<size {
                let row = goesUp ? size - 1 - step : step
                for column in [right, right - 1] where !isFixed[row * size + column] {
                    guard index < codewords.count * 8 else { continue }
                    let bit = codewords[index / 8] >> UInt8(7 - index % 8) & 1
                    modules[row * size + column] = bit == 1
                    index += 1
                }
            }
            goesUp.toggle()
        }
    }

    private func isMasked(_ mask: Int, _ row: Int, _ column: Int) -> Bool {
        switch mask {
        case 0: (row + column).isMultiple(of: 2)
        case 1: row.isMultiple(of: 2)
        case 2: column.isMultiple(of: 3)
        case 3: (row + column).isMultiple(of: 3)
        case 4: (row / 2 + column / 3).isMultiple(of: 2)
        case 5: row * column % 2 + row * column % 3 == 0
        case 6: (row * column % 2 + row * column % 3).isMultiple(of: 2)
        case _: ((row + column) % 2 + row * column % 3).isMultiple(of: 2)
        }
    }

    private func masked(_ mask: Int) -> QRCode {
        var code = self
        for row in 0..<size {
            for column in 0..<size
            where !isFixed[row * size + column] && isMasked(mask, row, column) {
                code.modules[row * size + column].toggle()
            }
        }
        code.drawFormat(mask: mask)
        return code
    }

    private mutating func chooseMask() {
        let codes = (0..<8).map(masked)
        if let best = codes.min(by: { $0.penalty < $1.penalty }) { self = best }
    }

    /// How much the symbol looks like what readers look for elsewhere, by the standard's four rules.
    private var penalty: Int {
        let lines =
            (0..<size).map { row in (0..<size).map { self[row, $0] } }
            + (0..<size).map { column in (0..<size).map { self[$0, column] } }
        let dark = modules.count { $0 }
        // Five per cent away from half and half cost ten.
        let imbalance = abs(dark * 20 - modules.count * 10) / modules.count
        return lines.reduce(0) { $0 + Self.penalty(ofLine: $1) } + penaltyOfSquares
            + 10 * imbalance
    }

    /// Runs of five and more, and what looks like a finder with four light modules on one side.
    private static func penalty(ofLine line: [Bool]) -> Int {
        var penalty = 0
        var run = 0
        var window = 0
        for (index, isDark) in line.enumerated() {
            run = index > 0 && line[index - 1] == isDark ? run + 1 : 1
            if run == 5 { penalty += 3 } else if run > 5 { penalty += 1 }
            window = (window << 1 | (isDark ? 1 : 0)) & 0x7FF
            if index >= 10, window == 0b000_0101_1101 || window == 0b101_1101_0000 {
                penalty += 40
            }
        }
        return penalty
    }

    private var penaltyOfSquares: Int {
        var penalty = 0
        for row in 0..<(size - 1) {
            for column in 0..<(size - 1) {
                let color = self[row, column]
                if self[row, column + 1] == color, self[row + 1, column] == color,
                    self[row + 1, column + 1] == color
                {
                    penalty += 3
                }
            }
        }
        return penalty
    }
}

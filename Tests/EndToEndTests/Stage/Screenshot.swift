// What can be seen on a screen, in numbers.

import Foundation

/// A part of a screen, in pixels.
struct Area: CustomStringConvertible {
    let x: Int
    let y: Int
    let width: Int
    let height: Int

    /// As X and ImageMagick write it.
    var description: String { "\(width)x\(height)+\(x)+\(y)" }
}

/// A picture of a screen.
struct Screenshot {
    let file: URL

    /// The brightness of an area from 0 to 1, on average.
    func brightness(of area: Area) throws -> Double { try measure("mean", of: area) }

    /// How much brightness differs within an area: 0 is a single colour.
    func contrast(of area: Area) throws -> Double { try measure("standard_deviation", of: area) }

    /// How many pixels of an area differ from another picture's.
    func difference(from other: Screenshot, in area: Area) throws -> Int {
        let answer = try Tool.run(
            ["convert", file.path, other.file.path, "-crop", "\(area)", "+repage"]
                + ["-metric", "AE", "-compare", "-format", "%[distortion]", "info:"])
        guard let value = Double(answer) else {
            throw NotSeen(description: "ImageMagick answered \(answer)")
        }
        return Int(value)
    }

    private func measure(_ statistic: String, of area: Area) throws -> Double {
        let answer = try Tool.run(
            ["convert", file.path, "-crop", "\(area)", "-colorspace", "Gray"]
                + ["-format", "%[fx:\(statistic)]", "info:"])
        guard let value = Double(answer) else {
            throw NotSeen(description: "ImageMagick answered \(answer)")
        }
        return value
    }
}

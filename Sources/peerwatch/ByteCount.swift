// How many bytes, as people read it: 734 KB, 1.4 GB.

/// A count of bytes in decimal units, with two digits or as many as the whole number has.
///
/// Foundation's formatter would do, but brings tables of all languages into memory and takes longer
/// than opening the film.
struct ByteCount: CustomStringConvertible {
    private static let units = ["bytes", "KB", "MB", "GB", "TB", "PB", "EB"]
    private static let base = 1_000.0

    let description: String

    init(_ bytes: Int64) {
        var amount = Double(max(0, bytes))
        var unit = 0
        // From 999.5 on it would be shown as 1000.
        while amount >= Self.base - 0.5, unit < Self.units.count - 1 {
            amount /= Self.base
            unit += 1
        }
        let tenths = (amount * 10).rounded() / 10
        let isWhole = unit == 0 || amount >= 9.95 || tenths == tenths.rounded()
        let number = isWhole ? "\(Int64(amount.rounded()))" : "\(tenths)"
        description = "\(number) \(Self.units[unit])"
    }
}

// What may a file be called whose name came over the network? Invariant: a `SafeName` names an
// entry of the directory it is put into, nothing above it, nothing hidden, and shows as what it is.

internal import PartyModel

/// A file name made from whatever the network said.
public struct SafeName: Hashable, Sendable {
    /// The name: 1 to ``byteLimit`` bytes of UTF-8, no path.
    public let text: String

    /// Bytes of a name: what Linux file systems take.
    public static let byteLimit = 255

    /// Bytes of an extension, with its dot, that is kept when a name is cut; what is longer is part
    /// of a sentence with a full stop in it.
    private static let extensionLimit = 16

    /// What a name is called of which nothing is left.
    private static let fallback = "film"

    /// The safe name nearest to `hostile`.
    public init(_ hostile: String) {
        let visible = String(
            String.UnicodeScalarView(hostile.unicodeScalars.compactMap(Self.harmless)))
        text = Self.cut(Self.trimmed(visible), adding: "")
    }

    /// The name with a number before its extension, as in `film (2).mkv`.
    public func numbered(_ number: Int) -> String { Self.cut(text, adding: " (\(number))") }

    /// The scalar, another one in its place, or none.
    private static func harmless(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        if scalar == "/" || scalar == "\\" { return "_" }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator:
            return nil
        case .format:
            // The joiners belong to the spelling of several scripts; all other format characters,
            // among them those that reverse the direction of text, only disguise a name.
            return scalar == "\u{200C}" || scalar == "\u{200D}" ? scalar : nil
        case _:
            return scalar
        }
    }

    /// Without the dots, dashes and spaces in front that hide a name or make an option of it, and
    /// without the dots and spaces behind that some file systems drop.
    private static func trimmed(_ name: String) -> String {
        let front = name.unicodeScalars.drop {
            $0 == "." || $0 == "-" || $0.properties.isWhitespace
        }
        let back = front.reversed().drop { $0 == "." || $0.properties.isWhitespace }
        return String(String.UnicodeScalarView(back.reversed()))
    }

    /// The name with `suffix` before its extension, cut before both to fit.
    private static func cut(_ name: String, adding suffix: String) -> String {
        let dot = name.lastIndex(of: ".") ?? name.endIndex
        let isExtension = name[dot...].utf8.count <= extensionLimit
        let ending = suffix + (isExtension ? name[dot...] : "")
        let stem = String(isExtension ? name[..<dot] : name[...])
            .clipped(toUTF8Count: byteLimit - ending.utf8.count)
        return (stem.isEmpty ? fallback : stem) + ending
    }
}

// The little JSON an event line needs, with its fields in the order the contract names them: that
// is all `JSONEncoder` cannot do.

/// A value of RFC 8259.
indirect enum JSONValue {
    case null
    case flag(Bool)
    case count(Int64)
    case number(Double)
    case text(String)
    case array([JSONValue])
    case object([(String, JSONValue)])

    static func optional(_ number: Double?) -> JSONValue { number.map(JSONValue.number) ?? .null }

    /// The value as text on one line.
    var line: String {
        switch self {
        case .null: return "null"
        case .flag(let flag): return flag ? "true" : "false"
        case .count(let count): return String(count)
        case .number(let number):
            // JSON has no infinities, and nobody needs more than a microsecond.
            guard number.isFinite else { return "null" }
            let rounded = (number * 1e6).rounded() / 1e6
            return rounded == rounded.rounded() && abs(rounded) < 1e15
                ? String(Int64(rounded)) : String(rounded)
        case .text(let text): return Self.quoted(text)
        case .array(let values): return "[" + values.map(\.line).joined(separator: ",") + "]"
        case .object(let fields):
            return "{" + fields.map { Self.quoted($0.0) + ":" + $0.1.line }.joined(separator: ",")
                + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            case _: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

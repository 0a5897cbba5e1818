// One line of `--events`.

/// What happened in a running program, by its own account.
struct Event: Sendable, CustomStringConvertible {
    let name: String
    let fields: JSON
    let description: String

    /// Reads a line; throws when it is not an event.
    init(line: String) throws {
        fields = try JSON(line: line)
        guard let name = fields["event"]?.text, fields["t"]?.number != nil else {
            throw NotSeen(description: "not an event: \(line)")
        }
        self.name = name
        description = line
    }

    subscript(_ field: String) -> JSON? { fields[field] }

    func text(_ field: String) -> String? { fields[field]?.text }
    func number(_ field: String) -> Double? { fields[field]?.number }
    func flag(_ field: String) -> Bool? { fields[field]?.flag }
}

// What do the user's own mpv arguments mean inside a room? Each ends in exactly one place: our
// section of options, the few that count only before mpv starts, or the room's start position.

public import PartyModel

/// The arguments after `--` on the command line, read as mpv's own command line reads them.
///
/// Whether mpv knows an option shows only when the player starts; how it is written is checked here.
public struct MpvArguments: Hashable, Sendable {
    /// Where the film starts (`--start`); a room has one position, so mpv itself never sees it.
    public let startPosition: MediaPosition?

    /// One sentence for every argument that a room overrules.
    public let overruled: [String]

    /// Whether they name a video output, which is taken as it is: it may need no display.
    public var choosesVideoOutput: Bool { options.contains { $0.name == "vo" } }

    let options: [MpvOption]
    let optionsBeforeStart: [MpvOption]

    /// mpv reads its configuration with these, so a section of that configuration is too late.
    private static let namesBeforeStart: Set<String> = ["config", "config-dir"]

    /// No arguments.
    public init() {
        startPosition = nil
        overruled = []
        options = []
        optionsBeforeStart = []
    }

    /// Reads arguments such as `--fs`, `-fs`, `--no-border` and `--vo=x11`.
    ///
    /// - Throws: `PartyError.mpvArgumentRefused`, naming the first that cannot be read.
    public init(_ arguments: [String]) throws(PartyError) {
        var start: MediaPosition?
        var options: [MpvOption] = []
        var optionsBeforeStart: [MpvOption] = []
        for argument in arguments {
            let option = try MpvOption(argument: argument)
            if option.name == "start" {
                start = try Self.position(option, argument: argument)
            } else if Self.namesBeforeStart.contains(option.name) {
                optionsBeforeStart.append(option)
            } else {
                options.append(option)
            }
        }
        self.startPosition = start
        self.options = options
        self.optionsBeforeStart = optionsBeforeStart
        self.overruled = options.compactMap(RoomOptions.objection)
    }

    private static func position(
        _ option: MpvOption, argument: String
    ) throws(PartyError) -> MediaPosition {
        guard let position = option.value.flatMap(MediaPosition.init(clockTime:)) else {
            throw .mpvArgumentRefused(
                argument: argument,
                reason: "write the start as seconds, MM:SS or HH:MM:SS")
        }
        return position
    }
}

/// One option of mpv with its value, as a line of a configuration file holds it.
struct MpvOption: Hashable, Sendable {
    let name: String
    /// `nil` where the option stands alone, as in `--fs`.
    let value: String?

    init(_ name: String, _ value: String?) {
        self.name = name
        self.value = value
    }

    /// The option that a command-line argument writes.
    init(argument: String) throws(PartyError) {
        guard let body = Self.body(of: argument), !body.isEmpty else {
            throw .mpvArgumentRefused(
                argument: argument,
                reason: "options are written --name=value, and films are named before the --")
        }
        guard !argument.utf8.contains(where: { $0 == 0 || $0 == 0x0A || $0 == 0x0D }) else {
            throw .mpvArgumentRefused(argument: argument, reason: "it contains a line break")
        }
        let parts = body.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isNameByte) else {
            throw .mpvArgumentRefused(argument: argument, reason: "no option has that name")
        }
        if parts.count == 1, name.hasPrefix("no-") {
            self.init(String(name.dropFirst("no-".count)), "no")
        } else {
            self.init(name, parts.count == 2 ? String(parts[1]) : nil)
        }
    }

    /// The option as it was, or could have been, typed.
    var argument: String { value.map { "--\(name)=\($0)" } ?? "--\(name)" }

    /// A line of mpv.conf.
    ///
    /// The value carries its length, so that no character in it has a meaning.
    var configurationLine: String { value.map { "\(name)=%\($0.utf8.count)%\($0)" } ?? name }

    private static func body(of argument: String) -> Substring? {
        if argument.hasPrefix("--") { return argument.dropFirst(2) }
        return argument.hasPrefix("-") ? argument.dropFirst() : nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension MediaPosition {
    /// The position written as `SS`, `MM:SS` or `HH:MM:SS`, the seconds with a fraction if need be.
    init?(clockTime text: String) {
        let fields = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...3).contains(fields.count), let last = fields.last else { return nil }
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard fields.dropLast().allSatisfy({ $0.utf8.allSatisfy(digits.contains) }),
            last.utf8.allSatisfy({ digits.contains($0) || $0 == UInt8(ascii: ".") })
        else { return nil }
        var seconds = 0.0
        for field in fields {
            guard let value = Double(field) else { return nil }
            seconds = seconds * 60 + value
        }
        self.init(seconds: seconds)
    }
}

// The Lua script that draws what the room is doing, as it lies in this program.

/// The script, whose modules become one file: to make each a file of its own takes longer than to run
/// them all.
enum ScriptFile {
    /// mpv calls the script by it.
    static let name = "peerwatch.lua"

    /// The whole file; made anew each time.
    static var bytes: [UInt8] {
        Array("local load = loadstring or load\n".utf8)
            + modules.flatMap { "package.preload.\($0.name) = ".utf8 + loaded($0) + "\n".utf8 }
            + loaded((name: "main", text: PackageResources.main_lua)) + "(...)\n".utf8
    }

    /// A module as a function that Lua makes of its text, so that what it reports names the module.
    private static func loaded(_ module: (name: String, text: [UInt8])) -> [UInt8] {
        "assert(load(\(opening)\n".utf8 + module.text
            + "\(closing), \"@peerwatch/\(module.name).lua\"))".utf8
    }

    /// What encloses a module's text; in none of them.
    private static let (opening, closing) = ("[===[", "]===]")

    private static let modules: [(name: String, text: [UInt8])] = [
        ("ass", PackageResources.ass_lua),
        ("banner", PackageResources.banner_lua),
        ("bar", PackageResources.bar_lua),
        ("canvas", PackageResources.canvas_lua),
        ("card", PackageResources.card_lua),
        ("clipboard", PackageResources.clipboard_lua),
        ("editor", PackageResources.editor_lua),
        ("feed", PackageResources.feed_lua),
        ("help", PackageResources.help_lua),
        ("icons", PackageResources.icons_lua),
        ("input", PackageResources.input_lua),
        ("keys", PackageResources.keys_lua),
        ("options", PackageResources.options_lua),
        ("people", PackageResources.people_lua),
        ("prompt", PackageResources.prompt_lua),
        ("publish", PackageResources.publish_lua),
        ("screen", PackageResources.screen_lua),
        ("state", PackageResources.state_lua),
        ("stats", PackageResources.stats_lua),
        ("taken", PackageResources.taken_lua),
        ("talk", PackageResources.talk_lua),
        ("text", PackageResources.text_lua),
        ("theme", PackageResources.theme_lua),
        ("uosc", PackageResources.uosc_lua),
        ("words", PackageResources.words_lua),
    ]
}

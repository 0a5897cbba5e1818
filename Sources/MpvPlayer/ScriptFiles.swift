// The Lua script that draws what the room is doing, as it lies in this program.

/// The files of the script, main.lua last.
enum ScriptFiles {
    static let all: [(name: String, bytes: [UInt8])] = [
        ("ass.lua", PackageResources.ass_lua),
        ("banner.lua", PackageResources.banner_lua),
        ("bar.lua", PackageResources.bar_lua),
        ("canvas.lua", PackageResources.canvas_lua),
        ("card.lua", PackageResources.card_lua),
        ("clipboard.lua", PackageResources.clipboard_lua),
        ("editor.lua", PackageResources.editor_lua),
        ("feed.lua", PackageResources.feed_lua),
        ("help.lua", PackageResources.help_lua),
        ("icons.lua", PackageResources.icons_lua),
        ("input.lua", PackageResources.input_lua),
        ("keys.lua", PackageResources.keys_lua),
        ("options.lua", PackageResources.options_lua),
        ("people.lua", PackageResources.people_lua),
        ("prompt.lua", PackageResources.prompt_lua),
        ("publish.lua", PackageResources.publish_lua),
        ("screen.lua", PackageResources.screen_lua),
        ("state.lua", PackageResources.state_lua),
        ("stats.lua", PackageResources.stats_lua),
        ("taken.lua", PackageResources.taken_lua),
        ("talk.lua", PackageResources.talk_lua),
        ("text.lua", PackageResources.text_lua),
        ("theme.lua", PackageResources.theme_lua),
        ("uosc.lua", PackageResources.uosc_lua),
        ("words.lua", PackageResources.words_lua),
        ("main.lua", PackageResources.main_lua),
    ]
}

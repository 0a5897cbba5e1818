// The Lua script that draws what the room is doing, as it lies in this program.

/// The files of the script, main.lua last.
enum ScriptFiles {
    static let all: [(name: String, bytes: [UInt8])] = [
        ("ass.lua", PackageResources.ass_lua),
        ("view.lua", PackageResources.view_lua),
        ("main.lua", PackageResources.main_lua),
    ]
}

-- How does text get to the clipboard and from there? Through mpv where it can (0.40 and newer),
-- else with the programs people have for it, one after the other.

local mp = require "mp"

local clipboard = {}

local function programs(wayland, x11)
    local found = {}
    if os.getenv("WAYLAND_DISPLAY") then found[#found + 1] = wayland end
    if os.getenv("DISPLAY") then
        for _, words in ipairs(x11) do found[#found + 1] = words end
    end
    return found
end

-- Programs that hold what was copied stay; they must not hold this program's output as well.
local function silent(words)
    local command = {"sh", "-c", 'exec "$@" >/dev/null 2>&1', "sh"}
    for _, word in ipairs(words) do command[#command + 1] = word end
    return command
end

-- Runs the first program that does its work; `done` gets its result, or nothing.
local function try(candidates, options, done, index)
    local words = candidates[index or 1]
    if not words then return done(nil) end
    options.name, options.args, options.playback_only = "subprocess", words, false
    mp.command_native_async(options, function(started, result)
        if started and result.status == 0 and not result.killed_by_us then return done(result) end
        try(candidates, options, done, (index or 1) + 1)
    end)
end

--- Copies a text; `done` gets whether that worked, and if not what would help.
function clipboard.copy(text, done)
    if mp.set_property("clipboard/text", text) then return done(true) end
    local candidates = programs(silent({"wl-copy"}), {
        silent({"xclip", "-selection", "clipboard", "-in"}),
        silent({"xsel", "--clipboard", "--input"}),
    })
    try(candidates, {stdin_data = text}, function(result)
        done(result ~= nil,
            os.getenv("WAYLAND_DISPLAY") and "wl-copy" or "xclip or xsel")
    end)
end

--- Reads the clipboard; `done` gets its text, if there is one.
function clipboard.paste(done)
    local own = mp.get_property("clipboard/text")
    if own and own ~= "" then return done(own) end
    local candidates = programs({"wl-paste", "--no-newline"},
        {{"xclip", "-selection", "clipboard", "-out"}, {"xsel", "--clipboard", "--output"}})
    try(candidates, {capture_stdout = true}, function(result)
        if result and result.stdout and result.stdout ~= "" then done(result.stdout) end
    end)
end

return clipboard

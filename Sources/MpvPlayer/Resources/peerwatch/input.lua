-- How does somebody write a line, or choose a reaction, in the window? With mpv's own console where
-- it can be asked for a line (0.38 and newer: input methods work there), else with a line of our
-- own. Keys are taken only while something is open: all of the keyboard, so that nothing that is
-- typed moves the film; and ESC always leaves.

local mp = require "mp"
local clipboard = require "clipboard"
local editor = require "editor"
local icons = require "icons"
local keys = require "keys"
local text = require "text"

local input = {}

-- Bytes of a remark, as the protocol has it.
local LIMIT = 500
local MOST_HISTORY = 50

local history = {}

--- What is open: "line", "reactions", or nothing.
input.open = nil
--- The line that is being written.
input.editor = nil

local changed = function() end
-- The names of the bindings that hold while something is open, and their keys.
local forced, taken = {}, {}

--- Calls `listener` when something opens, closes or is written.
function input.on_change(listener) changed = listener end

local function force(key, act, flags)
    local name = "input-" .. #forced + 1
    forced[#forced + 1], taken[key] = name, true
    mp.add_forced_key_binding(key, name, act, flags)
end

-- Keys that are no part of what is typed: those of the mouse, the window, gamepads and remote
-- controls keep their meaning.
local FOREIGN = {
    "^MBTN", "^MOUSE", "^WHEEL", "^AXIS", "^GAMEPAD", "^CLOSE_WIN$", "^POWER$", "^MENU$", "^PLAY",
    "^PAUSE", "^STOP$", "^FORWARD$", "^REWIND$", "^NEXT$", "^PREV$", "^VOLUME", "^MUTE$",
    "^HOMEPAGE$", "^WWW$", "^MAIL$", "^FAVORITES$", "^SEARCH$", "^SLEEP$", "^CANCEL$", "^RECORD$",
    "^CHANNEL", "^XF86",
}

--- Whether a key, by mpv's name for it, belongs to a keyboard.
function input.is_typed(key)
    local plain = key
    for _, modifier in ipairs({"Shift", "Ctrl", "Alt", "Meta"}) do
        plain = plain:gsub("^" .. modifier .. "%+", "")
    end
    for _, foreign in ipairs(FOREIGN) do
        if plain:find(foreign) then return false end
    end
    return true
end

-- Takes every key that means something and is not taken yet, but for those of an open page, and
-- all that mean nothing.
local function force_others(act)
    for key, binding in pairs(keys.commands()) do
        local is_of_page = binding.cmd:find("peerwatch/page-", 1, true)
        if not taken[key] and not is_of_page and input.is_typed(key) then force(key, act(key)) end
    end
    force("UNMAPPED", function() end)
end

local function close()
    for _, name in ipairs(forced) do mp.remove_key_binding(name) end
    forced, taken, input.open, input.editor = {}, {}, nil, nil
    changed()
end

local function remember(line)
    if line == "" or history[#history] == line then return end
    history[#history + 1] = line
    if #history > MOST_HISTORY then table.remove(history, 1) end
end

-- Keys of the line of our own: what everybody knows, and what a shell has. Shift changes nothing,
-- because there is nothing to be marked.
local EDITS = {
    {"LEFT", "left"}, {"RIGHT", "right"}, {"Ctrl+LEFT", "word_left"}, {"Ctrl+RIGHT", "word_right"},
    {"HOME", "home"}, {"END", "end_"}, {"Ctrl+a", "home"}, {"Ctrl+e", "end_"},
    {"BS", "backspace"}, {"DEL", "delete"}, {"KP_DEL", "delete"}, {"Ctrl+w", "delete_word"},
    {"Ctrl+BS", "delete_word"}, {"Ctrl+u", "delete_to_start"}, {"Ctrl+k", "delete_to_end"},
    {"UP", "previous"}, {"DOWN", "next"},
}
local WITH_SHIFT = {
    "LEFT", "RIGHT", "Ctrl+LEFT", "Ctrl+RIGHT", "HOME", "END", "BS", "DEL", "UP", "DOWN",
}
-- Keys that write something, but not what they are called.
local WRITTEN = {KP_DEC = ".", ["Shift+SPACE"] = " "}
for digit = 0, 9 do WRITTEN["KP" .. digit] = tostring(digit) end

local function force_edits(edit)
    local methods = {}
    for _, binding in ipairs(EDITS) do methods[binding[1]] = binding[2] end
    for _, key in ipairs(WITH_SHIFT) do methods["Shift+" .. key] = methods[key] end
    for key, method in pairs(methods) do
        force(key, function() edit(method) end, {repeatable = true})
    end
    for key, written in pairs(WRITTEN) do
        force(key, function() edit("insert", written) end, {repeatable = true})
    end
    force("any_unicode", function(event)
        if event.event ~= "up" and event.key_text then edit("insert", event.key_text) end
    end, {repeatable = true, complex = true})
    -- Keys that are taken for the room write themselves meanwhile.
    force_others(function(key)
        if #text.codes(key) > 1 then return function() end end
        return function() edit("insert", key) end, {repeatable = true}
    end)
end

local function open_line(submit)
    local line = editor.new(LIMIT, history)
    input.open, input.editor = "line", line
    local function edit(method, ...)
        line[method](line, ...)
        changed()
    end
    local function send()
        local written = line:line()
        close()
        remember(written)
        submit(written)
    end
    local function paste()
        clipboard.paste(function(pasted)
            if input.editor == line then edit("insert", pasted) end
        end)
    end
    for _, key in ipairs({"Ctrl+v", "Shift+INS"}) do force(key, paste) end
    for _, key in ipairs({"ENTER", "KP_ENTER", "Shift+ENTER"}) do force(key, send) end
    force("ESC", close)
    force_edits(edit)
    changed()
end

-- mpv's own console, if this mpv has one that can be asked.
local function console()
    local is_there, module = pcall(require, "mp.input")
    if not is_there or not mp.get_property_bool("load-console", true) then return nil end
    return module
end

--- Lets the user write a line; `submit` gets it.
function input.write(submit)
    if input.open then close() end
    local own = console()
    if not own then return open_line(submit) end
    own.get({
        prompt = "Say:", id = "peerwatch-chat",
        submit = function(line)
            -- mpv before 0.40 leaves it open.
            own.terminate()
            submit(line)
        end,
    })
end

--- Lets the user choose a reaction; `submit` gets its name.
function input.choose_reaction(submit)
    local was_open = input.open
    if was_open then close() end
    if was_open == "reactions" then return end
    input.open = "reactions"
    for index, name in ipairs(icons.reactions) do
        local function choose()
            close()
            submit(name)
        end
        force(tostring(index), choose)
        force("KP" .. index, choose)
    end
    force("ESC", close)
    -- Whatever else is pressed chooses none, and does nothing.
    force_others(function() return close end)
    changed()
end

return input

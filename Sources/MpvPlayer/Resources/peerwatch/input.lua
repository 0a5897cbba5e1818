-- How does somebody write a line, or choose a reaction, in the window? With mpv's own console where
-- it can be asked for a line (0.38 and newer: input methods work there), else with a line of our
-- own. Keys are taken only while something is open, and ESC always leaves.

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
local forced = {}

--- Calls `listener` when something opens, closes or is written.
function input.on_change(listener) changed = listener end

local function force(key, name, act, flags)
    forced[#forced + 1] = name
    mp.add_forced_key_binding(key, name, act, flags)
end

local function close()
    for _, name in ipairs(forced) do mp.remove_key_binding(name) end
    forced, input.open, input.editor = {}, nil, nil
    changed()
end

local function remember(line)
    if line == "" or history[#history] == line then return end
    history[#history + 1] = line
    if #history > MOST_HISTORY then table.remove(history, 1) end
end

-- Keys of the line of our own: what everybody knows, and what a shell has.
local EDITS = {
    {"LEFT", "left"}, {"RIGHT", "right"}, {"Ctrl+LEFT", "word_left"}, {"Ctrl+RIGHT", "word_right"},
    {"HOME", "home"}, {"END", "end_"}, {"Ctrl+a", "home"}, {"Ctrl+e", "end_"},
    {"BS", "backspace"}, {"DEL", "delete"}, {"Ctrl+w", "delete_word"},
    {"Ctrl+BS", "delete_word"}, {"Ctrl+u", "delete_to_start"}, {"Ctrl+k", "delete_to_end"},
    {"UP", "previous"}, {"DOWN", "next"},
}

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
    for index, binding in ipairs(EDITS) do
        force(binding[1], "edit-" .. index, function() edit(binding[2]) end, {repeatable = true})
    end
    force("any_unicode", "edit-text", function(event)
        if event.event ~= "up" and event.key_text then edit("insert", event.key_text) end
    end, {repeatable = true, complex = true})
    for digit = 0, 9 do
        force("KP" .. digit, "edit-keypad-" .. digit,
            function() edit("insert", tostring(digit)) end, {repeatable = true})
    end
    -- Keys that are taken for the room write themselves meanwhile.
    for key, binding in pairs(keys.commands()) do
        if binding.cmd:find("peerwatch/taken-", 1, true) and #text.codes(key) == 1 then
            force(key, "edit-key-" .. key, function() edit("insert", key) end, {repeatable = true})
        end
    end
    force("Ctrl+v", "edit-paste", paste)
    force("ENTER", "edit-send", send)
    force("KP_ENTER", "edit-send-keypad", send)
    force("ESC", "edit-leave", close)
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
        force(tostring(index), "choose-" .. index, function()
            close()
            submit(name)
        end)
    end
    force("ESC", "choose-none", close)
    changed()
end

return input

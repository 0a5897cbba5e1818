-- Which of mpv's own keys cannot mean in a room what they mean alone? A step by a frame sets the
-- film going for a moment, which cannot be told from a start; and mpv's playlist holds one film,
-- the room's holds them all. Whichever keys the user has these on say it to the program instead,
-- but for ENTER, which ends a line of chat and is pressed too easily to skip a film for everybody.

local mp = require "mp"

local taken = {}

-- What a key's command begins with, and the words for the program.
local MEANINGS = {
    {"frame%-step", "frame-step"},
    {"playlist%-next", "next"},
    {"playlist%-prev", "previous"},
}
-- mpv says these in front of a command.
local PREFIXES = {"^no%-osd%s+", "^osd%-%a+%s+", "^repeatable%s+", "^async%s+", "^raw%s+"}

local function meaning_of_one(command)
    local before
    command = command:gsub("^%s+", "")
    repeat
        before = command
        for _, prefix in ipairs(PREFIXES) do command = command:gsub(prefix, "") end
    until command == before
    for _, meaning in ipairs(MEANINGS) do
        local start = "^" .. meaning[1]
        if command:match(start .. "$") or command:match(start .. "%s") then
            return meaning[2]
        end
    end
    return nil
end

--- What a command says to the program; nil for all that keep their meaning. Of several commands on
--- one key the first that does not decides.
function taken.meaning(command)
    -- What is quoted has no semicolon that ends a command.
    for one in command:gsub("%b\"\"", "x"):gsub("%b''", "x"):gmatch("[^;]+") do
        local meaning = meaning_of_one(one)
        if meaning then return meaning end
    end
    return nil
end

--- Takes the keys over; `commands` are the keys as they are bound, `tell` says words to the
--- program.
function taken.bind(commands, tell)
    for key, binding in pairs(commands) do
        local words = taken.meaning(binding.cmd)
        if words and key ~= "ENTER" and key ~= "KP_ENTER" then
            local flags = {repeatable = words == "frame-step"}
            mp.add_forced_key_binding(key, "taken-" .. key, function() tell(words) end, flags)
        end
    end
end

return taken

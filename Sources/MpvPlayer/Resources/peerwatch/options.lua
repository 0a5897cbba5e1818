-- What can a user set? script-opts/peerwatch.conf, --script-opts, and script-opts while it runs.
-- docs/peerwatch.conf is this list with its explanations.

local options = require "mp.options"

-- What stands for a key that the user has not named.
local FREE = "auto"

local set = {
    -- Notices, chat and reactions on the screen, and for how many seconds.
    notices = true,
    notice_seconds = 4,
    chat = true,
    chat_seconds = 9,
    reactions = true,
    -- How long the card with the token stays once the film plays.
    card_seconds = 12,
    -- The sentence about whom the room waits for.
    banner = true,
    -- When the line that shows what of the film is here is drawn: auto, yes or no.
    bar = "auto",
    -- How much larger than usual everything is.
    scale = 1,
    -- Whether any key is bound; the names stay, for input.conf.
    keys = true,
}

-- The key of each action, where the user names none.
local usual_keys = {
    token_key = "y",
    copy_token_key = "Ctrl+y",
    peers_key = "a",
    chat_key = "c",
    talk_key = "C",
    react_key = "h",
    ready_key = "k",
    skip_wait_key = "n",
    undo_seek_key = "U",
    stats_key = "D",
    help_key = "H",
    menu_key = "",
}
for name in pairs(usual_keys) do set[name] = FREE end

local listeners = {}

options.read_options(set, "peerwatch", function(changed)
    for _, listener in ipairs(listeners) do listener(changed) end
end)

--- Calls `listener` with the set of names that have changed.
local function on_change(listener) listeners[#listeners + 1] = listener end

--- The key of an option of that name, "" for none; and whether the user has named it.
local function key(name)
    if not set.keys then return "", false end
    local is_named = set[name] ~= FREE
    return is_named and set[name] or usual_keys[name], is_named
end

return {set = set, on_change = on_change, key = key}

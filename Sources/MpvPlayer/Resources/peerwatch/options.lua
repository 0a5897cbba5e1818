-- What can a user set? script-opts/peerwatch.conf, --script-opts, and script-opts while it runs.
-- docs/peerwatch.conf is this list with its explanations.

local options = require "mp.options"

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

local listeners = {}

options.read_options(set, "peerwatch", function(changed)
    for _, listener in ipairs(listeners) do listener(changed) end
end)

--- Calls `listener` with the set of names that have changed.
local function on_change(listener) listeners[#listeners + 1] = listener end

return {set = set, on_change = on_change}

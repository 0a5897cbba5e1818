-- What does a viewer see of the room, and which keys act on it? Options, then state, then drawing,
-- then messages from the program, then keys. The program says `set-token`, `set-state`,
-- `show-notice` and, at the end, `room-over`; this script says `ready NAME` when it can hear them,
-- and `card shown` or `card hidden`. A message must not have the name of a key binding: mpv makes
-- one of that name too.

local mp = require "mp"
local options = require "mp.options"
local utils = require "mp.utils"
local view = require "view"

-- Seconds, unless it says otherwise. Set in script-opts/peerwatch.conf.
local opts = {
    notices = true,
    notice_seconds = 3,
    -- How long the card with the token stays once the film plays.
    card_seconds = 12,
    -- The key that shows the token; with Ctrl it copies it. input.conf can bind
    -- script-binding peerwatch/token and peerwatch/copy-token to others.
    token_key = "y",
}
options.read_options(opts, "peerwatch")

local function tell(...)
    mp.commandv("script-message-to", "main", "peerwatch", ...)
end

-- Notices on the screen at once; older ones make room.
local MOST_NOTICES = 4

local room = {token = nil, viewers = {}, wait = ""}
local card_is_open = false
local notices = {}  -- {text =, timer =}, oldest first

-- Drawing

local overlay = mp.create_osd_overlay("ass-events")

local function draw()
    local width, height = mp.get_osd_size()
    if not width or width == 0 or height == 0 then return end
    overlay.res_x, overlay.res_y = view.canvas(width, height)

    local events = {}
    local function add(more)
        for _, event in ipairs(more) do events[#events + 1] = event end
    end
    if card_is_open and room.token then
        add(view.card(room.token, room.viewers, opts.token_key, overlay.res_x))
    end
    if room.wait ~= "" then add(view.wait(room.wait, overlay.res_x)) end
    local texts = {}
    for _, notice in ipairs(notices) do texts[#texts + 1] = notice.text end
    add(view.notices(texts, overlay.res_y))

    if #events == 0 then
        overlay:remove()
    else
        overlay.data = table.concat(events, "\n")
        overlay:update()
    end
end

mp.observe_property("osd-dimensions", "native", draw)

-- The card

local card_timer

-- Counts only while the film moves: a room that waits for its guests keeps the token in sight.
local function time_card(moves)
    if card_is_open and moves then card_timer:resume() else card_timer:stop() end
end

local function open_card(is_open)
    card_is_open = is_open
    card_timer:kill()
    time_card(not mp.get_property_bool("core-idle", true))
    draw()
    tell("card", is_open and "shown" or "hidden")
end

card_timer = mp.add_timeout(opts.card_seconds, function() open_card(false) end)
card_timer:kill()

mp.observe_property("core-idle", "bool", function(_, idle) time_card(idle == false) end)

-- Notices

local function drop_notice(notice)
    for index, other in ipairs(notices) do
        if other == notice then table.remove(notices, index) end
    end
    draw()
end

-- The same sentence again stays longer instead of standing there twice.
local function show_notice(text)
    if not opts.notices then return end
    for index, notice in ipairs(notices) do
        if notice.text == text then
            notice.timer:kill()
            table.remove(notices, index)
            break
        end
    end
    while #notices >= MOST_NOTICES do table.remove(notices, 1).timer:kill() end
    local notice = {text = text}
    notice.timer = mp.add_timeout(opts.notice_seconds, function() drop_notice(notice) end)
    notices[#notices + 1] = notice
    draw()
end

-- The clipboard: mpv's own from 0.40 on, else a program that has one.

local function copy(text)
    if mp.set_property("clipboard/text", text) then return show_notice("Token copied") end
    local program = os.getenv("WAYLAND_DISPLAY") and {"wl-copy"}
        or {"xclip", "-selection", "clipboard"}
    mp.command_native_async(
        {name = "subprocess", args = program, stdin_data = text, playback_only = false},
        function(started, result)
            local copied = started and result.status == 0
            show_notice(copied and "Token copied" or "Copying needs the program " .. program[1])
        end)
end

-- What the program says

mp.register_script_message("set-token", function(token)
    room.token = token
    open_card(true)
end)

mp.register_script_message("show-notice", show_notice)

mp.register_script_message("set-state", function(json)
    local state = utils.parse_json(json)
    if type(state) ~= "table" then return end
    room.viewers = type(state.viewers) == "table" and state.viewers or {}
    room.wait = type(state.wait) == "string" and state.wait or ""
    draw()
end)

-- An mpv that was open before the room goes on without this script.
mp.register_script_message("room-over", function() mp.keep_running = false end)

-- Keys: weak, so that the user's input.conf wins, and named, so that it can move them.

mp.add_key_binding(opts.token_key, "token", function()
    if room.token then open_card(not card_is_open) end
end)

mp.add_key_binding("Ctrl+" .. opts.token_key, "copy-token", function()
    if room.token then copy(room.token) end
end)

tell("ready", mp.get_script_name())

-- What does a viewer see of the room, and which keys act on it? State in, overlay out. The program
-- says `set-token`, `set-state`, `show-notice`, `show-chat`, `show-reaction` and, at the end,
-- `room-over`; this script says `ready NAME` when it can hear them, then what its keys ask for, and
-- which page is open. A message must not have the name of an action: mpv makes one of that name for
-- each key binding.

local mp = require "mp"
local utils = require "mp.utils"

local banner = require "banner"
local bar = require "bar"
local canvas = require "canvas"
local card = require "card"
local clipboard = require "clipboard"
local feed = require "feed"
local help = require "help"
local icons = require "icons"
local input = require "input"
local keys = require "keys"
local options = require "options"
local people = require "people"
local prompt = require "prompt"
local publish = require "publish"
local screen = require "screen"
local state = require "state"
local stats = require "stats"
local taken = require "taken"
local talk = require "talk"
local text = require "text"
local uosc = require "uosc"

local set = options.set

local function tell(...) mp.commandv("script-message-to", "main", "peerwatch", ...) end

local room = state.read(nil)
local token, code = nil, {}
local room_text = nil  -- what the room was read from
-- The page that is open; one at a time, so that none covers another.
local page = nil
local remarks_back = 0  -- how many remarks the open chat is scrolled back
local is_paused = false
local remarks = {}  -- {name =, text =}, oldest first
local entries = {}  -- what just happened: {text =, name =, reaction =, until =}, oldest first
local names = {}    -- the keys by action, as of the last look
local costs = {}    -- what the last drawings took, in seconds

-- Drawing

-- Between what stands above each other.
local GAP = 12

-- Costs that are remembered: enough for a median. The first ones are those of opening fonts.
local LEAST_COSTS, MOST_COSTS = 8, 64

local function usual_cost()
    if #costs < LEAST_COSTS then return nil end
    local sorted = {}
    for index, cost in ipairs(costs) do sorted[index] = cost end
    table.sort(sorted)
    return sorted[math.ceil(#sorted / 2)] * 1000
end

local function note_cost(seconds)
    costs[#costs + 1] = seconds
    if #costs > MOST_COSTS then table.remove(costs, 1) end
end

-- The line at the lower edge is for those who look: at a page, at a room that stands still, or at
-- the controls.
local pointer_moved_at = -math.huge
local POINTER_SECONDS = 2

local function wants_bar()
    if not room.download or set.bar == "no" then return false end
    if set.bar == "yes" then return true end
    return page ~= nil or room.wait ~= nil or is_paused
        or mp.get_time() - pointer_moved_at < POINTER_SECONDS
end

-- Draws the page that is open; returns its left and lower edge.
local function draw_page(surface)
    if page == "card" then
        return card.draw(surface, token or "", code, state.others(room), names)
    elseif page == "peers" then
        return people.draw(surface, room)
    elseif page == "talk" then
        return talk.draw(surface, remarks, names.chat, remarks_back)
    elseif page == "stats" then
        return stats.draw(surface, room, usual_cost())
    elseif page == "help" then
        return help.draw(surface, keys.actions, names)
    end
end

-- The entries that are not on the page that is open.
local function shown_entries()
    if page ~= "talk" then return entries end
    local shown = {}
    for _, entry in ipairs(entries) do
        if not entry.is_chat then shown[#shown + 1] = entry end
    end
    return shown
end

-- What is written or chosen comes before the page, which has what that leaves, and the feed what
-- both leave.
local function draw_all(surface)
    local height = set.banner and banner.draw(surface, room, names) or 0
    if height > 0 then surface:take_top(height + GAP) end
    if input.open == "line" then
        surface:take_corner(prompt.draw(surface, input.editor))
    elseif input.open == "reactions" then
        surface:take_corner(prompt.draw_reactions(surface))
    end
    feed.draw(surface, shown_entries(), surface:feed_place(draw_page(surface)))
end

-- The line at the lower edge as it was drawn last: the film goes on by less than a pixel a second.
local LINE_SECONDS = 1
local line = {ends = -math.huge}

-- The line at the lower edge, if it is wanted.
local function draw_line(window)
    if not wants_bar() then return nil end
    local now, parts = mp.get_time(), room.download.parts
    if line.window ~= window or line.parts ~= parts or now >= line.ends then
        line = {window = window, parts = parts, ends = now + LINE_SECONDS}
        line.canvas = canvas.new(window, set.scale)
        local percent = mp.get_property_number("percent-pos")
        bar.draw(line.canvas, room.download, percent and percent / 100)
    end
    return line.canvas
end

local function draw()
    local began = mp.get_time()
    local window = screen.window()
    if not window then return end
    local surface = canvas.new(window, set.scale)
    screen.lend_ruler(surface)
    draw_all(surface)
    local is_new = screen.show(surface)
    if screen.show_line(draw_line(window)) or is_new then note_cost(mp.get_time() - began) end
end

-- Drawn once for all that changes before mpv is idle again.
local is_due = false

local function redraw() is_due = true end

mp.register_idle(function()
    if not is_due then return end
    is_due = false
    draw()
end)

screen.on_change(redraw)
input.on_change(function()
    -- mpv would learn of the keys only when the script is idle, after those who watch for this.
    mp.flush_keybindings()
    publish.set("input", input.open or "none")
    redraw()
end)
options.on_change(redraw)

-- Pages

local card_timer
local open

-- ESC closes the page that is open, and in the chat there are keys to scroll it.
local SCROLLS = {PGUP = 5, PGDWN = -5, WHEEL_UP = 1, WHEEL_DOWN = -1}

local function keys_of_page()
    local list = {}
    if page then list[1] = {"ESC", function() open(nil) end} end
    for key, step in pairs(page == "talk" and SCROLLS or {}) do
        list[#list + 1] = {key, function()
            remarks_back = talk.scrolled(remarks, remarks_back, step)
            redraw()
        end}
    end
    return list
end

-- Counts only while the film moves: a room that waits for its guests keeps the token in sight.
local function time_card(moves)
    if page == "card" and moves then card_timer:resume() else card_timer:stop() end
end

open = function(name)
    page, remarks_back = name, 0
    keys.hold(keys_of_page())
    names = keys.current()
    card_timer:kill()
    time_card(not mp.get_property_bool("core-idle", true))
    redraw()
    publish.set("page", page or "none")
    tell("page", page or "none")
end

local function toggle(name) open(page ~= name and name or nil) end

card_timer = mp.add_timeout(set.card_seconds, function()
    if page == "card" then open(nil) end
end)
card_timer:kill()

options.on_change(function(changed)
    if not changed.card_seconds then return end
    card_timer:kill()
    card_timer.timeout = set.card_seconds
    time_card(not mp.get_property_bool("core-idle", true))
end)

mp.observe_property("core-idle", "bool", function(_, idle) time_card(idle == false) end)

-- What just happened

local feed_timer

local function age_feed()
    local now, next_end = mp.get_time(), nil
    for index = #entries, 1, -1 do
        local entry = entries[index]
        if entry.ends <= now then
            table.remove(entries, index)
        else
            next_end = math.min(next_end or entry.ends, entry.ends)
        end
    end
    if feed_timer then feed_timer:kill() end
    feed_timer = next_end and mp.add_timeout(next_end - now + 0.01, age_feed)
    local texts = {}
    for _, entry in ipairs(entries) do texts[#texts + 1] = entry.text end
    publish.set("feed", texts)
    redraw()
end

local function add(entry, seconds)
    -- The same again stays longer instead of standing there twice.
    for index, other in ipairs(entries) do
        if other.text == entry.text and other.name == entry.name then
            table.remove(entries, index)
            break
        end
    end
    entry.ends = mp.get_time() + seconds
    entries[#entries + 1] = entry
    while #entries > feed.MOST do table.remove(entries, 1) end
    age_feed()
end

local function is_quiet() return mp.get_property_number("osd-level", 1) == 0 end

local function notice(sentence)
    if not set.notices or is_quiet() then return end
    add({text = text.clean(sentence)}, set.notice_seconds)
end

-- What the program says

mp.register_script_message("set-token", function(word, rows, when)
    token, code = word, card.rows(rows or "")
    if when == "now" then open("card") else redraw() end
end)

mp.register_script_message("set-state", function(json)
    if json == room_text then return end
    room_text, room = json, state.read(utils.parse_json(json))
    publish.set("room", room)
    publish.set("cost-ms", usual_cost() or 0)
    uosc.offer_button(#room.viewers)
    if (room.wait or room.start) and not next(names) then names = keys.current() end
    redraw()
end)

mp.register_script_message("show-notice", notice)

-- An mpv that was open before the room goes on without this script.
mp.register_script_message("room-over", function()
    publish.clear()
    mp.keep_running = false
end)

mp.register_script_message("show-chat", function(name, words)
    local remark = {name = text.clean(name), text = text.clean(words)}
    remarks[#remarks + 1] = remark
    if #remarks > talk.MOST then table.remove(remarks, 1) end
    -- What is being read stays where it is.
    if remarks_back > 0 then remarks_back = talk.scrolled(remarks, remarks_back, 1) end
    if set.chat and not is_quiet() then
        add({name = remark.name, text = remark.text, is_chat = true}, set.chat_seconds)
    end
    redraw()
end)

mp.register_script_message("show-reaction", function(name, reaction)
    if not set.reactions or is_quiet() or not icons[reaction] then return end
    add({name = text.clean(name), reaction = reaction, text = reaction}, set.notice_seconds)
end)

-- What keys and other scripts ask for

local function say(words)
    if words and words:find("%S") then tell("say", text.clean(words)) end
end

local function copy_token()
    if not token then return end
    clipboard.copy(token, function(copied, needed)
        notice(copied and "The token is copied" or "Copying needs the program " .. needed)
    end)
end

local function menu()
    if not uosc.open_menu(keys.actions, keys.current()) then toggle("help") end
end

mp.register_script_message("say", say)
mp.register_script_message("uosc-version", function() uosc.offer_button(#room.viewers, true) end)

keys.bind({
    token = function() if token then toggle("card") end end,
    ["copy-token"] = copy_token,
    peers = function() toggle("peers") end,
    talk = function() toggle("talk") end,
    stats = function() toggle("stats") end,
    help = function() toggle("help") end,
    chat = function() input.write(say) end,
    react = function(name)
        if name then tell("react", name) else
            input.choose_reaction(function(chosen) tell("react", chosen) end)
        end
    end,
    ready = function() tell("ready") end,
    ["skip-wait"] = function() tell("skip-wait") end,
    ["undo-seek"] = function() tell("undo-seek") end,
    menu = menu,
})
taken.bind(keys.commands(), tell)

-- Scripts that began after this one have bound their keys by then.
local function look_again()
    mp.unregister_event(look_again)
    keys.bind_again()
end
mp.register_event("file-loaded", look_again)

-- Who looks for the controls wants to see what is there.
mp.observe_property("mouse-pos", "native", function()
    local before = wants_bar()
    pointer_moved_at = mp.get_time()
    if not before and wants_bar() then
        redraw()
        mp.add_timeout(POINTER_SECONDS + 0.05, redraw)
    end
end)
mp.observe_property("pause", "bool", function(_, paused)
    is_paused = paused == true
    redraw()
end)

mp.flush_keybindings()
publish.set("page", "none")
publish.set("input", "none")
tell("ready", mp.get_script_name())

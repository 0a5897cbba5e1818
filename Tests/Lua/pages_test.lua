-- What stands where: every page in windows of many shapes, with rooms of all kinds.

local check = require "check"

local banner = require "banner"
local bar = require "bar"
local canvas = require "canvas"
local card = require "card"
local feed = require "feed"
local help = require "help"
local icons = require "icons"
local editor = require "editor"
local people = require "people"
local prompt = require "prompt"
local state = require "state"
local stats = require "stats"
local talk = require "talk"

local equal, is_true, contains = check.equal, check.is_true, check.contains

-- Rooms

local function viewers(count, name)
    local list = {}
    for index = 1, count do
        list[index] = {
            name = name or "viewer " .. index, me = index == 2, host = index == 1,
            buffered = index, error_ms = index * 30 - 90, offset_ms = -12345, rtt_ms = 40,
            correction = 0.001, down = 1e6 * index, up = 1e5, ready = index % 2 == 0,
            stalled = index == 3, headless = index == 4,
            link = index == 5 and "relayed" or "direct",
        }
    end
    return list
end

local rooms = {
    state.read(nil),
    state.read({film = "film.mkv", viewers = viewers(4)}),
    state.read({
        film = "film.mkv", viewers = viewers(64), wait = {names = {"Bo"}, buffered = 1, needed = 2},
        download = {have = 1, total = 9, parts = "9810"},
    }),
    state.read({viewers = viewers(3), start = {ready = 1, all = 3}}),
}
for _, hostile in ipairs(check.hostile) do
    rooms[#rooms + 1] = state.read({
        film = hostile, viewers = viewers(3, hostile), wait = {names = {hostile}, left = 3}})
end

local token = "pw_" .. ("x"):rep(125)
local code = {}
for row = 1, 41 do code[row] = ("10"):rep(20) .. row % 2 end
local actions = {}
for index = 1, 12 do actions[index] = {name = "action" .. index, words = "do something"} end
local keys = {token = "y", ["copy-token"] = "Ctrl+y", ["skip-wait"] = "n", ready = "k"}
keys.action1 = "a"

local function remarks(words)
    local list = {}
    for index = 1, 30 do list[index] = {name = words, text = index .. words} end
    return list
end

-- Pages, each returns its left and lower edge

local pages = {
    card = function(surface, room)
        return card.draw(surface, token, code, state.others(room), keys)
    end,
    people = function(surface, room) return people.draw(surface, room) end,
    stats = function(surface, room) return stats.draw(surface, room, 0.3) end,
    help = function(surface) return help.draw(surface, actions, keys) end,
    talk = function(surface, room)
        return talk.draw(surface, remarks(room.film or "hello"), "c")
    end,
}

-- Where every event says that it stands.
local function positions(surface)
    local found = {}
    for event in surface:data():gmatch("[^\n]+") do
        local x, y = event:match("\\pos%(([-%d.]+),([-%d.]+)%)")
        found[#found + 1] = {tonumber(x), tonumber(y), event}
    end
    return found
end

local function expect_inside(name, surface)
    for _, place in ipairs(positions(surface)) do
        is_true(name .. " is inside the window: " .. place[3]:sub(1, 60), place[1] >= 0
            and place[2] >= 0 and place[1] <= surface.width and place[2] <= surface.height)
    end
end

local function expect_no_markup(name, surface)
    for event in surface:data():gmatch("[^\n]+") do
        is_true(name .. " is lines", not event:find("[%c]"))
        -- One group of tags in front; a shape has its own around the path.
        local rest = event:gsub("^{[^}]*\\p1}[^{]*{\\p0}$", ""):gsub("^{[^}]*}", "")
        equal(name .. " has no other tags", (" " .. rest):find("[^\\]{"), nil)
    end
end

local windows = {
    {width = 1280, height = 720}, {width = 1920, height = 1080}, {width = 3840, height = 2160},
    {width = 640, height = 360}, {width = 400, height = 900}, {width = 2560, height = 1080},
    {width = 1280, height = 720, margins = {l = 0, r = 0.1, t = 0.05, b = 0.12}},
    {width = 1920, height = 1080, scale = 2}, {width = 1920, height = 1080, density = 1},
    {width = 160, height = 90}, {width = 1152, height = 720}, {width = 960, height = 720},
    {width = 1280, height = 720, scale = 3.6},
}

-- What is written or chosen: draws it and returns its upper and its right edge.
local inputs = {
    nothing = function() end,
    line = function(surface)
        local line = editor.new(500)
        line:insert("hello")
        return prompt.draw(surface, line)
    end,
    reactions = prompt.draw_reactions,
}

local function try_page(name, draw, window, room, input)
    local surface = canvas.new(window)
    local taken = banner.draw(surface, room, keys)
    if taken > 0 then surface:take_top(taken + 12) end
    local above, right = inputs[input](surface)
    if above then surface:take_corner(above, right) end
    local left, bottom = draw(surface, room)
    name = name .. " with " .. input .. " at " .. window.width .. "x" .. window.height
    is_true(name .. " does not leave the window", left >= 0)
    is_true(name .. " leaves the controller its place", bottom <= surface.bottom + 0.01)
    if above and left < right then
        is_true(name .. " ends above what is written", bottom <= above)
    end
    local events = #surface.events
    feed.draw(surface, {{name = "Bo", text = ("hello "):rep(40)}}, surface:feed_place(left, bottom))
    is_true(name .. " leaves the newest a place", #surface.events > events)
    expect_inside(name, surface)
    expect_no_markup(name, surface)
end

for _, window in ipairs(windows) do
    for number, room in ipairs(rooms) do
        for name, draw in pairs(pages) do
            try_page(name, draw, window, room, number % 2 == 0 and "line" or "nothing")
            -- What people are called does not change where what is chosen stands.
            if number <= 4 then try_page(name, draw, window, room, "reactions") end
        end
    end
end

-- The canvas

local surface = canvas.new({width = 1920, height = 1080})
equal("it is 720 high", surface.height, 720)
equal("and has the window's shape", surface.width, 1280)
equal("an edge is where a pixel begins", surface:snap(10.3) * surface.unit % 1, 0)
surface = canvas.new({width = 1920, height = 1080, margins = {l = 0.1, r = 0, t = 0.1, b = 0.2}})
equal("a margin at the left is kept free", surface.left, 128 + 24)
equal("one at the top too", surface.top, 72 + 24)
equal("and one at the bottom", surface.bottom, 720 - 144 - 24)
is_true("a name has one colour", canvas.color_of("Ana") == canvas.color_of("Ana"))

-- The card

local lines, size = card.token_lines(token)
equal("a token keeps its characters", table.concat(lines), token)
equal("a usual token has four lines", #lines, 4)
is_true("lines are as equal as can be", #lines[1] - #lines[4] <= 4)
equal("no token has no lines", #card.token_lines(""), 0)
local long_lines, long_size = card.token_lines(("x"):rep(787))
is_true("the longest token is smaller", long_size < size)
is_true("and still fits", #long_lines * long_size * 1.22 <= 270)
equal("a square of digits is a picture", #card.rows("101 010 111"), 3)
equal("anything else is none", #card.rows("101 010 11x"), 0)
equal("nor is what is no square", #card.rows("101 010"), 0)

surface = canvas.new({width = 1280, height = 720})
card.draw(surface, token, {"110", "011", "001"}, {"{\\p1}evil"}, keys)
contains("the card shows the token", surface:data(), lines[2])
contains("and who is here", surface:data(), "With \\{\\\226\129\160p1}evil")
contains("and its keys", surface:data(), "Ctrl+y")
local unit = 252 / 11
local pixels = math.floor(unit)
contains("dark squares side by side are one", surface:data(),
    string.format("l %.3f %.3f", pixels * 6, pixels * 4))

surface = canvas.new({width = 1280, height = 720})
local _, still = card.draw(surface, token, code, {}, keys)
surface = canvas.new({width = 1280, height = 720})
surface:take_top(banner.draw(surface, {wait = {names = {"Bo"}, left = 3}}, keys) + 12)
local _, moved = card.draw(surface, token, code, {}, keys)
equal("the card stands still below the banner", moved, still)

-- The keys

surface = canvas.new({width = 1280, height = 720})
help.draw(surface, {{name = "x", words = "do something"}}, {x = "Shift+Ctrl+Alt+F12"})
local words_at = surface:data():match("pos%(([%d.]+),[%d.]+%)[^\n]*do something")
local key_at = surface:data():match("pos%(([%d.]+),[%d.]+%)[^\n]*F12")
local key_wide = surface:key_width("Shift+Ctrl+Alt+F12", 19)
is_true("words begin behind the longest key", tonumber(words_at) > key_at + key_wide / 2)

-- The chat

local long = {}
for index = 1, 60 do long[index] = {name = "Bo", text = "line " .. index} end
equal("scrolling ends at the newest", talk.scrolled(long, 2, -5), 0)
equal("and at the oldest", talk.scrolled(long, 50, 20), 59)
surface = canvas.new({width = 1280, height = 720})
talk.draw(surface, long, "c", 10)
contains("what is scrolled to is there", surface:data(), "line 50")
check.lacks("what is newer is not", surface:data(), "line 51")

-- The banner

local wait = {names = {"Ana"}, buffered = 0.42, needed = 3, left = 12, skip = true}
local head, line = banner.wait_lines(wait, "n")
equal("for whom", head, "Waiting for Ana")
equal("how long", line,
    "0.4 s buffered  ·  enough in about 3 s  ·  going on in 12 s  ·  n goes on now")
head, line = banner.wait_lines({names = {"Ana", "Bo"}}, "n")
equal("for two", head, "Waiting for Ana and Bo")
equal("nothing more is known", line, "")
equal("a countdown", (banner.start_lines({countdown = 3})), "Starting in 3")
equal("how many", (banner.start_lines({ready = 1, all = 3}, "k")), "1 of 3 ready")
equal("this user too", (banner.start_lines({ready = 1, all = 3, mine = true}, "k")),
    "You are ready")

-- The bar

local runs = bar.runs("99310")
equal("verified, begun, missing", #runs, 3)
equal("from the start", runs[1].first, 0)
equal("to where it ends", runs[1].last, 0.4)
equal("begun is fainter", runs[2].kind, 1)
equal("nothing is nothing", #bar.runs(""), 0)

-- The feed

surface = canvas.new({width = 1280, height = 720})
local entries = {
    {text = "first"}, {name = "Bo", text = "second"}, {name = "Cy", reaction = "heart"},
}
feed.draw(surface, entries, surface:feed_place())
local first, second = surface:data():find("first", 1, true), surface:data():find("second", 1, true)
is_true("all are drawn", first ~= nil and second ~= nil)
contains("a reaction is a picture", surface:data(), icons.heart[1].path)
surface = canvas.new({width = 1280, height = 720})
feed.draw(surface, entries, surface.bottom - 60, surface.bottom, canvas.FEED_WIDTH)
is_true("the newest stays where there is little room", not surface:data():find("second", 1, true))
surface = canvas.new({width = 1280, height = 720})
feed.draw(surface, {{name = "Bo", text = ("many words "):rep(40)}}, surface.bottom - 60,
    surface.bottom, canvas.FEED_WIDTH)
contains("and is cut where it would not fit", surface:data(), "…")
surface = canvas.new({width = 960, height = 720})
local _, _, most = surface:feed_place(416, 600)
equal("beside a page the feed is as wide as there is room", most, 416 - 12 - 24)

-- The prompt

local written = editor.new(500)
written:insert(("wide "):rep(60))
local measures = 0
local function measure(s)
    measures = measures + 1
    return #s * 10
end
local before, after, offset = prompt.visible(written, 300, measure)
equal("what is before the cursor fits", #before, 30)
equal("the cursor is behind it", offset, 300)
equal("nothing follows", after, "")
is_true("only what is shown is measured", measures <= 40)
measures, written.cursor = 0, 150
before, after, offset = prompt.visible(written, 300, measure)
is_true("something follows a cursor in the middle", #after >= 7)
equal("and the rest is before it", #before, 23)
equal("as wide as that", offset, 230)
is_true("and no more is measured", measures <= 60)
written:home()
before, after, offset = prompt.visible(written, 300, measure)
equal("at the start there is nothing before the cursor", before .. offset, "0")
equal("and what fits behind it, but for a part", #after, 31)
surface = canvas.new({width = 1280, height = 720})
is_true("the line stands above the controller", (prompt.draw(surface, written)) < surface.bottom)
is_true("and so do the reactions", (prompt.draw_reactions(surface)) < surface.bottom)
expect_inside("input", surface)

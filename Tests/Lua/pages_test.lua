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
    for _, event in ipairs(surface.events) do
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
    for _, event in ipairs(surface.events) do
        is_true(name .. " is lines", not event:find("[%c]"))
        -- One group of tags in front; a shape has its own around the path.
        local rest = event:gsub("^{[^}]*}", "")
        if rest:find("{\\p0}$") then rest = rest:gsub("^{[^{]*\\p1}[^{]*{\\p0}$", "") end
        equal(name .. " has no other tags", (" " .. rest):find("[^\\]{"), nil)
    end
end

local windows = {
    {width = 1280, height = 720}, {width = 1920, height = 1080}, {width = 3840, height = 2160},
    {width = 640, height = 360}, {width = 400, height = 900}, {width = 2560, height = 1080},
    {width = 1280, height = 720, margins = {l = 0, r = 0.1, t = 0.05, b = 0.12}},
    {width = 1920, height = 1080, scale = 2}, {width = 1920, height = 1080, density = 1},
    {width = 160, height = 90},
}

for _, window in ipairs(windows) do
    for _, room in ipairs(rooms) do
        local shape = window.width .. "x" .. window.height
        for name, draw in pairs(pages) do
            local surface = canvas.new(window)
            local taken = banner.draw(surface, room, keys)
            if taken > 0 then surface:take_top(taken + 12) end
            local left, bottom = draw(surface, room)
            name = name .. " at " .. shape
            is_true(name .. " does not leave the window", left >= 0)
            is_true(name .. " leaves the controller its place", bottom <= surface.bottom)
            expect_inside(name, surface)
            expect_no_markup(name, surface)
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
feed.draw(surface, entries, surface.bottom, surface.top)
local first, second = surface:data():find("first", 1, true), surface:data():find("second", 1, true)
is_true("all are drawn", first ~= nil and second ~= nil)
contains("a reaction is a picture", surface:data(), icons.heart[1].path)
surface = canvas.new({width = 1280, height = 720})
feed.draw(surface, entries, surface.bottom, surface.bottom - 60)
is_true("the newest stays where there is little room", not surface:data():find("second", 1, true))

-- The prompt

local written = editor.new(500)
written:insert(("wide "):rep(60))
local before, after = prompt.visible(written, 300, function(s) return #s * 10 end)
equal("what is before the cursor fits", #before, 30)
equal("nothing is behind it", after, "")
surface = canvas.new({width = 1280, height = 720})
is_true("the line stands above the controller", prompt.draw(surface, written) < surface.bottom)
is_true("and so do the reactions", prompt.draw_reactions(surface) < surface.bottom)
expect_inside("input", surface)

-- Who is shown where there is not room for all, and how much is drawn anew.

local check = require "check"

local ass = require "ass"
local canvas = require "canvas"
local people = require "people"
local state = require "state"

local equal, is_true, lacks = check.equal, check.is_true, check.lacks

local function names(viewers)
    local list = {}
    for _, viewer in ipairs(viewers) do list[#list + 1] = viewer.name end
    return table.concat(list, " ")
end

local room = state.read({viewers = {
    {name = "well"}, {name = "off", error_ms = 90}, {name = "far-off", error_ms = -400},
    {name = "dry", runs_dry = 3}, {name = "fine"}, {name = "stalled", stalled = true},
    {name = "lost", link = "lost"}, {name = "me", me = true},
}})
equal("where all fit they come as they are", people.shown(room.viewers, 8), room.viewers)
equal("else whoever has trouble comes first, and this user is there",
    names(people.shown(room.viewers, 6)), "lost stalled dry far-off off me")
equal("then the others, in the roster's order", names(people.shown(room.viewers, 7)),
    "lost stalled dry far-off off well me")
equal("this user has the only row", names(people.shown(room.viewers, 1)), "me")

-- Drawing

local function six(number)
    local viewers = {}
    for index = 1, 6 do
        viewers[index] = {
            name = "viewer " .. index, host = index == 1, me = index == 2, buffered = number,
            error_ms = number * 3, down = number * 1e5, up = number * 2e5,
        }
    end
    return state.read({viewers = viewers})
end

local looks, texts = 0, 0
local look, text = ass.look, ass.text
ass.look = function(...)
    looks = looks + 1
    return look(...)
end
ass.text = function(...)
    texts = texts + 1
    return text(...)
end

local function drawn(number)
    looks, texts = 0, 0
    local surface = canvas.new({width = 1280, height = 720})
    people.draw(surface, six(number))
    return surface
end

drawn(6.1)
drawn(7.2)
equal("numbers need no style that is not there", looks, 0)
equal("and only they are drawn anew", texts, 6 * 4)
drawn(8.3)
equal("each time", texts, 6 * 4)
ass.look, ass.text = look, text

local marked = canvas.new({width = 1280, height = 720})
people.draw(marked, state.read({viewers = {{name = "z" .. ("\204\129"):rep(60)}}}))
local top, bottom = marked:data():match("\\clip%([%d.]+,([%d.]+),[%d.]+,([%d.]+)%)")
is_true("marks do not reach the row above", bottom - top <= 28)

local data = drawn(9):data()
lacks("what is drawn again is what it was", data, "reconnecting")
room = six(9)
room.viewers[3].link = "lost"
local surface = canvas.new({width = 1280, height = 720})
people.draw(surface, room)
check.contains("but for what has changed", surface:data(), "reconnecting")

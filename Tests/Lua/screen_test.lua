-- How much mpv is asked to measure: strangers choose the characters.

local check = require "check"
local mp = require "fake_mp"

local canvas = require "canvas"
local feed = require "feed"
local screen = require "screen"
local text = require "text"

local equal, is_true = check.equal, check.is_true

-- How often mpv measures to draw what somebody writes.
local function measured_for(words)
    local before = mp.measured
    local surface = canvas.new({width = 1280, height = 720})
    screen.lend_ruler(surface)
    feed.draw(surface, {{name = "Eve", text = words}}, surface:feed_place())
    return mp.measured - before, surface
end

local function characters(first, count)
    local codes = {}
    for index = 1, count do codes[index] = first + index - 1 end
    return text.join(codes)
end

-- Characters of ASCII are few and measured at once; here those of the name and of an ellipsis.
measured_for("plain words")
is_true("160 unseen syllables are measured once", measured_for(characters(0xAC00, 160)) <= 3)
equal("and others not at all", measured_for(characters(0xAC00 + 500, 160)), 0)
is_true("so are ideographs", measured_for(characters(0x4E00, 160)) <= 2)
equal("others, too", measured_for(characters(0x5E00, 160)), 0)
is_true("and what has no meaning", measured_for(characters(0xE000, 160)) <= 2)
is_true("letters of an alphabet are measured a few at a time",
    measured_for(characters(0x430, 32)) <= 8)
is_true("rare ones even fewer", measured_for(characters(0x905, 50)) <= 2)
is_true("the others later", measured_for(characters(0x905, 50)) > 0)
for _ = 1, 30 do measured_for(characters(0x905, 50)) end
equal("and each once", measured_for(characters(0x905, 50)), 0)

local all = 0
for block = 1, 400 do all = all + measured_for(characters(0x1200 + block * 16, 16)) end
is_true("an evening measures only so many", all <= 400)
is_true("what is not measured has a width", canvas.new({width = 1280, height = 720})
    :text_width(characters(0x2500, 5), 20) > 0)

-- Showing

local _, surface = measured_for("hello")
is_true("what is new is shown", screen.show(surface))
is_true("and not again", not screen.show(surface))
is_true("the line by itself", screen.show_line(surface))
is_true("nothing takes it away", screen.show_line(nil))
is_true("once", not screen.show_line(nil))

-- What stays the same is not handed over with what changes.
local function with_number(number)
    local drawn = canvas.new({width = 1280, height = 720})
    drawn:piece("test", 0, "same", function(self) self:text(0, 0, "frame", {}) end)
    drawn:text(0, 20, tostring(number), {})
    return drawn
end
screen.show(with_number(1))
local before = mp.updates
screen.show(with_number(2))
equal("a number is handed over alone", mp.updates - before, 1)

-- Which commands of mpv's mean something else in a room.

local check = require "check"

require "fake_mp"
local taken = require "taken"

local equal = check.equal

equal("a step", taken.meaning("frame-step"), "frame-step")
equal("a step in two words", taken.meaning("frame-step 1 play"), "frame-step")
equal("the next film", taken.meaning("playlist-next"), "next")
equal("the film before", taken.meaning("playlist-prev weak"), "previous")
equal("behind prefixes", taken.meaning("no-osd async playlist-next force"), "next")
equal("a step back is a seek", taken.meaning("frame-back-step"), nil)
equal("a script's own", taken.meaning("script-binding x/frame-step"), nil)
equal("longer words", taken.meaning("playlist-next-playlist"), nil)
equal("a pause", taken.meaning("cycle pause"), nil)
equal("the first of several", taken.meaning("playlist-next; show-text hi"), "next")
equal("the last of several", taken.meaning("show-text hi ; no-osd frame-step"), "frame-step")
equal("what is quoted is no command", taken.meaning('show-text "a; playlist-next"'), nil)
equal("in either quotes", taken.meaning("show-text 'a; playlist-next'"), nil)

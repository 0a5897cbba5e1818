-- Nothing that is typed reaches mpv or the room while a line is written or a feeling is chosen.

local check = require "check"
local mp = require "fake_mp"

local input = require "input"

local equal, is_true = check.equal, check.is_true

for _, key in ipairs({"a", "SPACE", "Shift+LEFT", "PGUP", "KP_DEC", "Shift+Ctrl+LEFT", "F8"}) do
    is_true(key .. " is typed", input.is_typed(key))
end
for _, key in ipairs({"MBTN_LEFT", "Ctrl+WHEEL_UP", "CLOSE_WIN", "PLAYPAUSE", "VOLUME_UP"}) do
    is_true(key .. " is not", not input.is_typed(key))
end

local bound = {
    "PGUP", "Shift+PGDWN", "Shift+Ctrl+LEFT", "Alt+LEFT", "Ctrl+DEL", "TAB", "Shift+BS", "q",
    "Shift+Ctrl+BS", "F8", "Ctrl+q", "Shift+HOME",
}
for _, key in ipairs(bound) do mp.foreign(key, "default", "seek 5") end
mp.foreign("MBTN_LEFT", "default", "ignore")
mp.foreign("PGDWN", "input_forced_peerwatch", "script-binding peerwatch/page-2")

local function press(key, event) mp.binding_of(key).act(event) end

local said
input.write(function(line) said = line end)
equal("a line is open", input.open, "line")
for _, key in ipairs(bound) do
    is_true(key .. " is taken", mp.binding_of(key) ~= nil)
end
is_true("so is what mpv does not know", mp.binding_of("UNMAPPED") ~= nil)
equal("the mouse is not", mp.binding_of("MBTN_LEFT"), nil)
equal("nor are the keys of an open page", mp.binding_of("PGDWN"), nil)
press("any_unicode", {event = "down", key_text = "a"})
press("any_unicode", {event = "repeat", key_text = "b"})
press("any_unicode", {event = "up", key_text = "b"})
press("KP_DEC")
press("KP7")
press("PGUP")
press("Shift+LEFT")
press("Shift+SPACE")
equal("what writes is written", input.editor:line(), "ab. 7")
press("ENTER")
equal("and sent", said, "ab. 7")
equal("then all keys are free", mp.binding_of("q"), nil)

local chosen = "none"
input.choose_reaction(function(name) chosen = name end)
press("q")
equal("another key chooses nothing", chosen, "none")
equal("and closes", input.open, nil)
input.choose_reaction(function(name) chosen = name end)
press("KP2")
equal("a digit chooses", chosen, "laugh")
equal("and gives the keys back", mp.binding_of("1"), nil)
mp.properties["input-bindings"] = nil

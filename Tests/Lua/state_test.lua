-- What the program says: any table becomes a room that can be drawn.

local check = require "check"
local state = require "state"

local equal = check.equal

for _, fields in ipairs({
    false, 3, "x", {viewers = 3}, {viewers = {3, "x", false}},
    {wait = {}, start = 3, download = {}},
    {wait = {names = {}}}, {download = {total = 0}}, {download = {total = "x", have = {}}},
}) do
    local room = state.read(fields)
    equal("no viewers", #room.viewers, 0)
    equal("no wait", room.wait, nil)
    equal("no start", room.start, nil)
    equal("no download", room.download, nil)
end
equal("nothing is a room too", #state.read(nil).viewers, 0)

local room = state.read({
    film = "a\nb",
    viewers = {
        {name = "Ana", me = true, host = true, buffered = 3, ready = false, link = "direct"},
        {name = 7, link = "sideways", buffered = "x", error_ms = 0 / 0, ready = "yes"},
        {name = "Bo\0", ready = true, link = "lost"},
    },
    wait = {names = {"Bo", 3}, buffered = 0.4, left = 12},
    start = {ready = 1, all = 3},
    download = {have = 20, total = 10, parts = "09x"},
})
equal("a name of a film is one line", room.film, "a b")
equal("all viewers are there", #room.viewers, 3)
equal("one is asked and not ready", room.viewers[1].asked and not room.viewers[1].ready, true)
equal("a name that is none", room.viewers[2].name, "?")
equal("a link that is none", room.viewers[2].link, "direct")
equal("a number that is none", room.viewers[2].buffered, nil)
equal("not-a-number", room.viewers[2].error, nil)
equal("a word for a flag", room.viewers[2].asked, false)
equal("a name is one line", room.viewers[3].name, "Bo ")
equal("a lost link", room.viewers[3].link, "lost")
equal("for whom", table.concat(room.wait.names, "/"), "Bo/?")
equal("no more than all", room.download.have, 10)
equal("parts are digits", room.download.parts, "")
equal("the others", table.concat(state.others(room), "/"), "?/Bo ")

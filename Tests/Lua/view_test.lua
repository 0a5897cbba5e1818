-- Tests of the script's pure parts, with plain Lua: lua Tests/Lua/view_test.lua. Exit status 1 when
-- one fails.

package.path = "Sources/MpvPlayer/Resources/peerwatch/?.lua;" .. package.path

local ass = require "ass"
local view = require "view"

local failures = 0

local function equal(name, actual, expected)
    if actual == expected then return end
    failures = failures + 1
    print(string.format("%s\n  expected: %s\n  actual:   %s", name, expected, actual))
end

local function contains(name, text, part)
    equal(name, text:find(part, 1, true) ~= nil, true)
end

local JOINER = "\226\129\160"
equal("plain text stays", ass.escape("Ana – 漢字"), "Ana – 漢字")
equal("a brace opens no tag", ass.escape("{\\an8}x"), "\\{\\" .. JOINER .. "an8}x")
equal("a backslash is none of libass", ass.escape("a\\Nb"), "a\\" .. JOINER .. "Nb")
equal("a line break is a space", ass.escape("a\r\nb\tc"), "a  b c")
contains("a colour is written backwards",
    ass.style({at = {1, 2}, color = "102030"}), "\\1c&H302010&")
contains("text is escaped", ass.text({at = {0, 0}}, "{"), "}\\{")

equal("nobody", view.names({}), "")
equal("one", view.names({"Ana"}), "Ana")
equal("two", view.names({"Ana", "Bo"}), "Ana and Bo")
equal("three", view.names({"Ana", "Bo", "Cy"}), "Ana, Bo and Cy")
equal("more", view.names({"Ana", "Bo", "Cy", "Di"}), "Ana, Bo and 2 more")

local token = "pw_" .. ("x"):rep(125)
local lines = view.token_lines(token)
equal("a token keeps its characters", table.concat(lines), token)
equal("a token has few lines", #lines, 3)
equal("lines are as equal as can be", #lines[1] - #lines[3] <= 2, true)
equal("no token has no lines", #view.token_lines(""), 0)

for _, size in ipairs({{1280, 720}, {3840, 2160}, {640, 480}, {400, 900}}) do
    local width, height = view.canvas(size[1], size[2])
    equal("the canvas has the window's shape", string.format("%.3f", width / height),
        string.format("%.3f", size[1] / size[2]))
    equal("the card fits", width >= 700 and height >= 720, true)
end

local card = table.concat(view.card(token, {"{\\p1}evil"}, "y", 1280), "\n")
contains("the card shows the token", card, lines[2])
contains("the card shows who is here", card, "Watching with \\{\\" .. JOINER .. "p1}evil")
contains("the card names its key", card, "Ctrl+y")

local notices = view.notices({"first", "second"}, 720)
contains("older notices stand higher", notices[1], "\\pos(28.0,554.0)")
contains("the newest notice stands lowest", notices[2], "\\pos(28.0,590.0)")

print(failures == 0 and "all passed" or failures .. " failed")
os.exit(failures == 0 and 0 or 1)

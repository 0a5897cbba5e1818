-- Runs the tests of the script's pure parts with plain Lua: lua5.2 Tests/Lua/run.lua, from the top
-- of the project. Exit status 1 when one fails.

package.path = "Tests/Lua/?.lua;Sources/MpvPlayer/Resources/peerwatch/?.lua;" .. package.path

local check = require "check"

for _, name in ipairs({"text", "ass", "editor", "state", "taken", "words", "pages",
    "people", "screen", "keys", "input", "uosc"}) do
    require(name .. "_test")
end

print(check.failures == 0 and string.format("all %d checks passed", check.count)
    or string.format("%d of %d checks failed", check.failures, check.count))
os.exit(check.failures == 0 and 0 or 1)

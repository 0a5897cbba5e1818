-- Text from strangers: cleaned, measured, cut, wrapped.

local check = require "check"
local text = require "text"

local equal, is_true = check.equal, check.is_true

local REPLACED = "\239\191\189"

equal("plain text stays", text.clean("Ana – 漢字 🎬"), "Ana – 漢字 🎬")
equal("a line break is a space", text.clean("a\r\nb\tc\0d"), "a  b c d")
equal("a line separator is a space", text.clean("a\226\128\168b"), "a b")
equal("a byte that is none is replaced", text.clean("a\255b"), "a" .. REPLACED .. "b")
equal("an overlong form is replaced", text.clean("\192\128"), REPLACED .. REPLACED)
equal("half a character is replaced", text.clean("\226\130"), REPLACED)
equal("half a character eats nothing", text.clean("\226\130a"), REPLACED .. "a")
equal("a surrogate is replaced", text.clean("\237\160\128"), REPLACED)
equal("what is beyond Unicode is replaced", text.clean("\244\144\128\128"), REPLACED)
equal("a mark that turns text is gone", text.clean("a\226\128\174b"), "ab")
equal("text that runs to the left stays", text.clean("שלום"), "שלום")

for _, hostile in ipairs(check.hostile) do
    local clean = text.clean(hostile)
    equal("clean text is clean", text.clean(clean), clean)
    equal("code points come back", text.join(text.codes(clean)), clean)
    is_true("has no line break", not clean:find("[%c]"))
    is_true("has a width", text.width(hostile, 20) >= 0)
    local fitted = text.fit(clean, 20, 200)
    is_true("what is fitted fits", text.width(fitted, 20) <= 200)
    for _, line in ipairs(text.wrap(clean, 20, 200, 3)) do
        is_true("a line fits", text.width(line, 20) <= 200)
    end
    is_true("there are no more lines than asked for", #text.wrap(clean, 20, 200, 3) <= 3)
end

equal("what fits stays", text.fit("Ana", 20, 100), "Ana")
equal("what does not is cut", text.fit("Anastasia the Great", 20, 100), "Anastasi…")
equal("no space before the ellipsis", text.fit("Anasta sia", 20, 90), "Anasta…")

local function wrapped(s, width, most) return table.concat(text.wrap(s, 20, width, most), "|") end
equal("a short text is one line", wrapped("one two", 300), "one two")
equal("lines break at spaces", wrapped("one two three four five", 120), "one two|three four|five")
equal("long words break", wrapped(("w"):rep(12), 100), "wwwwww|wwwwww")
equal("wide characters break anywhere", wrapped("漢字漢字漢字", 80), "漢字漢字|漢字")
equal("the last line tells of more", wrapped("one two three four five", 120, 2),
    "one two|three four f…")
equal("nothing has no lines", #text.wrap("", 20, 100), 0)
equal("marks take no room", text.width("e\204\129", 20), text.width("e", 20))

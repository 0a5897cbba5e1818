-- The line that is written in the window.

local check = require "check"
local editor = require "editor"
local text = require "text"

local equal = check.equal

local function typed(s, limit)
    local line = editor.new(limit or 500)
    line:insert(s)
    return line
end

-- The line with a bar where the cursor is.
local function seen(line)
    return text.join(line.codes, 1, line.cursor) .. "|" .. text.join(line.codes, line.cursor + 1)
end

local line = typed("Grüße")
equal("what is typed stands there", seen(line), "Grüße|")
line:left()
line:left()
line:insert("漢")
equal("text goes in at the cursor", seen(line), "Grü漢|ße")
line:backspace()
equal("backspace takes what is before", seen(line), "Grü|ße")
line:delete()
equal("delete takes what is behind", seen(line), "Grü|e")
line:home()
line:left()
line:backspace()
equal("nothing is before the start", seen(line), "|Grüe")
line:end_()
line:right()
line:delete()
equal("nothing is behind the end", seen(line), "Grüe|")

line = typed("e\204\129x")
line:left()
line:left()
equal("a mark goes with its letter", seen(line), "|e\204\129x")
line:delete()
equal("and leaves with it", seen(line), "|x")

line = typed("one two  three")
line:word_left()
equal("a word back", seen(line), "one two  |three")
line:delete_word()
equal("a word less", seen(line), "one |three")
line:word_right()
equal("a word on", seen(line), "one three|")
line:home()
line:right()
line:delete_to_end()
equal("the rest is gone", seen(line), "o|")
line:delete_to_start()
equal("and the front", seen(line), "|")

equal("the limit is in bytes", typed("ééé", 5):line(), "éé")
equal("what is pasted is one line", typed("a\nb"):line(), "a b")
for _, hostile in ipairs(check.hostile) do
    line = typed(hostile)
    check.is_true("whatever is typed, the limit holds", #line:line() <= 500)
    for _ = 1, 600 do line:left() end
    equal("and the start is reached", line.cursor, 0)
    for _ = 1, 600 do line:right() end
    equal("and the end", line.cursor, #line.codes)
end

line = editor.new(500, {"first", "second"})
line:insert("draft")
line:previous()
equal("what was written last comes back", seen(line), "second|")
line:previous()
line:previous()
equal("then what came before", seen(line), "first|")
line:next()
line:next()
equal("and the draft again", seen(line), "draft|")
line:next()
equal("there is nothing after it", seen(line), "draft|")

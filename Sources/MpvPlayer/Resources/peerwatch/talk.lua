-- What was written? The last remarks, in a panel at the right.

local text = require "text"
local theme = require "theme"

local talk = {}

--- Remarks that are kept.
talk.MOST = 200
local WIDTH = 470
local HEAD = 62
local SIZE = theme.small_size + 1
local LINE = SIZE * 1.2
local GAP = 10
local WRITTEN, EMPTY = {align = 4, size = SIZE}, {align = 4, size = SIZE, color = theme.quiet}

-- Paragraphs from `last` back, as many as fit.
local function fitting(remarks, last, height)
    local fitted, used = {}, 0
    for index = last, 1, -1 do
        local remark = remarks[index]
        local most = math.max(1, math.floor(height / LINE) - 2)
        local lines = text.wrap(remark.text, SIZE, WIDTH - 2 * theme.padding, most)
        local takes = (#lines + 1) * LINE + GAP
        if used + takes > height and #fitted > 0 then break end
        used = used + takes
        table.insert(fitted, 1, {name = remark.name, lines = lines})
    end
    return fitted, math.min(used, height)
end

--- How many remarks from the newest back are left out after a step of `step` remarks more.
function talk.scrolled(remarks, back, step)
    return math.max(0, math.min(#remarks - 1, back + step))
end

local function nothing_yet(chat_key)
    return chat_key and "Nobody has written yet. " .. chat_key .. " writes to everybody."
        or "Nobody has written yet."
end

local function draw_remark(canvas, x, y, right, remark)
    -- Marks can stand on each other up into the line above.
    local function clip(middle) return {x, middle - LINE * 0.6, right, middle + LINE * 0.6} end
    local middle = y + LINE / 2
    canvas:text(x, middle, text.fit(remark.name, SIZE, right - x, true), {
        align = 4, size = SIZE, bold = true, color = canvas.color_of(remark.name)}, clip(middle))
    for _, line in ipairs(remark.lines) do
        middle = middle + LINE
        canvas:text(x, middle, line, WRITTEN, clip(middle))
    end
    return middle + LINE / 2 + GAP
end

--- Draws the panel; `remarks` are {name =, text =}, oldest first, of which the last `back` are left
--- out.
function talk.draw(canvas, remarks, chat_key, back)
    local left, top = canvas.right - WIDTH, canvas.top
    back = talk.scrolled(remarks, back or 0, 0)
    local fitted, used = fitting(remarks, #remarks - back,
        canvas:floor(left) - top - HEAD - theme.padding)
    local height = HEAD + math.max(used, LINE) + theme.padding / 2
    local x, right = left + theme.padding, canvas.right - theme.padding
    canvas:panel(left, top, WIDTH, height)
    canvas:text(x, top + 34, "Chat", theme.heading)
    if back > 0 then
        canvas:text(right, top + 35, string.format("%d newer below", back), {
            align = 6, size = theme.small_size, color = theme.quiet})
    end
    if #fitted == 0 then
        canvas:text(x, top + HEAD + LINE / 2 - 6, nothing_yet(chat_key), EMPTY)
    end
    local y = top + HEAD
    for _, remark in ipairs(fitted) do y = draw_remark(canvas, x, y, right, remark) end
    return left, top + height
end

return talk

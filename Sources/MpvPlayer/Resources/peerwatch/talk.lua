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

-- Paragraphs from the newest back, as many as fit.
local function fitting(remarks, height)
    local fitted, used = {}, 0
    for index = #remarks, 1, -1 do
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

--- Draws the panel; `remarks` are {name =, text =}, oldest first.
function talk.draw(canvas, remarks, chat_key)
    local left, top = canvas.right - WIDTH, canvas.top
    local fitted, used = fitting(remarks, canvas:floor(left) - top - HEAD - theme.padding)
    local height = HEAD + math.max(used, LINE) + theme.padding / 2
    local x, right = left + theme.padding, canvas.right - theme.padding
    canvas:panel(left, top, WIDTH, height)
    canvas:text(x, top + 34, "Chat", {align = 4, size = theme.title_size, bold = true})
    local y, bottom = top + HEAD, top + height
    if #fitted == 0 then
        canvas:text(x, y + LINE / 2 - 6, chat_key
            and "Nobody has written yet. " .. chat_key .. " writes to everybody."
            or "Nobody has written yet.", {align = 4, size = SIZE, color = theme.quiet})
    end
    for _, remark in ipairs(fitted) do
        local clip = {x, y - 4, right, bottom}
        canvas:text(x, y + LINE / 2, text.fit(remark.name, SIZE, right - x, true), {
            align = 4, size = SIZE, bold = true, color = canvas.color_of(remark.name),
            clip = clip})
        for _, line in ipairs(remark.lines) do
            y = y + LINE
            canvas:text(x, y + LINE / 2, line, {align = 4, size = SIZE, clip = clip})
        end
        y = y + LINE + GAP
    end
    return left, top + height
end

return talk

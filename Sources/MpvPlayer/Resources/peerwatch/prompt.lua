-- What is being written? A line at the lower left with a cursor; and the row of reactions to choose
-- from.

local icons = require "icons"
local text = require "text"
local theme = require "theme"

local prompt = {}

local WIDTH, HEIGHT = 640, 46
local SIZE = theme.text_size


--- The part of a line that is shown: what is before the cursor, as much as fits, and what follows.
function prompt.visible(editor, width, measure)
    local codes, cursor = editor.codes, editor.cursor
    local first = 1
    while first <= cursor and measure(text.join(codes, first, cursor)) > width do
        first = first + 1
    end
    return text.join(codes, first, cursor), text.join(codes, cursor + 1)
end

--- Draws the line with what is in `editor`; returns its upper edge.
function prompt.draw(canvas, editor)
    local left, top = canvas.left, canvas.bottom - HEIGHT
    local y = top + HEIGHT / 2
    local label = "Say"
    local label_width = canvas:text_width(label, SIZE, true) + 14
    local x, right = left + 16 + label_width, left + WIDTH - 16
    canvas:panel(left, top, WIDTH, HEIGHT)
    canvas:text(left + 16, y, label, {align = 4, size = SIZE, bold = true, color = theme.accent})
    local clip = {x - 2, top, right, top + HEIGHT}
    local function measure(part) return canvas:text_width(part, SIZE) end
    if #editor.codes == 0 then
        canvas:text(x + 8, y, "Enter sends, Esc leaves", {
            align = 4, size = SIZE, color = theme.quiet, alpha = 90})
    end
    local before, after = prompt.visible(editor, right - x - 12, measure)
    -- A space at the end has no ink to measure.
    local offset = before == "" and 0 or measure(before .. "|") - measure("|")
    canvas:text(x, y, before .. after, {align = 4, size = SIZE, clip = clip})
    canvas:box(x + offset, y - 14, 2, 28, {color = theme.accent})
    return top
end

local ICON, STEP = 44, 76

--- Draws the reactions with the keys that choose them; returns the upper edge.
function prompt.draw_reactions(canvas)
    local width, height = #icons.reactions * STEP + 28, 100
    local left, top = canvas.left, canvas.bottom - height
    canvas:panel(left, top, width, height)
    for index, name in ipairs(icons.reactions) do
        local middle = left + 14 + (index - 0.5) * STEP
        canvas:icon(middle - ICON / 2, top + 14, ICON, icons[name])
        canvas:text(middle, top + 79, tostring(index), {
            align = 5, size = theme.small_size, color = theme.quiet, bold = true})
    end
    return top
end

return prompt

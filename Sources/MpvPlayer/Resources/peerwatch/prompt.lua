-- What is being written? A line at the lower left with a cursor; and the row of reactions to choose
-- from.

local icons = require "icons"
local text = require "text"
local theme = require "theme"

local prompt = {}

local WIDTH, HEIGHT = 640, 46
local SIZE = theme.text_size
-- How much of the width stays for what follows the cursor.
local BEHIND = 0.25
local LABEL = {align = 4, size = SIZE, bold = true, color = theme.accent}
local HINT = {align = 4, size = SIZE, color = theme.quiet, alpha = 90}
local LINE, CURSOR = {align = 4, size = SIZE}, {color = theme.accent}

-- From `first` on in steps of `step`, how many characters fit, and how wide they are.
local function fitting(codes, first, step, width, measure)
    local count, used = 0, 0
    for index = first, step > 0 and #codes or 1, step do
        local wide = measure(text.join(codes, index, index))
        if used + wide > width then break end
        count, used = count + 1, used + wide
    end
    return count, used
end

--- The part of a line that is shown: what is before the cursor, what follows it, both as much as
--- fits, and how wide the first is. `measure` measures a character.
function prompt.visible(editor, width, measure)
    local codes, cursor = editor.codes, editor.cursor
    local _, following = fitting(codes, cursor + 1, 1, width * BEHIND, measure)
    local before, used = fitting(codes, cursor, -1, width - following, measure)
    local after = fitting(codes, cursor + 1, 1, width - used, measure)
    -- What ends behind the edge is clipped there.
    return text.join(codes, cursor - before + 1, cursor),
        text.join(codes, cursor + 1, math.min(#codes, cursor + after + 1)), used
end

--- Draws the line with what is in `editor`; returns its upper and its right edge.
function prompt.draw(canvas, editor)
    local left, top = canvas.left, canvas.bottom - HEIGHT
    local y = top + HEIGHT / 2
    local label = "Say"
    local label_width = canvas:text_width(label, SIZE, true) + 14
    local x, right = left + 16 + label_width, left + WIDTH - 16
    canvas:panel(left, top, WIDTH, HEIGHT)
    canvas:text(left + 16, y, label, LABEL)
    if #editor.codes == 0 then canvas:text(x + 8, y, "Enter sends, Esc leaves", HINT) end
    local function measure(character) return canvas:text_width(character, SIZE) end
    local before, after, offset = prompt.visible(editor, right - x - 12, measure)
    canvas:text(x, y, before .. after, LINE, {x - 2, top, right, top + HEIGHT})
    canvas:box(x + offset, y - 14, 2, 28, CURSOR)
    return top, left + WIDTH
end

local ICON, STEP = 44, 76

--- Draws the reactions with the keys that choose them; returns the upper and the right edge.
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
    return top, left + width
end

return prompt

-- What just happened? Notices, chat and reactions at the lower left, the newest at the bottom.

local canvas = require "canvas"
local icons = require "icons"
local text = require "text"
local theme = require "theme"

local feed = {}

-- On the screen at once; older ones make room.
feed.MOST = 6
local WIDTH = canvas.FEED_WIDTH
local PADDING_X, PADDING_Y = 14, 8
local GAP = 6
local SIZE = theme.text_size - 1
local LINE = SIZE * 1.16
-- A longer remark is read in the history.
local MOST_LINES = 3

local function heading(entry)
    return entry.name and text.fit(entry.name, SIZE, WIDTH / 3, true) or nil
end

-- Where words go, and what is left of the width for them.
local function layout(surface, entry)
    local name = heading(entry)
    local indent = 0
    if name then indent = surface:text_width(name, SIZE, true) + 12 end
    if entry.reaction then return name, indent, {}, indent + 30 end
    local lines = text.wrap(entry.text, SIZE, WIDTH - 2 * PADDING_X - indent, MOST_LINES)
    local widest = 0
    for _, line in ipairs(lines) do widest = math.max(widest, surface:text_width(line, SIZE)) end
    return name, indent, lines, math.min(indent + widest, WIDTH - 2 * PADDING_X)
end

local function draw_entry(surface, bottom, ceiling, entry)
    local name, indent, lines, width = layout(surface, entry)
    local height = math.max(1, #lines) * LINE + 2 * PADDING_Y
    local left, top = surface.left, bottom - height
    if top < ceiling then return nil end
    local x = left + PADDING_X
    local clip = {left, top, left + WIDTH, bottom}
    surface:box(left, top, width + 2 * PADDING_X, height, {
        color = theme.back, alpha = theme.back_alpha + 20, radius = 10})
    local y = top + PADDING_Y + LINE / 2
    if name then
        surface:text(x, y, name, {
            align = 4, size = SIZE, bold = true, color = canvas.color_of(entry.name),
            clip = {left, top, x + indent - 6, bottom}})
    end
    if entry.reaction then
        surface:icon(x + indent, y - 13, 26, icons[entry.reaction])
    end
    for index, line in ipairs(lines) do
        surface:text(x + indent, y + (index - 1) * LINE, line, {
            align = 4, size = SIZE, color = entry.name and theme.text or theme.soft, clip = clip})
    end
    return top - GAP
end

--- Draws the entries, oldest first, upwards from `bottom`, and no higher than `ceiling`.
function feed.draw(surface, entries, bottom, ceiling)
    for index = #entries, 1, -1 do
        bottom = draw_entry(surface, bottom, ceiling, entries[index])
        if not bottom then return end
    end
end

return feed

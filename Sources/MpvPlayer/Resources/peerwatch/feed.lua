-- What just happened? Notices, chat and reactions at the lower left, the newest at the bottom.

local canvas = require "canvas"
local icons = require "icons"
local text = require "text"
local theme = require "theme"

local feed = {}

-- On the screen at once; older ones make room.
feed.MOST = 6
local PADDING_X, PADDING_Y = 14, 8
local GAP = 6
local SIZE = theme.text_size - 1
local LINE = SIZE * 1.16
-- A longer remark is read in the history.
local MOST_LINES = 3

local NAMES = {}
for _, color in ipairs(theme.names) do
    NAMES[color] = {align = 4, size = SIZE, bold = true, color = color}
end
local SAID, TOLD = {align = 4, size = SIZE}, {align = 4, size = SIZE, color = theme.soft}
local GROUND = {color = theme.back, alpha = theme.back_alpha + 20, radius = 10}

-- Where words go in a box as wide as `most`, and how wide it has to be.
local function layout(surface, entry, most, most_lines)
    local name = entry.name and text.fit(entry.name, SIZE, most / 3, true) or nil
    local indent = name and surface:text_width(name, SIZE, true) + 12 or 0
    if entry.reaction then return name, indent, {}, indent + 30 end
    local lines = text.wrap(entry.text, SIZE, most - 2 * PADDING_X - indent, most_lines)
    local widest = 0
    for _, line in ipairs(lines) do widest = math.max(widest, surface:text_width(line, SIZE)) end
    return name, indent, lines, math.min(indent + widest, most - 2 * PADDING_X)
end

-- Draws an entry above `bottom`; returns its upper edge.
local function draw_entry(surface, bottom, most, most_lines, entry)
    local name, indent, lines, width = layout(surface, entry, most, most_lines)
    local height = math.max(1, #lines) * LINE + 2 * PADDING_Y
    local left, top = surface.left, bottom - height
    local x = left + PADDING_X
    local clip = {left, top, left + most, bottom}
    surface:box(left, top, math.ceil(width) + 2 * PADDING_X, height, GROUND)
    local y = top + PADDING_Y + LINE / 2
    if name then
        surface:text(x, y, name, NAMES[canvas.color_of(entry.name)],
            {left, top, x + indent - 6, bottom})
    end
    if entry.reaction then
        surface:icon(x + indent, y - 13, 26, icons[entry.reaction])
    end
    for index, line in ipairs(lines) do
        surface:text(x + indent, y + (index - 1) * LINE, line, entry.name and SAID or TOLD, clip)
    end
    return top
end

--- Draws the entries, oldest first, upwards from `bottom`, no higher than `ceiling` and no wider
--- than `most`. What has no place in full is cut if it is the newest, and else left out.
function feed.draw(surface, entries, ceiling, bottom, most)
    for index = #entries, 1, -1 do
        local fitting = math.floor((bottom - ceiling - 2 * PADDING_Y) / LINE)
        local entry = entries[index]
        if fitting < 1 then return end
        if index < #entries and not entry.reaction and fitting < MOST_LINES then
            local _, _, lines = layout(surface, entry, most, MOST_LINES)
            if #lines > fitting then return end
        end
        bottom = draw_entry(surface, bottom, most, math.min(fitting, MOST_LINES), entry) - GAP
    end
end

return feed

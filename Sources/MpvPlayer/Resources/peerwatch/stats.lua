-- How well does it run? Everybody's numbers in a table, for those who want to know.

local people = require "people"
local text = require "text"
local theme = require "theme"
local words = require "words"

local stats = {}

local WIDTH = 852
local ROW_HEIGHT = 30
local SIZE = theme.small_size
-- What title and headings take, and up to four lines below the table.
local HEAD, FOOT = 108, 130

-- The right edge of each column, from the panel's left edge, and what stands in it.
local COLUMNS = {
    {312, "error", function(viewer)
        if not viewer.error then return nil end
        return words.signed_ms(viewer.error), people.error_color(viewer.error)
    end},
    {412, "clock", function(viewer) return viewer.offset and words.signed_ms(viewer.offset) end},
    {502, "RTT", function(viewer) return viewer.rtt and string.format("%.0f ms", viewer.rtt) end},
    {594, "buffer", function(viewer)
        return viewer.buffered and words.seconds(viewer.buffered)
    end},
    {686, "trim", function(viewer)
        return viewer.correction and words.percent(viewer.correction)
    end},
    {756, "\226\134\147", function(viewer)
        return viewer.down and words.short_rate(viewer.down)
    end},
    {824, "\226\134\145", function(viewer) return viewer.up and words.short_rate(viewer.up) end},
}

local NAME_WIDTH = 190
local NONE = "\226\128\147"
local HEADING = {align = 6, size = SIZE, color = theme.quiet}

-- Styles for each colour, made once.
local numbers, names = {}, {}
for _, color in ipairs({theme.text, theme.quiet, theme.good, theme.warn, theme.bad}) do
    numbers[color] = {align = 6, size = SIZE, color = color}
end
for _, color in ipairs(theme.names) do
    names[color] = {align = 4, size = SIZE, bold = true, color = color}
end

local function draw_name(canvas, x, y, name)
    canvas:text(x, y, text.fit(name, SIZE, NAME_WIDTH, true), names[canvas.color_of(name)],
        {x, y - 13, x + NAME_WIDTH, y + 13})
end

local function draw_row(canvas, left, y, viewer)
    canvas:piece("stats", y, viewer.name, draw_name, left + theme.padding, y, viewer.name)
    for _, column in ipairs(COLUMNS) do
        local value, color = column[3](viewer)
        canvas:text(left + column[1], y, value or NONE,
            numbers[value and (color or theme.text) or theme.quiet])
    end
end

local function film_line(room)
    local download = room.download
    if not download then return room.film and "All of the film is here." or nil end
    return string.format("%s of %s are here and checked (%d %%).", words.size(download.have),
        words.size(download.total), math.floor(download.have / download.total * 100))
end

-- What is said below the table; `cost` is what drawing takes, in milliseconds.
local function lines_below(room, cost, hidden)
    local lines = {}
    if hidden > 0 then lines[1] = string.format("and %d more", hidden) end
    if room.film then lines[#lines + 1] = room.film end
    lines[#lines + 1] = film_line(room)
    if cost then lines[#lines + 1] = string.format("This overlay takes %.2f ms to draw.", cost) end
    return lines
end

local function draw_frame(canvas, left, top, height)
    canvas:panel(left, top, WIDTH, height)
    canvas:text(left + theme.padding, top + 38, "How it runs", theme.heading)
    for _, column in ipairs(COLUMNS) do
        canvas:text(left + column[1], top + 82, column[2], HEADING)
    end
end

--- Draws the page. `cost` is what drawing takes, in milliseconds.
function stats.draw(canvas, room, cost)
    local space = canvas:floor((canvas.width - WIDTH) / 2) - canvas.page_top - HEAD - FOOT
    local rows = math.min(#room.viewers, math.max(1, math.floor(space / ROW_HEIGHT)))
    local lines = lines_below(room, cost, #room.viewers - rows)
    local height = HEAD + rows * ROW_HEIGHT + #lines * 26 + 26
    local page, left, top = canvas:centered(WIDTH, height, canvas.page_top)
    left = math.max(page.left, left)
    page:piece("stats", top, height, draw_frame, left, top, height)
    local y = top + 112
    for _, viewer in ipairs(people.shown(room.viewers, rows)) do
        draw_row(page, left, y, viewer)
        y = y + ROW_HEIGHT
    end
    y = y + 12
    local x, room_left = left + theme.padding, WIDTH - 2 * theme.padding
    for _, line in ipairs(lines) do
        page:text(x, y, text.fit(line, SIZE, room_left), theme.note,
            {x, y - 13, x + room_left, y + 13})
        y = y + 26
    end
    return page:edges(left, top + height)
end

return stats

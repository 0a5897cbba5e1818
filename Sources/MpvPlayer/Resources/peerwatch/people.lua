-- Who is here, and how is everybody doing? A panel at the right.

local icons = require "icons"
local text = require "text"
local theme = require "theme"
local words = require "words"

local people = {}

local WIDTH = 520
local ROW_HEIGHT = 58
local HEAD_HEIGHT, MORE_HEIGHT = 62, 34
-- The rates stand in two columns, each with an arrow in front.
local RATE_WIDTH, ARROW_PLACE = 92, 62
local DOWN, UP = "\226\134\147", "\226\134\145"
-- The bar shows so many seconds; more is as good.
local FULL_BUFFER = 15
local BAR_WIDTH, BAR_HEIGHT = 116, 6

local SIZE, BADGE_SIZE = theme.small_size, 15
local RAISED = {color = theme.raised, alpha = theme.raised_alpha, radius = 11}
local BADGE = {align = 5, size = BADGE_SIZE, bold = true, color = theme.quiet}
local BAR_GROUND = {color = theme.raised, alpha = theme.raised_alpha, radius = BAR_HEIGHT / 2}
local COUNT = {align = 6, size = theme.title_size, color = theme.quiet}

-- Styles for each colour, made once.
local bars, numbers, names = {}, {}, {}
for _, color in ipairs({theme.good, theme.warn, theme.bad, theme.quiet}) do
    bars[color] = {color = color, radius = BAR_HEIGHT / 2}
    numbers[color] = {align = 6, size = SIZE, color = color}
end
for _, color in ipairs(theme.names) do
    names[color] = {align = 4, size = theme.text_size, bold = true, color = color}
end

local function buffer_color(seconds)
    if seconds >= 5 then return theme.good end
    return seconds >= 2 and theme.warn or theme.bad
end

-- What is heard: 40 ms is the goal, and beyond 150 ms somebody on the telephone notices.
local function error_color(ms)
    local amount = math.abs(ms)
    if amount <= 40 then return theme.good end
    return amount <= 150 and theme.warn or theme.bad
end

people.error_color = error_color

--- What else there is to say of somebody, besides numbers.
function people.remark(viewer)
    if viewer.link == "lost" then return "reconnecting", theme.warn end
    if viewer.stalled then return "buffering", theme.warn end
    if viewer.excused then return "catching up", theme.warn end
    if viewer.runs_dry then
        return string.format("runs dry in %.0f s", viewer.runs_dry), theme.warn
    end
    if viewer.headless then return "no player", theme.quiet end
    if viewer.link == "relayed" then return "through others", theme.quiet end
    return nil
end

local function draw_badge(canvas, x, y, word)
    local width = canvas:text_width(word, BADGE_SIZE, true) + 16
    canvas:box(x, y - 11, width, 22, RAISED)
    canvas:text(x + width / 2, y, word, BADGE)
    return width
end

local function draw_name(canvas, x, y, right, viewer)
    local badges = (viewer.host and 70 or 0) + (viewer.keeper and 140 or 0)
        + (viewer.me and 60 or 0)
    local room = right - x - badges
    local name = text.fit(viewer.name, theme.text_size, room, true)
    -- Marks can stand on each other up into the row above.
    canvas:text(x, y, name, names[canvas.color_of(viewer.name)], {x, y - 14, x + room, y + 14})
    local after = x + math.min(room, canvas:text_width(name, theme.text_size, true)) + 12
    if viewer.host then after = after + draw_badge(canvas, after, y, "host") + 8 end
    if viewer.keeper then after = after + draw_badge(canvas, after, y, "keeps the room") + 8 end
    if viewer.me then draw_badge(canvas, after, y, "you") end
end

local function draw_numbers(canvas, x, y, right, viewer)
    if viewer.buffered then
        local share = math.max(0, math.min(1, viewer.buffered / FULL_BUFFER))
        if share > 0.02 then
            -- In whole units, so that there are few shapes of it.
            local width = math.max(BAR_HEIGHT, math.floor(BAR_WIDTH * share + 0.5))
            canvas:box(x, y - BAR_HEIGHT / 2, width, BAR_HEIGHT,
                bars[buffer_color(viewer.buffered)])
        end
        canvas:text(x + BAR_WIDTH + 58, y, words.seconds(viewer.buffered), numbers[theme.quiet])
    end
    if viewer.error then
        canvas:text(x + BAR_WIDTH + 156, y, words.signed_ms(viewer.error),
            numbers[people.error_color(viewer.error)])
    end
    if viewer.down and viewer.up then
        canvas:text(right - RATE_WIDTH, y, words.short_rate(viewer.down), numbers[theme.quiet])
        canvas:text(right, y, words.short_rate(viewer.up), numbers[theme.quiet])
    end
end

-- What of a row stays the same while numbers change.
local function draw_still(canvas, x, y, right, viewer, remark, color)
    local name_right = right
    if viewer.asked then
        if viewer.ready then canvas:icon(right - 22, y + 4, 22, icons.check) end
        name_right = name_right - 34
    end
    if remark then
        canvas:text(name_right, y + 15, remark, numbers[color])
        name_right = name_right - canvas:text_width(remark, SIZE) - 12
    end
    draw_name(canvas, x, y + 15, name_right, viewer)
    if viewer.buffered then
        canvas:box(x, y + 41 - BAR_HEIGHT / 2, BAR_WIDTH, BAR_HEIGHT, BAR_GROUND)
    end
    if viewer.down and viewer.up then
        canvas:text(right - RATE_WIDTH - ARROW_PLACE, y + 41, DOWN, numbers[theme.quiet])
        canvas:text(right - ARROW_PLACE, y + 41, UP, numbers[theme.quiet])
    end
end

local function mark(flag) return flag and "1" or "0" end

local function draw_row(canvas, x, y, right, viewer)
    local remark, color = people.remark(viewer)
    local signs = mark(viewer.host) .. mark(viewer.keeper) .. mark(viewer.me)
        .. mark(viewer.asked) .. mark(viewer.ready) .. mark(viewer.buffered)
        .. mark(viewer.down and viewer.up) .. (remark or "") .. "\n" .. viewer.name
    canvas:piece("people", y, signs, draw_still, x, y, right, viewer, remark, color)
    draw_numbers(canvas, x, y + 41, right, viewer)
end

-- Who is worst off comes first: lower is worse.
local function rank(viewer)
    if viewer.link == "lost" then return 1 end
    if viewer.stalled or viewer.excused then return 2 end
    if viewer.runs_dry then return 3 end
    local color = viewer.error and people.error_color(viewer.error)
    if color == theme.bad then return 4 end
    return color == theme.warn and 5 or 6
end

--- Those of `viewers` for whom there are `rows`: all as they come, where they fit; else whoever has
--- trouble first. This user is always among them.
function people.shown(viewers, rows)
    if #viewers <= rows then return viewers end
    local order, mine = {}, nil
    for index, viewer in ipairs(viewers) do
        order[index] = {viewer = viewer, rank = rank(viewer), index = index}
    end
    table.sort(order, function(a, b)
        if a.rank ~= b.rank then return a.rank < b.rank end
        return a.index < b.index
    end)
    local shown = {}
    for place, entry in ipairs(order) do
        if entry.viewer.me then mine = place end
        if place <= rows then shown[place] = entry.viewer end
    end
    if mine and mine > rows then shown[rows] = order[mine].viewer end
    return shown
end

local function draw_frame(canvas, left, top, height, count, hidden)
    local x = left + theme.padding
    canvas:panel(left, top, WIDTH, height)
    canvas:text(x, top + 34, "In this room", theme.heading)
    canvas:text(canvas.right - theme.padding, top + 35, tostring(count), COUNT)
    if hidden > 0 then
        canvas:text(x, top + height - 32, string.format("and %d more", hidden), theme.note)
    end
end

--- Draws the panel.
function people.draw(canvas, room)
    local count = #room.viewers
    local left, top = canvas.right - WIDTH, canvas.top
    local space = canvas:floor(left) - top - HEAD_HEIGHT - 12
    local rows = math.min(count, math.floor(space / ROW_HEIGHT))
    -- Whoever has no row is told of in a line.
    if rows < count then rows = math.max(1, math.floor((space - MORE_HEIGHT) / ROW_HEIGHT)) end
    local hidden = count - rows
    local height = HEAD_HEIGHT + rows * ROW_HEIGHT + (hidden > 0 and MORE_HEIGHT or 0) + 12
    canvas:piece("people", top, height .. " " .. count,
        draw_frame, left, top, height, count, hidden)
    for row, viewer in ipairs(people.shown(room.viewers, rows)) do
        draw_row(canvas, left + theme.padding, top + HEAD_HEIGHT + (row - 1) * ROW_HEIGHT,
            canvas.right - theme.padding, viewer)
    end
    return left, top + height
end

return people

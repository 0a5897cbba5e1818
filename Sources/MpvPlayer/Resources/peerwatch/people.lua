-- Who is here, and how is everybody doing? A panel at the right.

local icons = require "icons"
local text = require "text"
local theme = require "theme"
local words = require "words"

local people = {}

local WIDTH = 520
local ROW_HEIGHT = 58
local HEAD_HEIGHT = 62
-- The bar shows so many seconds; more is as good.
local FULL_BUFFER = 15
local BAR_WIDTH, BAR_HEIGHT = 116, 6

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
    local size = 15
    local width = canvas:text_width(word, size, true) + 16
    canvas:box(x, y - 11, width, 22, {
        color = theme.raised, alpha = theme.raised_alpha, radius = 11})
    canvas:text(x + width / 2, y, word, {align = 5, size = size, bold = true, color = theme.quiet})
    return width
end

local function draw_name(canvas, x, y, right, viewer)
    local badges = (viewer.host and 70 or 0) + (viewer.keeper and 140 or 0)
        + (viewer.me and 60 or 0)
    local room = right - x - badges
    local name = text.fit(viewer.name, theme.text_size, room, true)
    canvas:text(x, y, name, {
        align = 4, size = theme.text_size, bold = true, color = canvas.color_of(viewer.name),
        clip = {x, y - ROW_HEIGHT / 2, x + room, y + ROW_HEIGHT / 2}})
    local after = x + math.min(room, canvas:text_width(name, theme.text_size, true)) + 12
    if viewer.host then after = after + draw_badge(canvas, after, y, "host") + 8 end
    if viewer.keeper then after = after + draw_badge(canvas, after, y, "keeps the room") + 8 end
    if viewer.me then draw_badge(canvas, after, y, "you") end
end

local function draw_numbers(canvas, x, y, right, viewer)
    local style = function(align, color)
        return {align = align, size = theme.small_size, color = color or theme.quiet}
    end
    if viewer.buffered then
        local share = math.max(0, math.min(1, viewer.buffered / FULL_BUFFER))
        canvas:box(x, y - BAR_HEIGHT / 2, BAR_WIDTH, BAR_HEIGHT, {
            color = theme.raised, alpha = theme.raised_alpha, radius = BAR_HEIGHT / 2})
        if share > 0.02 then
            canvas:box(x, y - BAR_HEIGHT / 2, math.max(BAR_HEIGHT, BAR_WIDTH * share), BAR_HEIGHT, {
                color = buffer_color(viewer.buffered), radius = BAR_HEIGHT / 2})
        end
        canvas:text(x + BAR_WIDTH + 66, y, words.seconds(viewer.buffered), style(6))
    end
    if viewer.error then
        canvas:text(x + BAR_WIDTH + 170, y, words.signed_ms(viewer.error),
            style(6, error_color(viewer.error)))
    end
    if viewer.down and viewer.up then
        canvas:text(right, y, string.format("\226\134\147 %s  \226\134\145 %s",
            words.short_rate(viewer.down), words.short_rate(viewer.up)), style(6))
    end
end

local function draw_row(canvas, x, y, right, viewer)
    local name_right = right
    if viewer.asked then
        if viewer.ready then canvas:icon(right - 22, y + 4, 22, icons.check) end
        name_right = name_right - 34
    end
    local remark, color = people.remark(viewer)
    if remark then
        canvas:text(name_right, y + 15, remark, {
            align = 6, size = theme.small_size, color = color})
        name_right = name_right - canvas:text_width(remark, theme.small_size) - 12
    end
    draw_name(canvas, x, y + 15, name_right, viewer)
    draw_numbers(canvas, x, y + 41, right, viewer)
end

--- Draws the panel.
function people.draw(canvas, room)
    local count = #room.viewers
    local left, top = canvas.right - WIDTH, canvas.top
    local space = canvas:floor(left) - top - HEAD_HEIGHT - theme.padding
    local rows = math.min(count, math.max(1, math.floor(space / ROW_HEIGHT)))
    local hidden = count - rows
    local height = HEAD_HEIGHT + rows * ROW_HEIGHT + (hidden > 0 and 34 or 0) + 12
    local x, right = left + theme.padding, canvas.right - theme.padding
    canvas:panel(left, top, WIDTH, height)
    canvas:text(x, top + 34, "In this room", {align = 4, size = theme.title_size, bold = true})
    canvas:text(right, top + 35, tostring(count), {
        align = 6, size = theme.title_size, color = theme.quiet})
    for row = 1, rows do
        draw_row(canvas, x, top + HEAD_HEIGHT + (row - 1) * ROW_HEIGHT, right, room.viewers[row])
    end
    if hidden > 0 then
        canvas:text(x, top + HEAD_HEIGHT + rows * ROW_HEIGHT + 14,
            string.format("and %d more", hidden),
            {align = 4, size = theme.small_size, color = theme.quiet})
    end
    return left, top + height
end

return people

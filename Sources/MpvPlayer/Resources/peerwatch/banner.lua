-- For whom or for what does the room wait? A sentence at the top, with how long it may take.

local text = require "text"
local theme = require "theme"
local words = require "words"

local banner = {}

local HEAD, LINE = 26, theme.small_size
local MOST_WIDTH = 760

-- The room waits no longer than this, in seconds.
local LONGEST_WAIT = 15

--- The two sentences for a wait.
function banner.wait_lines(wait, skip_key)
    local parts = {}
    if wait.buffered then parts[1] = words.seconds(wait.buffered) .. " buffered" end
    if wait.needed then
        parts[#parts + 1] = string.format("enough in about %.0f s", wait.needed)
    end
    if wait.left then parts[#parts + 1] = string.format("going on in %.0f s", wait.left) end
    if wait.skip and skip_key then parts[#parts + 1] = skip_key .. " goes on now" end
    return "Waiting for " .. words.names(wait.names), table.concat(parts, "  \194\183  ")
end

--- The two sentences for a room that has not started.
function banner.start_lines(start, ready_key)
    if start.countdown then
        return start.countdown > 0 and string.format("Starting in %.0f", start.countdown)
            or "Starting", ""
    end
    local ready = string.format("%d of %d ready", start.ready, start.all)
    if start.mine then return "You are ready", ready end
    return ready, ready_key and ready_key .. " says that you are ready" or ""
end

local function draw(canvas, head, line, share)
    local width = math.max(canvas:text_width(head, HEAD, true), canvas:text_width(line, LINE)) + 56
    width = math.min(width, MOST_WIDTH, canvas.right - canvas.left)
    local height = line == "" and 52 or 76
    local left, top = (canvas.width - width) / 2, canvas.top
    local clip = {left + 12, top, left + width - 12, top + height}
    canvas:panel(left, top, width, height)
    canvas:text(canvas.width / 2, top + 27, text.fit(head, HEAD, MOST_WIDTH - 40, true), {
        align = 5, size = HEAD, bold = true}, clip)
    canvas:text(canvas.width / 2, top + 55, line, {
        align = 5, size = LINE, color = theme.quiet}, clip)
    if share then
        local bar = width - 2 * theme.radius
        canvas:box(left + theme.radius, top + height - 3, math.max(2, bar * share), 3, {
            color = theme.accent, radius = 1.5})
    end
    return height
end

--- Draws what the room waits for; returns how much of the window's top that takes.
function banner.draw(canvas, room, keys)
    if room.wait then
        local head, line = banner.wait_lines(room.wait, keys["skip-wait"])
        local left = room.wait.left
        return draw(canvas, head, line, left and math.min(1, left / LONGEST_WAIT))
    end
    if room.start then return draw(canvas, banner.start_lines(room.start, keys.ready)) end
    return 0
end

return banner

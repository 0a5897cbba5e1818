-- For whom or for what does the room wait? A sentence at the top, with how long it may take.

local text = require "text"
local theme = require "theme"
local words = require "words"

local banner = {}

local HEAD, LINE = 26, theme.small_size
local MOST_WIDTH = 760

--- The two sentences for a wait.
function banner.wait_lines(wait, skip_key)
    local who = words.names(wait.names)
    local parts = {}
    if wait.buffered then
        parts[#parts + 1] = wait.needed
            and string.format("%s of %s buffered", words.seconds(wait.buffered):gsub(" s$", ""),
                words.seconds(wait.needed))
            or words.seconds(wait.buffered) .. " buffered"
    end
    if wait.left then parts[#parts + 1] = string.format("going on in %.0f s", wait.left) end
    if skip_key then parts[#parts + 1] = skip_key .. " goes on now" end
    return "Waiting for " .. who, table.concat(parts, "  \194\183  ")
end

--- The two sentences for a room that has not started.
function banner.start_lines(start, is_ready, ready_key)
    if start.countdown then
        return start.countdown > 0 and string.format("Starting in %.0f", start.countdown)
            or "Starting", ""
    end
    local state = string.format("%d of %d ready", start.ready, start.all)
    if is_ready then return "You are ready", state end
    return state, ready_key and ready_key .. " says that you are ready" or ""
end

local function draw(canvas, head, line, share)
    local width = math.max(canvas:text_width(head, HEAD, true), canvas:text_width(line, LINE)) + 56
    width = math.min(width, MOST_WIDTH, canvas.right - canvas.left)
    local height = line == "" and 52 or 76
    local left, top = (canvas.width - width) / 2, canvas.top
    local clip = {left + 12, top, left + width - 12, top + height}
    canvas:panel(left, top, width, height)
    canvas:text(canvas.width / 2, top + 27, text.fit(head, HEAD, MOST_WIDTH - 40, true), {
        align = 5, size = HEAD, bold = true, clip = clip})
    canvas:text(canvas.width / 2, top + 55, line, {
        align = 5, size = LINE, color = theme.quiet, clip = clip})
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
        local wait = room.wait
        local share = wait.buffered and wait.needed and wait.needed > 0
            and math.min(1, wait.buffered / wait.needed) or nil
        return draw(canvas, head, line, share)
    end
    if room.start then
        local is_ready = false
        for _, viewer in ipairs(room.viewers) do
            if viewer.me then is_ready = viewer.ready == true end
        end
        return draw(canvas, banner.start_lines(room.start, is_ready, keys.ready))
    end
    return 0
end

return banner

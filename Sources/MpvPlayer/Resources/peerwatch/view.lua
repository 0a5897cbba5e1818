-- What stands where? From what the room told us to lines of ASS markup. Pure: no mpv in here, so
-- that plain Lua can test it. Sizes are in units of the canvas.

local ass = require "ass"

local view = {}

-- The canvas is 720 high, so that everything grows with the window; it is higher where the window
-- is so narrow that the card would not fit.
local HEIGHT, LEAST_WIDTH = 720, 700

-- Characters of the token on one line: three lines hold the usual 100 to 130.
local TOKEN_COLUMNS = 44
local TOKEN_SIZE = 27
-- What a monospace character takes of the height of its line: 0.44 in DejaVu Sans Mono. libass
-- counts the height with ascent and descent.
local MONOSPACE_WIDTH = 0.46

local CARD_TOP = 72
-- Above the on-screen controller.
local NOTICES_ABOVE_BOTTOM = 130
local NOTICE_HEIGHT = 36

local ACCENT = "7FD4FF"
local QUIET = "B8C0C8"
local BACK = "101418"

--- Width and height of the canvas for a window of this size.
function view.canvas(width, height)
    local scale = math.max(HEIGHT / height, LEAST_WIDTH / width)
    return width * scale, height * scale
end

--- The token in lines of equal length, as equal as they can be.
function view.token_lines(token)
    local rows = math.max(1, math.ceil(#token / TOKEN_COLUMNS))
    local columns = math.max(1, math.ceil(#token / rows))
    local lines = {}
    for first = 1, #token, columns do
        lines[#lines + 1] = token:sub(first, first + columns - 1)
    end
    return lines
end

--- "Ana", "Ana and Bo", "Ana, Bo and 3 more".
function view.names(names)
    local count = #names
    if count <= 2 then return table.concat(names, " and ") end
    if count == 3 then return names[1] .. ", " .. names[2] .. " and " .. names[3] end
    return string.format("%s, %s and %d more", names[1], names[2], count - 2)
end

--- The card with the token: `viewers` are the names of the others, `key` what shows the card.
function view.card(token, viewers, key, width)
    local lines = view.token_lines(token)
    local line_height = TOKEN_SIZE * 1.25
    local card_width = TOKEN_COLUMNS * TOKEN_SIZE * MONOSPACE_WIDTH + 96
    local card_height = 168 + #lines * line_height
    local middle = width / 2
    local company = #viewers == 0 and "Send this token to your friends"
        or "Watching with " .. view.names(viewers)
    local function line(y, style, text)
        style.at, style.align = {middle, CARD_TOP + y}, 8
        return ass.text(style, text)
    end

    local events = {
        ass.box({at = {middle - card_width / 2, CARD_TOP}, color = BACK, alpha = 28},
            card_width, card_height, 18),
        line(24, {size = 32, bold = true}, "Watch together"),
        line(64, {size = 22, color = QUIET}, company),
    }
    local y = 108
    for _, part in ipairs(lines) do
        events[#events + 1] = line(y, {size = TOKEN_SIZE, color = ACCENT, font = "monospace"}, part)
        y = y + line_height
    end
    events[#events + 1] = line(y + 14, {size = 20, color = QUIET},
        string.format("%s  hides this and shows it again  ·  Ctrl+%s  copies the token", key, key))
    return events
end

--- Whom the room waits for, at the top of the picture.
function view.wait(sentence, width)
    return {
        ass.text({at = {width / 2, 24}, align = 8, size = 28, bold = true, border = 2}, sentence),
    }
end

--- Notices, the newest at the bottom.
function view.notices(texts, height)
    local events = {}
    for index, text in ipairs(texts) do
        local y = height - NOTICES_ABOVE_BOTTOM - (#texts - index) * NOTICE_HEIGHT
        events[#events + 1] = ass.text({at = {28, y}, align = 1, size = 26, border = 2}, text)
    end
    return events
end

return view

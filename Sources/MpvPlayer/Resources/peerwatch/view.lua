-- What stands where? From what the room told us to lines of ASS markup. Pure: no mpv in here, so
-- that plain Lua can test it. Sizes are in units of a canvas 720 high.

local ass = require "ass"

local view = {}

view.HEIGHT = 720

-- Characters of the token on one line: three lines hold the usual 100 to 130.
local TOKEN_COLUMNS = 44
local TOKEN_SIZE = 27
-- What a monospace character takes of the height of its line; libass counts the height with ascent
-- and descent, so it is less than the usual 0.6.
local MONOSPACE_WIDTH = 0.53

local ACCENT = "7FD4FF"
local QUIET = "B8C0C8"
local BACK = "101418"

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
    local card_width = math.min(width - 40, TOKEN_COLUMNS * TOKEN_SIZE * MONOSPACE_WIDTH + 96)
    local card_height = 172 + #lines * line_height
    local left, top, middle = (width - card_width) / 2, 48, width / 2
    local company = #viewers == 0 and "Send this token to your friends"
        or "Watching with " .. view.names(viewers)

    local events = {
        ass.box({at = {left, top}, color = BACK, alpha = 40, border = 1, border_alpha = 150},
            card_width, card_height, 18),
        ass.text({at = {middle, top + 26}, align = 8, size = 32, bold = true}, "Watch together"),
        ass.text({at = {middle, top + 66}, align = 8, size = 22, color = QUIET}, company),
    }
    local y = top + 108
    for _, line in ipairs(lines) do
        events[#events + 1] = ass.text(
            {at = {middle, y}, align = 8, size = TOKEN_SIZE, color = ACCENT, font = "monospace"},
            line)
        y = y + line_height
    end
    events[#events + 1] = ass.text(
        {at = {middle, y + 16}, align = 8, size = 20, color = QUIET},
        string.format("%s  hides this and shows it again  ·  Ctrl+%s  copies the token", key, key))
    return events
end

--- Whom the room waits for, at the top of the picture.
function view.wait(sentence, width)
    return {
        ass.text({at = {width / 2, 24}, align = 8, size = 28, bold = true, border = 2}, sentence),
    }
end

-- Above the on-screen controller.
local NOTICE_BOTTOM = 590
local NOTICE_HEIGHT = 36

--- Notices, the newest at the bottom.
function view.notices(texts)
    local events = {}
    for index, text in ipairs(texts) do
        local y = NOTICE_BOTTOM - (#texts - index) * NOTICE_HEIGHT
        events[#events + 1] = ass.text(
            {at = {28, y}, align = 1, size = 26, border = 2}, text)
    end
    return events
end

return view

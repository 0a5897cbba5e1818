-- Which keys are there, beyond mpv's own? A page that lists them as they are bound now.

local text = require "text"
local theme = require "theme"

local help = {}

local ROWS, ROW_HEIGHT = 6, 42
local SIZE = theme.small_size
-- A column is as wide as its widest key and words, within these.
local LEAST_KEY_WIDTH, MOST_KEY_WIDTH, GAP = 96, 240, 14
local LEAST_COLUMN_WIDTH = 400
local WORDS = {align = 4, size = SIZE}
local FOOT = "All of mpv's own keys work as always; pause, seek and speed are everybody's."

-- How wide the keys' part of a column has to be.
local function key_width(canvas, actions, keys)
    local widest = LEAST_KEY_WIDTH
    for _, action in ipairs(actions) do
        local key = keys[action.name]
        if key then widest = math.max(widest, canvas:key_width(key, SIZE) + GAP) end
    end
    return math.min(widest, MOST_KEY_WIDTH)
end

local function draw_row(canvas, x, y, width, keys_part, key, words)
    if key then
        -- What fits as it is drawn may not by what `fit` estimates.
        if canvas:key_width(key, SIZE) > keys_part - GAP then
            key = text.fit(key, SIZE, keys_part - GAP - SIZE * 0.8, true)
        end
        canvas:key(x, y, key, SIZE)
    else
        canvas:text(x + 12, y + SIZE * 0.75, "\226\128\147", theme.note)
    end
    canvas:text(x + keys_part, y + SIZE * 0.75, text.fit(words, SIZE, width - keys_part), WORDS)
end

--- Draws the page: `actions` are {name =, words =}, `keys` the keys by name.
function help.draw(canvas, actions, keys)
    local columns = math.ceil(#actions / ROWS)
    local keys_part = key_width(canvas, actions, keys)
    local most = (canvas.right - canvas.left - 2 * theme.padding) / columns
    local column = math.min(most, LEAST_COLUMN_WIDTH + keys_part - LEAST_KEY_WIDTH)
    local width = columns * column + 2 * theme.padding
    local height = 92 + math.min(ROWS, #actions) * ROW_HEIGHT + 64
    local page, left, top = canvas:centered(width, height, canvas.page_top)
    page:panel(left, top, width, height)
    page:text(left + theme.padding, top + 40, "Keys of the room", theme.heading)
    for index, action in ipairs(actions) do
        local x = left + theme.padding + math.floor((index - 1) / ROWS) * column
        local y = top + 82 + (index - 1) % ROWS * ROW_HEIGHT
        draw_row(page, x, y, column - GAP, keys_part, keys[action.name], action.words)
    end
    page:text(left + theme.padding, top + height - 36, FOOT, theme.note)
    return page:edges(left, top + height)
end

return help

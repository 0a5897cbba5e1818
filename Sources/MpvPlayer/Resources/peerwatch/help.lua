-- Which keys are there, beyond mpv's own? A page that lists them as they are bound now.

local theme = require "theme"

local help = {}

local COLUMN_WIDTH, ROW_HEIGHT = 400, 42
local KEY_WIDTH = 96
local ROWS = 6

--- Draws the page: `actions` are {name =, words =}, `keys` the keys by name.
function help.draw(canvas, actions, keys)
    local columns = math.ceil(#actions / ROWS)
    local width = columns * COLUMN_WIDTH + 2 * theme.padding
    local height = 92 + math.min(ROWS, #actions) * ROW_HEIGHT + 64
    local left, top = (canvas.width - width) / 2, canvas.page_top
    canvas:panel(left, top, width, height)
    canvas:text(left + theme.padding, top + 40, "Keys of the room", {
        align = 4, size = theme.title_size, bold = true})
    for index, action in ipairs(actions) do
        local x = left + theme.padding + math.floor((index - 1) / ROWS) * COLUMN_WIDTH
        local y = top + 82 + (index - 1) % ROWS * ROW_HEIGHT
        local size = theme.small_size
        if keys[action.name] then
            canvas:key(x, y, keys[action.name], size)
        else
            canvas:text(x + 12, y + size * 0.75, "\226\128\147", {
                align = 4, size = size, color = theme.quiet})
        end
        canvas:text(x + KEY_WIDTH, y + size * 0.75, action.words, {align = 4, size = size})
    end
    local foot = top + height - 36
    canvas:text(left + theme.padding, foot,
        "All of mpv's own keys work as always; pause, seek and speed are everybody's.", {
            align = 4, size = theme.small_size, color = theme.quiet})
    return left, top + height
end

return help

-- The card with the token: what to send to friends, and the same as a picture for telephones.

local theme = require "theme"
local words = require "words"

local card = {}

-- The token in one of these sizes and columns: the first that keeps the card this high.
local SHAPES = {{26, 33}, {22, 39}, {18, 47}, {14, 61}}
local MOST_TOKEN_HEIGHT = 270
local LEADING = 1.22

-- As wide as a line of the token: a monospace character takes 0.52 of the height of its line in
-- DejaVu Sans Mono, and less in others.
local COLUMN_WIDTH = 448
-- The picture with the light border that readers want around it.
local CODE_SIZE, CODE_BORDER = 252, 4

--- The token in lines of equal length, as equal as they can be, with the size to write them in.
function card.token_lines(token)
    for index, shape in ipairs(SHAPES) do
        local size, columns = shape[1], shape[2]
        local rows = math.max(1, math.ceil(#token / columns))
        local length = math.max(1, math.ceil(#token / rows))
        if rows * size * LEADING <= MOST_TOKEN_HEIGHT or index == #SHAPES then
            local lines = {}
            for first = 1, #token, length do
                lines[#lines + 1] = token:sub(first, first + length - 1)
            end
            return lines, size
        end
    end
end

local function is_code(rows)
    for _, row in ipairs(rows) do
        if #row ~= #rows or row:find("[^01]") then return false end
    end
    return #rows > 0
end

--- The rows of a picture from one text; none where it is no square of noughts and ones.
function card.rows(code)
    local rows = {}
    for row in code:gmatch("%S+") do rows[#rows + 1] = row end
    return is_code(rows) and rows or {}
end

-- The picture as it was drawn last: it is large, and stays the same for a whole evening.
local drawn = {}

-- Dark squares side by side are one box: fewer edges, and none between them.
local function code_path(rows, module)
    if drawn.rows == rows and drawn.module == module then return drawn.path end
    local path = {}
    for row, line in ipairs(rows) do
        local top = (CODE_BORDER + row - 1) * module
        local from = 1
        while true do
            local first, last = line:find("1+", from)
            if not first then break end
            local left, right = (CODE_BORDER + first - 1) * module, (CODE_BORDER + last) * module
            path[#path + 1] = string.format("m %.3f %.3f l %.3f %.3f %.3f %.3f %.3f %.3f",
                left, top, right, top, right, top + module, left, top + module)
            from = last + 1
        end
    end
    drawn = {rows = rows, module = module, path = table.concat(path, " ")}
    return drawn.path
end

-- Squares begin and end where pixels do.
local function draw_code(canvas, x, y, rows)
    local modules = #rows + 2 * CODE_BORDER
    local pixels = math.max(1, math.floor(CODE_SIZE * canvas.unit / modules))
    local module = pixels / canvas.unit
    local size = module * modules
    x, y = canvas:snap(x + (CODE_SIZE - size) / 2), canvas:snap(y + (CODE_SIZE - size) / 2)
    canvas:box(x, y, size, size, {color = theme.paper, radius = 8})
    canvas:shape(x, y, code_path(rows, module), {color = theme.ink})
end

local function draw_head(canvas, x, y, lines, size)
    canvas:text(x, y, "Watch together", {size = theme.title_size + 4, bold = true})
    canvas:text(x, y + 46, "Send this token to your friends. With it they join:", {
        size = theme.small_size, color = theme.quiet})
    canvas:text(x, y + 72, "peerwatch join TOKEN", {
        size = theme.small_size, font = "monospace"})
    for index, line in ipairs(lines) do
        canvas:text(x, y + 112 + (index - 1) * size * LEADING, line, {
            size = size, color = theme.accent, font = "monospace"})
    end
end

local function draw_foot(canvas, x, y, others, keys)
    local foot_x = x
    for _, hint in ipairs({{keys["copy-token"], "copy"}, {keys.token, "hide"}}) do
        if hint[1] then
            foot_x = foot_x + canvas:key(foot_x, y, hint[1], theme.small_size) + 10
            canvas:text(foot_x, y + theme.small_size * 0.75, hint[2], theme.note)
            foot_x = foot_x + canvas:text_width(hint[2], theme.small_size) + 26
        end
    end
    if #others > 0 then
        canvas:text(x, y - 32, "With " .. words.names(others), {
            size = theme.small_size, color = theme.good}, {x, y - 40, x + COLUMN_WIDTH, y})
    end
end

-- Where the card's upper edge is: below the sentence about whom the room waits for, be it there or
-- not, so that the token stands still.
local PLACE = theme.margin + 88

--- Draws the card and returns its left and lower edge, as all pages do. `others` are
--- the names of the others here, `keys` the keys by what they do.
function card.draw(canvas, token, rows, others, keys)
    local lines, size = card.token_lines(token)
    local has_code = #rows > 0
    local width = COLUMN_WIDTH + 2 * theme.padding + (has_code and CODE_SIZE + theme.padding or 0)
    local text_height = 112 + #lines * size * LEADING + 82
    local height = math.max(text_height, has_code and CODE_SIZE or 0) + 2 * theme.padding
    local page, left, top = canvas:centered(width, height, math.max(canvas.page_top, PLACE))
    local x, y = left + theme.padding, top + theme.padding

    page:panel(left, top, width, height)
    draw_head(page, x, y, lines, size)
    draw_foot(page, x, top + height - theme.padding - theme.small_size * 1.5, others, keys)
    if has_code then
        local side = math.max(0, height - 2 * theme.padding - CODE_SIZE) / 2
        draw_code(page, x + COLUMN_WIDTH + theme.padding, y + side, rows)
    end
    return page:edges(left, top + height)
end

return card

-- Where can be drawn, and what was drawn there? Pure: what knows mpv hands in the window's size and
-- a way to measure text.

local ass = require "ass"
local text = require "text"
local theme = require "theme"

local canvas = {}
canvas.__index = canvas

-- The canvas is 720 units high, so that everything grows with the window; it is larger where the
-- window is so narrow, or the user's scale so large, that the widest panel would not fit.
local HEIGHT, LEAST_WIDTH, LEAST_HEIGHT = 720, 900, 640
-- A user's scale beyond these is a slip.
local LEAST_SCALE, MOST_SCALE = 0.5, 3

--- A canvas for a window of `window.width` by `window.height` pixels. `window.scale` is how much
--- larger than usual the user wants all text and `scale` how much larger this, `window.density` the
--- pixels per unit to use instead of growing with the window, `window.margins` the parts of the
--- window (0 to 1) that the on-screen controller covers, `window.font` the user's font.
function canvas.new(window, scale)
    scale = (window.scale or 1) * (scale or 1)
    scale = math.max(LEAST_SCALE, math.min(MOST_SCALE, scale))
    local unit = (window.density or window.height / HEIGHT) * scale
    unit = math.min(unit, window.width / LEAST_WIDTH, window.height / LEAST_HEIGHT)
    local self = setmetatable({}, canvas)
    self.unit = unit
    self.width, self.height = window.width / unit, window.height / unit
    self.font = ass.font(window.font or "sans-serif")
    self.events = {}
    local covered = window.margins or {}
    self.left = theme.margin + (covered.l or 0) * self.width
    self.right = self.width - theme.margin - (covered.r or 0) * self.width
    self.top = theme.margin + (covered.t or 0) * self.height
    -- Pages in the middle hang a little lower.
    self.page_top = self.top + 44
    -- Above the controller, be it there or about to come.
    self.bottom = math.min(
        self.height - canvas.CONTROLLER, self.height * (1 - (covered.b or 0)) - theme.margin)
    return self
end

-- What the stock controller takes of the window's lower end when it shows, and a little air.
canvas.CONTROLLER = 92

-- The feed's width, at the lower left; what is beside it may reach down as far.
canvas.FEED_WIDTH = 560
-- What a page over the feed leaves of it: a line.
local FEED_LEAST = 60
local GAP = 12

--- Keeps `height` of the window's upper end for what stands there.
function canvas:take_top(height)
    self.top = self.top + height
    self.page_top = self.top
end

function canvas:is_over_feed(left)
    return left < self.left + canvas.FEED_WIDTH + GAP
end

--- How far down a page may reach whose left edge is at `left`.
function canvas:floor(left)
    return self.bottom - (self:is_over_feed(left) and FEED_LEAST or 0)
end

--- How far up the feed may reach beside a page from `left` down to `bottom`.
function canvas:ceiling(left, bottom)
    return self:is_over_feed(left) and bottom + GAP or self.top
end

--- A point moved to where a pixel begins, so that edges are sharp.
function canvas:snap(position)
    return math.floor(position * self.unit + 0.5) / self.unit
end

--- How wide a text is.
function canvas:text_width(s, size, bold)
    local width = self.measured and self.measured(s, size, bold)
    return width or text.width(s, size, bold)
end

--- One line of text at `x`, `y`; `style` as in `ass.style`.
function canvas:text(x, y, s, style)
    style.at = {x, y}
    style.font = style.font or self.font
    style.color = style.color or theme.text
    self.events[#self.events + 1] = ass.text(style, s)
end

-- Boxes that were drawn before: most of a panel is the same as a second ago.
local MOST_BOXES = 200
local boxes, box_count = {}, 0

local function box_path(width, height, radius)
    local key = width .. "x" .. height .. "r" .. radius
    if not boxes[key] then
        if box_count >= MOST_BOXES then boxes, box_count = {}, 0 end
        boxes[key] = ass.box(0, 0, width, height, radius)
        box_count = box_count + 1
    end
    return boxes[key]
end

--- A box with round corners.
function canvas:box(x, y, width, height, style)
    style.at = {x, y}
    self.events[#self.events + 1] =
        ass.shape(style, box_path(width, height, style.radius or 0))
end

--- A shape with its origin at `x`, `y`; `path` is a drawing as libass reads it.
function canvas:shape(x, y, path, style)
    style.at = {x, y}
    self.events[#self.events + 1] = ass.shape(style, path)
end

--- A shape whose path is given on a square of 24 units, drawn `size` large at `x`, `y`.
function canvas:icon(x, y, size, shapes)
    for _, shape in ipairs(shapes) do
        local tags = ass.style({at = {x, y}, color = shape.color})
        local percent = size / 24 * 100
        self.events[#self.events + 1] = string.format(
            "%s{\\fscx%.2f\\fscy%.2f\\p1}%s{\\p0}", tags, percent, percent, shape.path)
    end
end

--- The dark ground of a panel.
function canvas:panel(x, y, width, height)
    self:box(x, y, width, height,
        {color = theme.back, alpha = theme.back_alpha, radius = theme.radius})
end

--- A key as it is printed on a keyboard; returns how wide it is.
function canvas:key(x, y, name, size)
    local width = math.max(size * 1.5, self:text_width(name, size, true) + size * 0.8)
    local height = size * 1.5
    self:box(x, y, width, height,
        {color = theme.raised, alpha = theme.raised_alpha, radius = 6})
    self:text(x + width / 2, y + height / 2, name, {align = 5, size = size, bold = true})
    return width
end

--- A colour that is always the same for a name.
function canvas.color_of(name)
    local sum = 7
    for i = 1, #name do sum = (sum * 31 + name:byte(i)) % 65521 end
    return theme.names[sum % #theme.names + 1]
end

--- All that was drawn, as one overlay's data.
function canvas:data()
    return table.concat(self.events, "\n")
end

return canvas

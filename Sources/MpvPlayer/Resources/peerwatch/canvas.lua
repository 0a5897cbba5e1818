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
    -- What is drawn, and below it what was the same the time before.
    self.events, self.still = {}, {}
    -- How much smaller than usual everything on it is.
    self.share = 1
    -- What drawings of the same things have to have in common to be the same.
    self.likeness = table.concat({self.width, self.height, self.font, window.measured or 0}, " ")
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

-- The feed's width, at the lower left: as it is where nothing is in its way, and the least that is
-- of use beside a page.
canvas.FEED_WIDTH = 560
local FEED_LEAST_WIDTH = 260
-- What a page over the feed leaves of it: a line.
local FEED_LEAST = 60
local GAP = 12
-- A page that would have to be smaller is cut.
local LEAST_SHARE = 0.5

--- Keeps `height` of the window's upper end for what stands there.
function canvas:take_top(height)
    self.top = self.top + height
    self.page_top = self.top
end

--- Keeps what is drawn at the lower left, from `top` down to as far as `right`, uncovered.
function canvas:take_corner(top, right)
    self.corner = {top = top, right = right}
end

-- How wide the feed can be beside a page that begins at `left`; nil where it has to be below.
local function width_beside(self, left)
    local width = math.min(canvas.FEED_WIDTH, left - GAP - self.left)
    return width >= FEED_LEAST_WIDTH and width or nil
end

--- How far down a page may reach whose left edge is at `left`.
function canvas:floor(left)
    local corner, floor = self.corner, self.bottom
    if corner and left < corner.right + GAP then floor = corner.top - GAP end
    return floor - (width_beside(self, left) and 0 or FEED_LEAST)
end

--- Where the feed may be, with a page from `left` down to `bottom` or none: how far up, how far
--- down, and how wide.
function canvas:feed_place(left, bottom)
    local floor = self.corner and self.corner.top - GAP or self.bottom
    local width = left and width_beside(self, left)
    if left and not width then return bottom + GAP, floor, canvas.FEED_WIDTH end
    return self.top, floor, width or canvas.FEED_WIDTH
end

--- A canvas for a page from `top` down that is `height` high: this one, or where the page would not
--- fit above `floor`, one on which everything is as much smaller.
function canvas:fitted(top, height, floor)
    local share = math.max(LEAST_SHARE, math.min(1, (floor - top) / height))
    if share == 1 then return self end
    local smaller = setmetatable({}, {__index = self})
    smaller.share, smaller.unit = share, self.unit * share
    for _, name in ipairs({"width", "height", "left", "right", "top", "page_top", "bottom"}) do
        smaller[name] = self[name] / share
    end
    return smaller
end

--- The canvas for a page of this size in the middle, from `top` down, and where it begins on that:
--- its left and upper edge.
function canvas:centered(width, height, top)
    local page = self:fitted(top, height, self:floor((self.width - width) / 2))
    return page, (page.width - width) / 2, top / page.share
end

--- A page's left and lower edge as they are on the canvas that it was fitted to.
function canvas:edges(left, bottom)
    return left * self.share, bottom * self.share
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

-- What was made before and is the same as a second ago: tags, boxes, and pieces of pages. Each is
-- thrown away when there is too much of it.
local MOST_TAGS, MOST_BOXES, MOST_PIECES = 600, 400, 200
local looks, tag_count, look_font = {}, 0, nil
local boxes, box_count = {}, 0
local pieces, piece_count, pieces_likeness = {}, 0, nil

-- The tags of a style at a place. Styles that are written down once are looked up instead of being
-- spelt again.
local function usual_tags(self, x, y, style)
    if look_font ~= self.font or tag_count >= MOST_TAGS then
        looks, tag_count, look_font = {}, 0, self.font
    end
    local rows = looks[style] or {}
    local row = rows[y] or {}
    looks[style], rows[y] = rows, row
    if not row[x] then
        row[x], tag_count = ass.place(x, y) .. ass.look(style, self.font), tag_count + 1
    end
    return row[x]
end

-- The tags of an event; on a smaller canvas all lengths are smaller.
local function tags(self, x, y, style, clip)
    local share = self.share
    if share == 1 and not clip then return usual_tags(self, x, y, style) end
    if share == 1 then return ass.place(x, y, clip) .. ass.look(style, self.font) end
    if clip then clip = {clip[1] * share, clip[2] * share, clip[3] * share, clip[4] * share} end
    return ass.place(x * share, y * share, clip) .. ass.look(style, self.font) .. ass.scale(share)
end

local function add(self, event)
    local events = self.events
    events[#events + 1] = event
end

--- One line of text at `x`, `y`; `style` as in `ass.look`, and nothing is drawn outside of `clip`.
function canvas:text(x, y, s, style, clip)
    add(self, ass.text(tags(self, x, y, style, clip), s))
end

local function box_path(width, height, radius)
    if box_count >= MOST_BOXES then boxes, box_count = {}, 0 end
    local round = boxes[radius] or {}
    local high = round[height] or {}
    boxes[radius], round[height] = round, high
    if not high[width] then
        high[width], box_count = ass.box(0, 0, width, height, radius), box_count + 1
    end
    return high[width]
end

--- A box with round corners.
function canvas:box(x, y, width, height, style)
    self:shape(x, y, box_path(width, height, style.radius or 0), style)
end

--- A shape with its origin at `x`, `y`; `path` is a drawing as libass reads it.
function canvas:shape(x, y, path, style)
    add(self, ass.shape(tags(self, x, y, style), path))
end

--- A shape whose path is given on a square of 24 units, drawn `size` large at `x`, `y`.
function canvas:icon(x, y, size, shapes)
    local share = self.share
    for _, shape in ipairs(shapes) do
        add(self, ass.shape(ass.place(x * share, y * share) .. ass.look(shape)
            .. ass.scale(size / 24 * share), shape.path))
    end
end

--- What `draw` draws with the arguments that follow it, which is drawn anew only when the canvas or
--- `signs` are not what they were the time before at this place: `page` and `y` name it. It lies
--- below whatever is no piece.
function canvas:piece(page, y, signs, draw, ...)
    if self.share ~= 1 then return draw(self, ...) end
    if pieces_likeness ~= self.likeness or piece_count >= MOST_PIECES then
        pieces, piece_count, pieces_likeness = {}, 0, self.likeness
    end
    local row = pieces[page] or {}
    pieces[page] = row
    local piece = row[y]
    if not piece or piece.signs ~= signs then
        local around = self.events
        self.events = {}
        draw(self, ...)
        if not piece then piece_count = piece_count + 1 end
        piece = {signs = signs, events = self:moving_data()}
        row[y], self.events = piece, around
    end
    if piece.events ~= "" then self.still[#self.still + 1] = piece.events end
end

--- The dark ground of a panel.
function canvas:panel(x, y, width, height)
    self:box(x, y, width, height, theme.panel)
end

--- How wide a key is as `canvas:key` draws it.
function canvas:key_width(name, size)
    return math.max(size * 1.5, self:text_width(name, size, true) + size * 0.8)
end

--- A key as it is printed on a keyboard; returns how wide it is.
function canvas:key(x, y, name, size)
    local width, height = self:key_width(name, size), size * 1.5
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

--- What was drawn, as an overlay's data: the pieces, what lies over them, or both.
function canvas:still_data() return table.concat(self.still, "\n") end
function canvas:moving_data() return table.concat(self.events, "\n") end
function canvas:data()
    if #self.still == 0 then return self:moving_data() end
    return self:still_data() .. "\n" .. self:moving_data()
end

return canvas

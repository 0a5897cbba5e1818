-- What does mpv say of its window, and how is something put onto it? The only place that draws: an
-- overlay is told to mpv only when it differs from the one before.

local mp = require "mp"
local ass = require "ass"
local text = require "text"

local screen = {}

local function overlay(z)
    local made = mp.create_osd_overlay("ass-events")
    made.z = z
    return made
end

-- What stays the same is not handed to mpv again with what changes. The line that belongs to the
-- seek bar lies over the on-screen controller, which is at 1000.
local layers = {still = overlay(0), moving = overlay(1), line = overlay(1001)}
local ruler = mp.create_osd_overlay("ass-events")
ruler.compute_bounds = true
ruler.hidden = true

local function number(name, other)
    local value = mp.get_property_number(name)
    return value and value == value and value or other
end

-- The part of the window that the on-screen controller covers, as it says itself.
local function margins()
    local told = mp.get_property_native("user-data/osc/margins")
    if type(told) == "table" then return told end
    -- mpv before 0.36.
    local shared = mp.get_property_native("shared-script-properties")
    local words = type(shared) == "table" and shared["osc-margins"] or ""
    local l, r, t, b = tostring(words):match("^([%d.]+),([%d.]+),([%d.]+),([%d.]+)$")
    return {l = tonumber(l), r = tonumber(r), t = tonumber(t), b = tonumber(b)}
end

-- How much larger than mpv's own text the user wants all text.
local function user_scale()
    local usual = number("option-info/osd-font-size/default-value", 0)
    local size = usual > 0 and number("osd-font-size", usual) / usual or 1
    return size * number("osd-scale", 1)
end

-- Measuring

-- Characters in parts of the size they are written in, by weight, as measured with the font; and
-- the same of texts made of them, thrown away when there are too many. Strangers write what they
-- like, and a character that is new takes mpv up to 40 ms where no font has it: a drawing measures
-- so many at most, besides those of ASCII, and an evening so many of each weight. The others are
-- estimated. Beyond Latin, Greek and Cyrillic, which most fonts have, one counts for several.
local MOST_AT_ONCE, MOST_MEASURED, MOST_WIDTHS = 8, 400, 1000
local LAST_COMMON, RARE_COUNTS_FOR = 0x52F, 4
local measured_font, letters, advances, advance_counts, widths, width_count
local left_to_measure = 0
-- Drawings before and after something was measured differ.
local measured_count = 0

local function forget_widths()
    widths, width_count = {[true] = {}, [false] = {}}, 0
end

local function forget_font(font)
    measured_font, letters = font, {}
    advances, advance_counts = {[true] = {}, [false] = {}}, {[true] = 0, [false] = 0}
    forget_widths()
end

-- Bounds end where a bitmap does, up to 16 pixels behind the last letter: many of them in a row
-- make that little.
local SAMPLES, SAMPLE_SIZE, PADDING = 40, 22, 8

-- How wide mpv draws a text, less what it adds; nil where it draws none, as without a window.
local function bounds(canvas, s, bold)
    ruler.res_x, ruler.res_y = canvas.width, canvas.height
    ruler.data = ass.text(ass.place(0, 0)
        .. ass.look({size = SAMPLE_SIZE, bold = bold}, measured_font), s)
    local found = ruler:update()
    if not found or not found.x1 or found.x1 <= found.x0 then return nil end
    return found.x1 - found.x0 - PADDING / canvas.unit
end

-- How wide a character is; nil where that has to be estimated.
local function advance(canvas, code, bold)
    local known = advances[bold][code]
    if known then return known end
    if code >= 0x80 then
        if left_to_measure <= 0 or advance_counts[bold] >= MOST_MEASURED then return nil end
        left_to_measure = left_to_measure - (code > LAST_COMMON and RARE_COUNTS_FOR or 1)
    end
    letters[bold] = letters[bold] or bounds(canvas, ("x"):rep(SAMPLES), bold)
    if not letters[bold] then return nil end
    -- Between two letters, because a space alone has no bounds.
    local row = bounds(canvas, "x" .. text.join({code}):rep(SAMPLES) .. "x", bold)
    if not row then return nil end
    measured_count = measured_count + 1
    advance_counts[bold] = advance_counts[bold] + 1
    advances[bold][code] =
        math.max(0, row - 2 * letters[bold] / SAMPLES) / SAMPLES / SAMPLE_SIZE
    return advances[bold][code]
end

local function measure(canvas, s, size, bold)
    local known = widths[bold][s]
    if known then return known * size end
    local ems, is_sure = 0, true
    for _, code in ipairs(text.codes(s)) do
        if not text.is_mark(code) then
            local wide = advance(canvas, text.sample(code), bold)
            is_sure = is_sure and wide ~= nil
            ems = ems + (wide or text.ems(code, bold))
        end
    end
    if is_sure then
        if width_count >= MOST_WIDTHS then forget_widths() end
        widths[bold][s], width_count = ems, width_count + 1
    end
    return ems * size
end

-- Drawing

-- As last looked at; a look takes longer than a drawing.
local known

local function look()
    local width, height = mp.get_osd_size()
    if not width or width <= 0 or height <= 0 then return nil end
    local grows = mp.get_property_bool("osd-scale-by-window", true)
    return {
        width = width, height = height, scale = user_scale(),
        font = mp.get_property("osd-font", "sans-serif"),
        density = not grows and number("display-hidpi-scale", 1) or nil,
        margins = margins(),
    }
end

--- What a canvas is made for; `nil` while there is no window.
function screen.window()
    known = known or look()
    if known then known.measured = measured_count end
    return known
end

--- Lets `canvas` measure text as mpv draws it.
function screen.lend_ruler(canvas)
    if canvas.font ~= measured_font then forget_font(canvas.font) end
    left_to_measure = MOST_AT_ONCE
    canvas.measured = function(s, size, bold) return measure(canvas, s, size, bold == true) end
end

-- Shows data made on a canvas on a layer, or nothing; says whether that was new.
local function show(layer, canvas, data)
    if data == "" then
        if layer.data == "" then return false end
        layer.data = ""
        layer:remove()
        return true
    end
    if layer.data == data and layer.res_x == canvas.width and layer.res_y == canvas.height then
        return false
    end
    layer.data, layer.res_x, layer.res_y = data, canvas.width, canvas.height
    layer:update()
    return true
end

--- Shows what was drawn on `canvas`; says whether that was new.
function screen.show(canvas)
    local is_new = show(layers.still, canvas, canvas:still_data())
    return show(layers.moving, canvas, canvas:moving_data()) or is_new
end

--- Shows the line at the lower edge, as it was drawn on a canvas of its own, or none of `nil`; says
--- whether that was new.
function screen.show_line(canvas)
    return show(layers.line, canvas, canvas and canvas:data() or "")
end

--- Calls `listener` whenever the window, or what it takes from the user's options, is another.
function screen.on_change(listener)
    local function changed()
        known = nil
        listener()
    end
    for _, name in ipairs({
        "osd-dimensions", "osd-font", "osd-font-size", "osd-scale", "osd-scale-by-window",
        "user-data/osc/margins",
    }) do
        mp.observe_property(name, "native", changed)
    end
    -- Holds what every script says there, this one too.
    local before
    mp.observe_property("shared-script-properties", "native", function(_, shared)
        local now = shared and shared["osc-margins"]
        if now == before then return end
        before = now
        changed()
    end)
end

return screen

-- What does mpv say of its window, and how is something put onto it? The only place that draws: an
-- overlay is told to mpv only when it differs from the one before.

local mp = require "mp"
local text = require "text"

local screen = {}

local overlay = mp.create_osd_overlay("ass-events")
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

-- Characters in parts of the size they are written in, by weight, as measured with the font; and
-- the widths of texts made of them, thrown away when there are too many.
local MOST_WIDTHS = 1000
local measured_font, advances, widths, width_count
-- Pixels of a unit of the canvas.
local canvas_unit = 1

local function forget_widths(font)
    measured_font, advances, widths, width_count = font, {[true] = {}, [false] = {}}, {}, 0
end

-- Bounds end where a bitmap does, up to 16 pixels behind the last letter: many of them in a row
-- make that little.
local SAMPLES, SAMPLE_SIZE, PADDING = 40, 22, 8

local function bounds(ass, s, bold)
    ruler.res_x, ruler.res_y = overlay.res_x, overlay.res_y
    ruler.data = ass.text({at = {0, 0}, size = SAMPLE_SIZE, bold = bold, font = measured_font}, s)
    local found = ruler:update()
    return found and found.x1 and found.x1 - found.x0 or 0
end

-- How wide a character is; `nil` where mpv measures nothing, as without a window.
local function advance(ass, code, bold)
    local known = advances[bold][code]
    if known then return known end
    -- Between two letters, because a space alone has no bounds.
    local row = bounds(ass, "x" .. text.join({code}):rep(SAMPLES) .. "x", bold)
    local letters = bounds(ass, ("x"):rep(SAMPLES), bold)
    if row <= 0 or letters <= 0 then return nil end
    local padding = PADDING / canvas_unit
    local wide = row - padding - 2 * (letters - padding) / SAMPLES
    advances[bold][code] = math.max(0, wide) / SAMPLES / SAMPLE_SIZE
    return advances[bold][code]
end

local function measure(ass, s, size, bold)
    local key = size .. (bold and "b" or "r") .. s
    if widths[key] then return widths[key] end
    local width = 0
    for _, code in ipairs(text.codes(s)) do
        local ems = text.is_mark(code) and 0 or advance(ass, code, bold)
        if not ems then return nil end
        width = width + ems * size
    end
    if width_count >= MOST_WIDTHS then widths, width_count = {}, 0 end
    widths[key], width_count = width, width_count + 1
    return width
end

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
    return known
end

--- Lets `canvas` measure text as mpv draws it.
function screen.lend_ruler(canvas, ass)
    overlay.res_x, overlay.res_y = canvas.width, canvas.height
    canvas_unit = canvas.unit
    if canvas.font ~= measured_font then forget_widths(canvas.font) end
    canvas.measured = function(s, size, bold) return measure(ass, s, size, bold == true) end
end

--- Shows an overlay's data, or nothing; says whether that was new.
function screen.show(data)
    if data == "" then
        if overlay.data == "" then return false end
        overlay.data = ""
        overlay:remove()
        return true
    end
    local size = overlay.res_x .. "x" .. overlay.res_y
    if overlay.data == data and screen.shown_size == size then return false end
    screen.shown_size = size
    overlay.data = data
    overlay:update()
    return true
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

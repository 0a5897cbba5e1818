-- What does mpv say of its window, and how is something put onto it? The only place that draws: an
-- overlay is told to mpv only when it differs from the one before.

local mp = require "mp"

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
    local text = type(shared) == "table" and shared["osc-margins"] or ""
    local l, r, t, b = tostring(text):match("^([%d.]+),([%d.]+),([%d.]+),([%d.]+)$")
    return {l = tonumber(l), r = tonumber(r), t = tonumber(t), b = tonumber(b)}
end

-- How much larger than mpv's own text the user wants all text.
local function user_scale()
    local usual = number("option-info/osd-font-size/default-value", 0)
    local size = usual > 0 and number("osd-font-size", usual) / usual or 1
    return size * number("osd-scale", 1)
end

-- The widths that were measured last, by style and text; thrown away when there are too many.
local MOST_WIDTHS = 1000
local widths, width_count, measured_font, measured_unit = {}, 0, nil, nil

local function forget_widths(font, unit)
    widths, width_count, measured_font, measured_unit = {}, 0, font, unit
end

local function measure(ass, style, s)
    local key = style.size .. (style.bold and "b" or "r") .. s
    if widths[key] == nil then
        if width_count >= MOST_WIDTHS then forget_widths(measured_font, measured_unit) end
        ruler.res_x, ruler.res_y = overlay.res_x, overlay.res_y
        ruler.data = ass.text(style, s)
        local bounds = ruler:update()
        local width = bounds and bounds.x1 and bounds.x1 - bounds.x0 or 0
        -- Without a window mpv measures nothing.
        widths[key] = width > 0 and width or false
        width_count = width_count + 1
    end
    return widths[key] or nil
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
    if canvas.font ~= measured_font or canvas.unit ~= measured_unit then
        forget_widths(canvas.font, canvas.unit)
    end
    canvas.measured = function(s, size, bold)
        if s == "" then return 0 end
        return measure(ass, {at = {0, 0}, size = size, bold = bold, font = canvas.font}, s)
    end
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

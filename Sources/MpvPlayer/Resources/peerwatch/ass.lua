-- How does text become a picture? ASS markup, without any state. Text goes through `escape`,
-- always: nothing a peer calls itself may draw.

local text = require "text"

local ass = {}

-- U+2060 after a backslash keeps libass from reading the two as a tag; a brace would open one.
local WORD_JOINER = "\226\129\160"

--- Text that is shown as it is, on one line.
function ass.escape(s)
    return (text.clean(s):gsub("\\", "\\" .. WORD_JOINER):gsub("{", "\\{"))
end

local format = string.format

local TAGS = "{\\an%d\\pos(%.2f,%.2f)\\fs%.2f\\1c&H%s%s%s&\\1a&H%02X&"
    .. "\\bord0\\shad0\\b%d\\q2%s%s}"

--- The tags that start an event. `at` is the point, `align` the corner or edge there (as on a
--- number pad), `size` the height of a line, `color` "RRGGBB", `alpha` 0 (solid) to 255 (nothing),
--- `font` what `ass.font` made, `clip` the corners {left, top, right, bottom} outside of which
--- nothing is drawn.
function ass.style(style)
    local color, at, clip = style.color or "FFFFFF", style.at, style.clip
    return format(TAGS, style.align or 7, at[1], at[2], style.size or 24,
        color:sub(5, 6), color:sub(3, 4), color:sub(1, 2), style.alpha or 0,
        style.bold and 1 or 0, style.font and "\\fn" .. style.font or "",
        clip and format("\\clip(%.2f,%.2f,%.2f,%.2f)", clip[1], clip[2], clip[3], clip[4]) or "")
end

--- A font's name as it can stand among tags.
function ass.font(name)
    return (name:gsub("[\\{}]", ""))
end

--- One line of text, escaped.
function ass.text(style, s)
    return ass.style(style) .. ass.escape(s)
end

--- A shape; `path` is a drawing as libass reads it.
function ass.shape(style, path)
    return ass.style(style) .. "{\\p1}" .. path .. "{\\p0}"
end

-- How far a Bezier curve's handles reach to look like a quarter of a circle.
local ROUNDNESS = 0.5523

--- The path of a box with round corners, its upper left one at `x`, `y`.
function ass.box(x, y, width, height, radius)
    local r = math.min(radius, width / 2, height / 2)
    local right, bottom, k = x + width, y + height, r * (1 - ROUNDNESS)
    if r <= 0 then
        return string.format("m %.2f %.2f l %.2f %.2f %.2f %.2f %.2f %.2f",
            x, y, right, y, right, bottom, x, bottom)
    end
    local function corner(...) return string.format("b %.2f %.2f %.2f %.2f %.2f %.2f", ...) end
    local function line(...) return string.format("l %.2f %.2f", ...) end
    return table.concat({
        string.format("m %.2f %.2f", x + r, y),
        line(right - r, y), corner(right - k, y, right, y + k, right, y + r),
        line(right, bottom - r), corner(right, bottom - k, right - k, bottom, right - r, bottom),
        line(x + r, bottom), corner(x + k, bottom, x, bottom - k, x, bottom - r),
        line(x, y + r), corner(x, y + k, x + k, y, x + r, y),
    }, " ")
end

--- The path of a circle around `x`, `y`.
function ass.circle(x, y, radius)
    return ass.box(x - radius, y - radius, 2 * radius, 2 * radius, radius)
end

return ass

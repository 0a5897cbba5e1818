-- How does text become a picture? ASS markup, without any state. Text goes through `escape`,
-- always: nothing a peer calls itself may draw.

local text = require "text"
local theme = require "theme"

local ass = {}

local format = string.format

-- U+2060 after a backslash keeps libass from reading the two as a tag; a brace would open one.
local WORD_JOINER = "\226\129\160"

-- What was escaped before, thrown away when there is too much of it.
local MOST_ESCAPED = 300
local escaped, escaped_count = {}, 0

--- Text that is shown as it is, on one line.
function ass.escape(s)
    -- Nearly all of it has nothing to escape.
    if s:find("^[ -[%]^-z|}~]*$") then return s end
    local known = escaped[s]
    if known then return known end
    if escaped_count >= MOST_ESCAPED then escaped, escaped_count = {}, 0 end
    known = text.clean(s):gsub("\\", "\\" .. WORD_JOINER):gsub("{", "\\{")
    escaped[s], escaped_count = known, escaped_count + 1
    return known
end

local LOOK = "\\an%d\\fs%.2f\\1c&H%s%s%s&\\1a&H%02X&\\bord0\\shad0\\b%d\\q2%s"

--- The tags for how an event looks, wherever it stands. `align` is the corner or edge at its point
--- (as on a number pad), `size` the height of a line, `color` "RRGGBB", `alpha` 0 (solid) to 255
--- (nothing), `font` what `ass.font` made.
function ass.look(style, font)
    local color = style.color or theme.text
    font = style.font or font
    return format(LOOK, style.align or 7, style.size or 24,
        color:sub(5, 6), color:sub(3, 4), color:sub(1, 2), style.alpha or 0,
        style.bold and 1 or 0, font and "\\fn" .. font or "")
end

--- The tags for where an event stands; nothing is drawn outside the corners of `clip`: {left, top,
--- right, bottom}.
function ass.place(x, y, clip)
    if not clip then return format("\\pos(%.2f,%.2f)", x, y) end
    return format("\\pos(%.2f,%.2f)\\clip(%.2f,%.2f,%.2f,%.2f)",
        x, y, clip[1], clip[2], clip[3], clip[4])
end

--- The tags for an event that is as much smaller than it says.
function ass.scale(share)
    return format("\\fscx%.2f\\fscy%.2f", share * 100, share * 100)
end

--- A font's name as it can stand among tags.
function ass.font(name)
    return (name:gsub("[\\{}]", ""))
end

--- One line of text, escaped; `tags` are of `place` and `look`.
function ass.text(tags, s)
    return "{" .. tags .. "}" .. ass.escape(s)
end

--- A shape; `path` is a drawing as libass reads it.
function ass.shape(tags, path)
    return "{" .. tags .. "\\p1}" .. path .. "{\\p0}"
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

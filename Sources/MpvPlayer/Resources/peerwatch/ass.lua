-- How does text become a picture? ASS markup, without any state. Text from others goes through
-- `escape`, always: nothing a peer calls itself may draw.

local ass = {}

-- U+2060 after a backslash keeps libass from reading the two as a tag; a brace would open one.
local WORD_JOINER = "\226\129\160"

--- Text that is shown as it is, on one line.
function ass.escape(text)
    local escaped = text:gsub("\\", "\\" .. WORD_JOINER):gsub("{", "\\{")
    return (escaped:gsub("%c", " "))
end

--- The tags that start an event: `at` is the point, `align` the corner or edge there (as on a
--- number pad), `size` the height of a line, `color` "RRGGBB", `alpha` 0 (solid) to 255 (nothing),
--- `border` the width of a black outline.
function ass.style(style)
    local color = style.color or "FFFFFF"
    local tags = {
        string.format("\\an%d\\pos(%.1f,%.1f)", style.align or 7, style.at[1], style.at[2]),
        string.format("\\fs%.1f", style.size or 24),
        string.format("\\1c&H%s%s%s&", color:sub(5, 6), color:sub(3, 4), color:sub(1, 2)),
        string.format("\\1a&H%02X&", style.alpha or 0),
        string.format("\\bord%.1f\\3c&H000000&\\3a&H00&\\shad0", style.border or 0),
        string.format("\\b%d\\q2", style.bold and 1 or 0),
    }
    if style.font then tags[#tags + 1] = "\\fn" .. style.font end
    return "{" .. table.concat(tags) .. "}"
end

--- One line of text, escaped.
function ass.text(style, text)
    return ass.style(style) .. ass.escape(text)
end

-- How far a Bezier curve's handles reach to look like a quarter of a circle.
local ROUNDNESS = 0.5523

--- A box with round corners, its upper left one at `style.at`.
function ass.box(style, width, height, radius)
    local far = radius * (1 - ROUNDNESS)
    local right, bottom = width, height
    local path = string.format(
        "m %.1f 0 l %.1f 0 b %.1f 0 %.1f %.1f %.1f %.1f l %.1f %.1f b %.1f %.1f %.1f %.1f %.1f %.1f"
            .. " "
            .. "l %.1f %.1f b %.1f %.1f 0 %.1f 0 %.1f l 0 %.1f b 0 %.1f %.1f 0 %.1f 0",
        radius, right - radius,
        right - far, right, far, right, radius,
        right, bottom - radius,
        right, bottom - far, right - far, bottom, right - radius, bottom,
        radius, bottom,
        far, bottom, bottom - far, bottom - radius,
        radius,
        far, far, radius)
    return ass.style(style) .. "{\\p1}" .. path .. "{\\p0}"
end

return ass

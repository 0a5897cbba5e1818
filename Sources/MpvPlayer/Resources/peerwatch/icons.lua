-- Pictures that no font is needed for, on a square of 24 units: reactions and a check mark.

local ass = require "ass"
local theme = require "theme"

local icons = {}

local FACE, INK, TEAR, RED, GOLD = "FFD166", "3A2E12", "6EC1FF", "FF6B81", "FFC94D"

local function face(...)
    local shapes = {{path = ass.circle(12, 12, 10.5), color = FACE}}
    for _, shape in ipairs({...}) do shapes[#shapes + 1] = shape end
    return shapes
end

local function ink(path) return {path = path, color = INK} end

local function star(points, outer, inner)
    local path = {}
    for i = 0, points * 2 - 1 do
        local radius = i % 2 == 0 and outer or inner
        local angle = math.pi * (i / points - 0.5)
        path[#path + 1] = string.format("%s %.2f %.2f", i == 0 and "m" or "l",
            12 + radius * math.cos(angle), 12.6 + radius * math.sin(angle))
    end
    return table.concat(path, " ")
end

-- The names are those of the protocol; the order is that of the keys 1 to 6.
icons.reactions = {"heart", "laugh", "wow", "sad", "thumb", "star"}

icons.heart = {{
    path = "m 12 21.4 b 5 15.6 1.6 12 1.6 7.9 b 1.6 4.7 4 2.6 6.8 2.6 b 8.9 2.6 11 3.8 12 5.9 "
        .. "b 13 3.8 15.1 2.6 17.2 2.6 b 20 2.6 22.4 4.7 22.4 7.9 b 22.4 12 19 15.6 12 21.4",
    color = RED,
}}

icons.laugh = face(
    ink("m 5 10.4 l 8 7.6 l 11 10.4 l 10 11.4 l 8 9.6 l 6 11.4"),
    ink("m 13 10.4 l 16 7.6 l 19 10.4 l 18 11.4 l 16 9.6 l 14 11.4"),
    ink("m 5.6 13 l 18.4 13 b 18.4 17.6 15.6 19.8 12 19.8 b 8.4 19.8 5.6 17.6 5.6 13"))

icons.wow = face(
    ink(ass.circle(8, 9.2, 1.6)), ink(ass.circle(16, 9.2, 1.6)),
    ink(ass.box(9, 12.6, 6, 7, 3)))

icons.sad = face(
    ink(ass.circle(8, 10, 1.5)), ink(ass.circle(16, 10, 1.5)),
    ink("m 7 18.2 b 8.6 14.4 15.4 14.4 17 18.2 l 15.6 18.8 b 14.2 16.2 9.8 16.2 8.4 18.8"),
    {path = "m 17.4 12 b 19.6 14.6 19.4 17 17.4 17 b 15.4 17 15.2 14.6 17.4 12", color = TEAR})

icons.thumb = {
    {path = ass.box(2, 10.4, 4.6, 11, 1.2), color = theme.accent},
    {
        path = "m 8.2 11 l 11.4 3.4 b 11.8 2.4 14.8 2.6 14.8 5.4 l 14.2 9.2 l 19.6 9.2 "
            .. "b 21.6 9.2 22.4 10.8 22 12.4 l 20.4 19.2 b 20 20.6 19 21.4 17.6 21.4 "
            .. "l 10.6 21.4 b 9.2 21.4 8.2 20.4 8.2 19.2",
        color = FACE,
    },
}

icons.star = {{path = star(5, 11.4, 4.9), color = GOLD}}

icons.check = {{path = "m 4 12.6 l 6.2 10.4 l 10 14.2 l 18 6.2 l 20.2 8.4 l 10 18.6",
    color = theme.good}}

return icons

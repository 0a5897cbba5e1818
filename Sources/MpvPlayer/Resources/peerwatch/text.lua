-- What can be done to text without drawing it? Cleaning, measuring, cutting, wrapping. Pure. Text
-- comes from strangers: whatever its bytes, nothing here fails, and what comes out is UTF-8.

local text = {}

local REPLACEMENT = 0xFFFD
local ELLIPSIS = "\226\128\166"

-- The code point at byte `i` and where the next one begins; the replacement character for bytes
-- that are none.
local function decode(s, i)
    local first = s:byte(i)
    if first < 0x80 then return first, i + 1 end
    local count, least, code
    if first >= 0xC2 and first <= 0xDF then
        count, least, code = 1, 0x80, first - 0xC0
    elseif first >= 0xE0 and first <= 0xEF then
        count, least, code = 2, 0x800, first - 0xE0
    elseif first >= 0xF0 and first <= 0xF4 then
        count, least, code = 3, 0x10000, first - 0xF0
    else
        return REPLACEMENT, i + 1
    end
    for j = i + 1, i + count do
        local byte = s:byte(j)
        if not byte or byte < 0x80 or byte > 0xBF then return REPLACEMENT, j end
        code = code * 64 + byte - 0x80
    end
    local is_surrogate = code >= 0xD800 and code <= 0xDFFF
    if code < least or code > 0x10FFFF or is_surrogate then return REPLACEMENT, i + count + 1 end
    return code, i + count + 1
end

local function encode(code)
    local function tail(shift) return 0x80 + math.floor(code / shift) % 64 end
    if code < 0x80 then return string.char(code) end
    if code < 0x800 then return string.char(0xC0 + math.floor(code / 64), tail(1)) end
    if code < 0x10000 then
        return string.char(0xE0 + math.floor(code / 4096), tail(64), tail(1))
    end
    return string.char(0xF0 + math.floor(code / 262144), tail(4096), tail(64), tail(1))
end

--- The code points of a text.
function text.codes(s)
    local codes, i = {}, 1
    while i <= #s do
        codes[#codes + 1], i = decode(s, i)
    end
    return codes
end

--- The text of code points `first` to `last`, all of them by default.
function text.join(codes, first, last)
    local parts = {}
    for i = first or 1, last or #codes do parts[#parts + 1] = encode(codes[i]) end
    return table.concat(parts)
end

--- How many bytes the text of code points has.
function text.bytes(codes)
    local bytes = 0
    for _, code in ipairs(codes) do
        bytes = bytes + (code < 0x80 and 1 or code < 0x800 and 2 or code < 0x10000 and 3 or 4)
    end
    return bytes
end

local function breaks_line(code)
    return code < 0x20 or (code >= 0x7F and code <= 0x9F) or code == 0x2028 or code == 0x2029
end

-- Marks that would turn the direction of what follows them, and those that mean nothing here.
local function is_unwanted(code)
    return (code >= 0x202A and code <= 0x202E) or code == 0xFEFF
        or (code >= 0xFFF9 and code <= 0xFFFB)
end

--- The text as valid UTF-8 on one line.
function text.clean(s)
    -- Nearly all of it is plain.
    if s:find("^[ -~]*$") then return s end
    local parts = {}
    for _, code in ipairs(text.codes(s)) do
        if breaks_line(code) then
            parts[#parts + 1] = " "
        elseif not is_unwanted(code) then
            parts[#parts + 1] = encode(code)
        end
    end
    return table.concat(parts)
end

--- Whether a code point stands on the one before it, or joins two.
function text.is_mark(code)
    return (code >= 0x300 and code <= 0x36F) or (code >= 0x200B and code <= 0x200F)
        or (code >= 0x2060 and code <= 0x206F) or (code >= 0x20D0 and code <= 0x20FF)
        or (code >= 0xFE00 and code <= 0xFE0F) or (code >= 0x1F3FB and code <= 0x1F3FF)
        or (code >= 0xE0000 and code <= 0xE0FFF)
end

local function is_wide(code)
    return code >= 0x1100 and (code <= 0x115F or (code >= 0x2E80 and code <= 0xA4CF)
        or (code >= 0xAC00 and code <= 0xD7A3) or (code >= 0xF900 and code <= 0xFAFF)
        or (code >= 0xFE30 and code <= 0xFE6F) or (code >= 0xFF00 and code <= 0xFF60)
        or (code >= 0x1F000 and code <= 0x1FAFF) or (code >= 0x20000 and code <= 0x3FFFD))
end

local HAN, KANA, HANGUL, PICTURE, PRIVATE = 0x6F22, 0x3042, 0xD55C, 0x1F600, 0xE000

--- The character that is as wide as this one: itself, or one for all of a script whose characters
--- are all as wide.
function text.sample(code)
    if code < 0x1100 then return code end
    if code <= 0x11FF or (code >= 0xAC00 and code <= 0xD7A3) then return HANGUL end
    if code >= 0x3040 and code <= 0x30FF then return KANA end
    if code >= 0x1F000 and code <= 0x1FAFF then return PICTURE end
    if (code >= 0xE000 and code <= 0xF8FF) or code >= 0xF0000 then return PRIVATE end
    return is_wide(code) and HAN or code
end

-- Widths in ems, on the wide side of what sans-serif fonts have.
local NARROW, SLIM, USUAL, CAPITAL, BROAD, WIDE = 0.30, 0.40, 0.62, 0.72, 0.95, 1.05
local classes = {}
for character in ("iIjl.,:;'|!`"):gmatch(".") do classes[character:byte()] = NARROW end
for character in ("ftr()[]{}-\" /\\"):gmatch(".") do classes[character:byte()] = SLIM end
for character in ("mwMW@%"):gmatch(".") do classes[character:byte()] = BROAD end
for character in ("ABCDEFGHJKLNOPQRSTUVXYZ&#+=<>~_"):gmatch(".") do
    classes[character:byte()] = CAPITAL
end

-- Sizes are heights of lines; an em is this much of one in common fonts.
local EM = 0.86
local BOLD = 1.1

local function advance(code)
    if text.is_mark(code) then return 0 end
    return classes[code] or (is_wide(code) and WIDE) or USUAL
end

--- About how wide a character is, in parts of the size.
function text.ems(code, is_bold)
    return advance(code) * EM * (is_bold and BOLD or 1)
end

--- About how wide a text is.
function text.width(s, size, is_bold)
    local ems = 0
    for _, code in ipairs(text.codes(s)) do ems = ems + advance(code) end
    return ems * size * EM * (is_bold and BOLD or 1)
end

--- The text, or as much of its front as fits, with an ellipsis.
function text.fit(s, size, width, is_bold)
    -- No character is wider, and none has less than a byte.
    if #s * WIDE * size * EM * BOLD <= width then return s end
    if text.width(s, size, is_bold) <= width then return s end
    local codes = text.codes(s)
    local unit = size * EM * (is_bold and BOLD or 1)
    local left = width / unit - 1
    local count = 0
    for i, code in ipairs(codes) do
        left = left - advance(code)
        if left < 0 then break end
        count = i
    end
    return text.join(codes, 1, count):gsub(" +$", "") .. ELLIPSIS
end

--- The text in lines no wider than `width`, at most `most` of them; the last one tells when there
--- would be more. Breaks at spaces and between wide characters, and inside words that are too long.
function text.wrap(s, size, width, most)
    local codes = text.codes(s)
    local room = width / (size * EM)
    local lines, first, used, breakable = {}, 1, 0, nil
    local i = 1
    while i <= #codes do
        local wide = advance(codes[i])
        if used + wide > room and i > first then
            if #lines + 1 == most then
                lines[most] = text.fit(text.join(codes, first), size, width)
                return lines
            end
            local last = breakable or i - 1
            lines[#lines + 1] = text.join(codes, first, last):gsub(" +$", "")
            first = last + 1
            while codes[first] == 0x20 do first = first + 1 end
            i, used, breakable = first, 0, nil
        else
            used = used + wide
            if codes[i] == 0x20 or is_wide(codes[i]) then breakable = i end
            i = i + 1
        end
    end
    if first <= #codes then lines[#lines + 1] = text.join(codes, first) end
    return lines
end

return text

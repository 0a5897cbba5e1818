-- What does the program say of the room? Whatever it sends becomes a table of known shape here, so
-- that nothing that draws has to ask whether a field is there. docs/window.md lists the fields.

local text = require "text"

local state = {}

local function string_or(value, other)
    return type(value) == "string" and text.clean(value) or other
end

local function number_or_nil(value)
    -- Not-a-number is no number for people.
    return type(value) == "number" and value == value and value or nil
end

local function names(list)
    local found = {}
    for _, name in ipairs(type(list) == "table" and list or {}) do
        found[#found + 1] = string_or(name, "?")
    end
    return found
end

local LINKS = {direct = true, relayed = true, lost = true}

local function viewer(fields)
    local ready = fields.ready
    return {
        name = string_or(fields.name, "?"),
        me = fields.me == true,
        host = fields.host == true,
        keeper = fields.keeper == true,
        headless = fields.headless == true,
        stalled = fields.stalled == true,
        excused = fields.excused == true,
        link = LINKS[fields.link] and fields.link or "direct",
        ready = type(ready) == "boolean" and ready or nil,
        asked = type(ready) == "boolean",
        buffered = number_or_nil(fields.buffered),
        runs_dry = number_or_nil(fields.runs_dry),
        error = number_or_nil(fields.error_ms),
        offset = number_or_nil(fields.offset_ms),
        rtt = number_or_nil(fields.rtt_ms),
        correction = number_or_nil(fields.correction),
        down = number_or_nil(fields.down),
        up = number_or_nil(fields.up),
    }
end

local function wait(fields)
    if type(fields) ~= "table" then return nil end
    local waiting = {
        names = names(fields.names),
        buffered = number_or_nil(fields.buffered),
        needed = number_or_nil(fields.needed),
        left = number_or_nil(fields.left),
        skip = fields.skip == true,
    }
    return #waiting.names > 0 and waiting or nil
end

local function start(fields)
    if type(fields) ~= "table" then return nil end
    return {
        ready = number_or_nil(fields.ready) or 0,
        all = number_or_nil(fields.all) or 0,
        mine = fields.mine == true,
        countdown = number_or_nil(fields.countdown),
    }
end

local function download(fields)
    if type(fields) ~= "table" then return nil end
    local total = number_or_nil(fields.total)
    if not total or total <= 0 then return nil end
    return {
        have = math.max(0, math.min(total, number_or_nil(fields.have) or 0)),
        total = total,
        parts = type(fields.parts) == "string" and fields.parts:match("^%d+$") or "",
    }
end

--- The room as a table; an empty room for what is none.
function state.read(fields)
    fields = type(fields) == "table" and fields or {}
    local read = {
        film = string_or(fields.film, nil),
        viewers = {},
        wait = wait(fields.wait),
        start = start(fields.start),
        download = download(fields.download),
    }
    for _, one in ipairs(type(fields.viewers) == "table" and fields.viewers or {}) do
        if type(one) == "table" then read.viewers[#read.viewers + 1] = viewer(one) end
    end
    return read
end

--- The names of all but this user.
function state.others(room)
    local others = {}
    for _, one in ipairs(room.viewers) do
        if not one.me then others[#others + 1] = one.name end
    end
    return others
end

return state

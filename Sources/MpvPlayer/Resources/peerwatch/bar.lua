-- How much of the film is here? A thin line along the window's lower edge: what is lit is verified.

local theme = require "theme"

local bar = {}

local HEIGHT = 4
local GROUND = {color = theme.back, alpha = 60}
local BEGUN, WHOLE = {color = theme.accent, alpha = 150}, {color = theme.accent, alpha = 20}
local POSITION = {color = theme.text}

--- Runs of parts that are whole or begun: {first, last, share}, positions from 0 to 1.
function bar.runs(parts)
    local runs, count = {}, #parts
    for index = 1, count do
        local digit = parts:byte(index) - 48
        local last = runs[#runs]
        local kind = digit == 9 and 2 or digit > 0 and 1 or 0
        if last and last.kind == kind then
            last.last = index / count
        elseif kind > 0 then
            runs[#runs + 1] = {first = (index - 1) / count, last = index / count, kind = kind}
        else
            runs[#runs + 1] = {first = 0, last = 0, kind = 0}
        end
    end
    return runs
end

local function draw_parts(canvas, y, parts)
    canvas:box(0, y, canvas.width, HEIGHT, GROUND)
    local paths = {{}, {}}
    for _, run in ipairs(bar.runs(parts)) do
        if run.kind > 0 then
            local left, right = canvas.width * run.first, canvas.width * run.last
            table.insert(paths[run.kind], string.format(
                "m %.1f 0 l %.1f 0 %.1f %d %.1f %d", left, right, right, HEIGHT, left, HEIGHT))
        end
    end
    for kind, path in ipairs(paths) do
        if #path > 0 then
            canvas:shape(0, y, table.concat(path, " "), kind == 1 and BEGUN or WHOLE)
        end
    end
end

--- Draws the line; `position` is where the film is, from 0 to 1.
function bar.draw(canvas, download, position)
    local y = canvas:snap(canvas.height - HEIGHT)
    canvas:piece("bar", y, download.parts, draw_parts, y, download.parts)
    if position then
        canvas:box(canvas:snap(canvas.width * position) - 1.5, y - 2, 3, HEIGHT + 2, POSITION)
    end
end

return bar

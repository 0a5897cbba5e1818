-- How much of the film is here? A thin line along the window's lower edge: what is lit is verified.

local theme = require "theme"

local bar = {}

local HEIGHT = 4

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

--- Draws the line; `position` is where the film is, from 0 to 1.
function bar.draw(canvas, download, position)
    local y = canvas:snap(canvas.height - HEIGHT)
    canvas:box(0, y, canvas.width, HEIGHT, {color = theme.back, alpha = 60})
    local paths = {{}, {}}
    for _, run in ipairs(bar.runs(download.parts)) do
        if run.kind > 0 then
            local left, right = canvas.width * run.first, canvas.width * run.last
            table.insert(paths[run.kind], string.format(
                "m %.1f 0 l %.1f 0 %.1f %d %.1f %d", left, right, right, HEIGHT, left, HEIGHT))
        end
    end
    for kind, path in ipairs(paths) do
        if #path > 0 then
            canvas:shape(0, y, table.concat(path, " "), {
                color = theme.accent, alpha = kind == 1 and 150 or 20})
        end
    end
    if position then
        canvas:box(canvas:snap(canvas.width * position) - 1.5, y - 2, 3, HEIGHT + 2, {
            color = theme.text})
    end
end

return bar

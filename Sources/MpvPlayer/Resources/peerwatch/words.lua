-- How are numbers and lists said? Pure.

local words = {}

--- "Ana", "Ana and Bo", "Ana, Bo and Cy", "Ana, Bo and 3 more".
function words.names(names)
    local count = #names
    if count <= 2 then return table.concat(names, " and ") end
    if count == 3 then return names[1] .. ", " .. names[2] .. " and " .. names[3] end
    return string.format("%s, %s and %d more", names[1], names[2], count - 2)
end

--- 0.4, 14 or 120: seconds to a tenth where there are few.
function words.seconds(seconds)
    return string.format(seconds < 9.95 and "%.1f s" or "%.0f s", seconds)
end

local MINUS = "\226\136\146"

--- +0.12 %, with the sign that is as wide as a plus.
function words.percent(share)
    return (string.format("%+.2f %%", share * 100):gsub("-", MINUS))
end

--- +3 ms or −120 ms.
function words.signed_ms(ms)
    local rounded = math.abs(ms) < 9.95 and math.floor(ms * 10 + 0.5) / 10
        or math.floor(ms + 0.5)
    if rounded == 0 then return "0 ms" end
    local sign = rounded < 0 and MINUS or "+"
    local amount = math.abs(rounded)
    if amount >= 100000 then return string.format("%s%.0f s", sign, amount / 1000) end
    if amount >= 10000 then return string.format("%s%.1f s", sign, amount / 1000) end
    return string.format(amount % 1 == 0 and "%s%.0f ms" or "%s%.1f ms", sign, amount)
end

--- 2.1 M, 340 k: bytes a second where many stand in a column.
function words.short_rate(bytes)
    if bytes >= 1e6 then return string.format("%.1f M", bytes / 1e6) end
    return string.format("%.0f k", bytes / 1e3)
end

--- 1.4 GB, 320 MB.
function words.size(bytes)
    if bytes >= 1e9 then return string.format("%.1f GB", bytes / 1e9) end
    return string.format("%.0f MB", bytes / 1e6)
end

return words

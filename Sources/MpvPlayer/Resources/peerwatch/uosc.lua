-- What does somebody get whose interface is uosc? A button, and a menu of everything.

local mp = require "mp"
local utils = require "mp.utils"

local uosc = {}

-- Says whether there is a script of that name.
local function tell(verb, ...)
    return mp.commandv("script-message-to", "uosc", verb, ...) == true
end

local function json(value)
    local text = utils.format_json(value)
    return text
end

local function command(name) return "script-message-to peerwatch " .. name end

local offered

--- Offers `button:peerwatch`, for the controls in the user's uosc.conf, with how many are here,
--- when that has changed. `is_new` says that uosc has only just begun and knows nothing.
function uosc.offer_button(count, is_new)
    if count == offered and not is_new then return end
    offered = count
    tell("set-button", "peerwatch", json({
        icon = "groups", tooltip = "The room", badge = count > 0 and tostring(count) or nil,
        command = command("menu"),
    }))
end

--- Opens the menu; says whether there was somebody to open it.
function uosc.open_menu(actions, keys)
    local items = {}
    for _, action in ipairs(actions) do
        if action.name ~= "menu" then
            items[#items + 1] = {
                title = action.words:gsub("^%l", string.upper), hint = keys[action.name],
                value = command(action.name),
            }
        end
    end
    return tell("open-menu", json({
        type = "peerwatch", title = "The room", items = items}))
end

return uosc

-- Which keys act on the room? Weak, so that the user's input.conf wins; named, so that it can move
-- them; and only such as mpv 0.35 to 0.41 leave free. The names are script messages, too.

local mp = require "mp"
local options = require "options"

local keys = {}

--- What there is to do, in the order in which it is listed.
keys.actions = {
    {name = "token", words = "the token, to invite somebody"},
    {name = "copy-token", words = "copy the token"},
    {name = "peers", words = "who is here"},
    {name = "stats", words = "how well it runs"},
    {name = "help", words = "these keys"},
    {name = "undo-seek", words = "back to before the last jump"},
    {name = "chat", words = "write to everybody"},
    {name = "talk", words = "what was written"},
    {name = "react", words = "show a feeling"},
    {name = "ready", words = "say that you are ready"},
    {name = "skip-wait", words = "go on without waiting"},
    {name = "menu", words = "all this as a menu (uosc)"},
}

local bound = {}

local function option_of(name) return name:gsub("-", "_") .. "_key" end

local function bind(name, act)
    local key = options.set.keys and options.set[option_of(name)] or ""
    mp.add_key_binding(key ~= "" and key or nil, name, act)
end

--- Binds every action; `acts` has a function for each name.
function keys.bind(acts)
    bound = acts
    for _, action in ipairs(keys.actions) do bind(action.name, acts[action.name]) end
end

options.on_change(function(changed)
    for _, action in ipairs(keys.actions) do
        local act = bound[action.name]
        if act and (changed.keys or changed[option_of(action.name)]) then
            mp.remove_key_binding(action.name)
            bind(action.name, act)
        end
    end
end)

--- The command that each key gives now: of several bindings the one with the highest priority.
function keys.commands()
    local best = {}
    for _, binding in ipairs(mp.get_property_native("input-bindings") or {}) do
        local other = best[binding.key]
        if binding.priority >= 0 and (not other or binding.priority >= other.priority) then
            best[binding.key] = binding
        end
    end
    return best
end

--- The key of each action that has one, as it is bound now.
function keys.current()
    local current = {}
    for key, binding in pairs(keys.commands()) do
        local name = binding.cmd:match("script%-binding [\"']?peerwatch/([%w-]+)")
            or binding.cmd:match("script%-message%-to peerwatch ([%w-]+)")
        -- Of several the shortest is the one people know.
        if name and (not current[name] or #key < #current[name]
            or (#key == #current[name] and key < current[name])) then
            current[name] = key
        end
    end
    if next(current) or not options.set.keys then return current end
    -- mpv learns of bindings a moment after the script has made them.
    for _, action in ipairs(keys.actions) do
        local key = options.set[option_of(action.name)]
        if key ~= "" then current[action.name] = key end
    end
    return current
end

return keys

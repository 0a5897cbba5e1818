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

local function bindings() return mp.get_property_native("input-bindings") or {} end

-- The keys that other scripts have bound.
local function foreign_keys()
    local foreign, own = {}, mp.get_script_name()
    for _, binding in ipairs(bindings()) do
        local script = binding.section:match("^input_forced_(.*)$")
            or binding.section:match("^input_(.*)$")
        if script and script ~= own then foreign[binding.key] = true end
    end
    return foreign
end

-- The key that an action is bound to, or nil: the one the user names, or the usual one where no
-- other script has it.
local function key_of(name, foreign)
    local key, is_named = options.key(option_of(name))
    if key == "" or (foreign[key] and not is_named) then return nil end
    return key
end

--- Binds every action; `acts` has a function for each name.
function keys.bind(acts)
    local foreign = foreign_keys()
    for _, action in ipairs(keys.actions) do
        local act = acts[action.name]
        bound[action.name] = {act = act, key = key_of(action.name, foreign)}
        mp.add_key_binding(bound[action.name].key, action.name, act)
    end
end

--- Binds anew what has another key than before: the options are others, or scripts that began later
--- have taken some.
function keys.bind_again()
    local foreign = foreign_keys()
    for _, action in ipairs(keys.actions) do
        local name, binding = action.name, bound[action.name]
        local key = key_of(name, foreign)
        if binding and binding.key ~= key then
            binding.key = key
            mp.remove_key_binding(name)
            mp.add_key_binding(key, name, binding.act)
        end
    end
end

options.on_change(keys.bind_again)

local held = {}

--- Takes these keys, {key, act}, instead of those that were taken so before.
function keys.hold(list)
    for index = 1, #held do mp.remove_key_binding("page-" .. index) end
    held = list
    for index, entry in ipairs(list) do
        mp.add_forced_key_binding(entry[1], "page-" .. index, entry[2], {repeatable = true})
    end
end

--- The command that each key gives now, but for what is written or chosen: of several bindings the
--- one with the highest priority.
function keys.commands()
    local best = {}
    for _, binding in ipairs(bindings()) do
        local other = best[binding.key]
        local counts = binding.priority >= 0 and not binding.cmd:find("peerwatch/input-", 1, true)
        if counts and (not other or binding.priority >= other.priority) then
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
    if next(current) then return current end
    -- mpv learns of bindings a moment after the script has made them.
    for _, action in ipairs(keys.actions) do
        current[action.name] = bound[action.name] and bound[action.name].key
    end
    return current
end

return keys

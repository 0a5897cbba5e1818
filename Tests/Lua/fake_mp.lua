-- What stands for mpv in tests of what talks to it: it holds the keys that are bound, answers what
-- is put into `properties`, and counts what it is asked to measure.

local fake = {
    properties = {}, keys = {}, commands = {}, measured = 0, updates = 0,
}

-- Any text is 10 units wide a byte, as the overlay would be drawn.
local function update(overlay)
    if not overlay.compute_bounds then
        fake.updates = fake.updates + 1
        return
    end
    fake.measured = fake.measured + 1
    local shown = overlay.data:gsub("^{[^}]*}", "")
    return {x0 = 0, y0 = 0, x1 = #shown * 10, y1 = 20}
end

function fake.create_osd_overlay()
    return {data = "", update = update, remove = function() end}
end

function fake.get_property_native(name) return fake.properties[name] end
function fake.get_property_bool(_, other) return other end
function fake.get_script_name() return "peerwatch" end

local function bind(section, key, name, act)
    fake.keys[name] = {key = key, section = section, act = act}
end

function fake.add_key_binding(key, name, act) bind("input_peerwatch", key, name, act) end
function fake.add_forced_key_binding(key, name, act)
    bind("input_forced_peerwatch", key, name, act)
end
function fake.remove_key_binding(name) fake.keys[name] = nil end

function fake.commandv(...)
    fake.commands[#fake.commands + 1] = {...}
    return true
end

--- The key of a binding's name.
function fake.key_of(name) return fake.keys[name] and fake.keys[name].key end

--- The binding that a key has here.
function fake.binding_of(key)
    for _, binding in pairs(fake.keys) do
        if binding.key == key then return binding end
    end
    return nil
end

--- Makes a key bound by somebody else, in the section of that name.
function fake.foreign(key, section, command)
    local bindings = fake.properties["input-bindings"] or {}
    fake.properties["input-bindings"] = bindings
    bindings[#bindings + 1] = {key = key, section = section, cmd = command, priority = 1}
end

package.loaded["mp"] = fake
package.loaded["mp.utils"] = {
    format_json = function(value) return value.badge or "json" end,
}
package.loaded["mp.options"] = {
    read_options = function(set, _, changed) fake.set, fake.options_changed = set, changed end,
}

return fake

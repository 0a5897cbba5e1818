-- What can other scripts, profiles and IPC clients see of the room? user-data/peerwatch/…, and on
-- mpv before 0.36 shared-script-properties/peerwatch-…, as JSON. Never the token.

local mp = require "mp"
local utils = require "mp.utils"

local publish = {}

local published = {}
local has_user_data = mp.get_property_native("user-data") ~= nil

--- Sets a property; does nothing when it is that already.
function publish.set(name, value)
    local json = utils.format_json(value)
    if published[name] == json then return end
    published[name] = json
    if has_user_data then
        mp.set_property_native("user-data/peerwatch/" .. name, value)
    else
        utils.shared_script_property_set("peerwatch-" .. name, json)
    end
end

--- Takes all properties back.
function publish.clear()
    if has_user_data then
        mp.del_property("user-data/peerwatch")
    else
        for name in pairs(published) do
            utils.shared_script_property_set("peerwatch-" .. name, nil)
        end
    end
    published = {}
end

return publish

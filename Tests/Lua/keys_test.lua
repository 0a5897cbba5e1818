-- Which keys are bound, beside those of other scripts.

local check = require "check"
local mp = require "fake_mp"

local keys = require "keys"

local equal = check.equal

local acts = {}
for _, action in ipairs(keys.actions) do acts[action.name] = function() end end

mp.foreign("c", "input_chatter", "script-binding chatter/open")
mp.foreign("n", "default", "ignore")
keys.bind(acts)
equal("a key that is free is taken", mp.key_of("peers"), "a")
equal("one that another script has stays with it", mp.key_of("chat"), nil)
equal("the name is bound all the same", mp.keys.chat ~= nil, true)
equal("the user's own win by themselves", mp.key_of("skip-wait"), "n")

mp.foreign("a", "input_forced_later", "script-binding later/list")
keys.bind_again()
equal("a script that began later keeps its key", mp.key_of("peers"), nil)
equal("what has not changed stays", mp.key_of("stats"), "D")
equal("the page of keys says so", keys.current().peers, nil)

mp.set.peers_key = "a"
mp.options_changed({peers_key = true})
equal("unless the user names it", mp.key_of("peers"), "a")
mp.set.peers_key = ""
mp.options_changed({peers_key = true})
equal("and none is none", mp.key_of("peers"), nil)
mp.set.keys = false
mp.options_changed({keys = true})
equal("all can be off", mp.key_of("stats"), nil)
mp.set.keys, mp.set.peers_key = true, "auto"
mp.options_changed({keys = true, peers_key = true})
equal("and on again", mp.key_of("stats"), "D")

keys.hold({{"ESC", function() end}, {"PGUP", function() end}})
equal("a page takes its keys", mp.binding_of("PGUP").section, "input_forced_peerwatch")
keys.hold({})
equal("and gives them back", mp.binding_of("PGUP"), nil)
mp.properties["input-bindings"] = nil

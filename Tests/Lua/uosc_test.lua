-- What uosc is told, and how often.

local check = require "check"
local mp = require "fake_mp"

local uosc = require "uosc"

local equal = check.equal

local function told(act)
    mp.commands = {}
    act()
    return mp.commands
end

local commands = told(function() uosc.offer_button(3) end)
equal("a button is offered", table.concat(commands[1], " "),
    "script-message-to uosc set-button peerwatch 3")
equal("and not again", #told(function() uosc.offer_button(3) end), 0)
equal("but with another number", #told(function() uosc.offer_button(4) end), 1)
equal("and to a uosc that has just begun", #told(function() uosc.offer_button(4, true) end), 1)
commands = told(function()
    uosc.open_menu({{name = "peers", words = "who is here"}}, {peers = "a"})
end)
equal("the menu is opened", commands[1][3], "open-menu")

-- Markup: nothing that is text draws.

local check = require "check"
local ass = require "ass"

local equal, contains = check.equal, check.contains

local JOINER = "\226\129\160"
equal("plain text stays", ass.escape("Ana – 漢字"), "Ana – 漢字")
equal("a brace opens no tag", ass.escape("{\\an8}x"), "\\{\\" .. JOINER .. "an8}x")
equal("a backslash is none of libass", ass.escape("a\\Nb"), "a\\" .. JOINER .. "Nb")
equal("an escaped brace opens no tag", ass.escape("\\{x}"), "\\" .. JOINER .. "\\{x}")
equal("a line break is a space", ass.escape("a\r\nb\tc"), "a  b c")
contains("a colour is written backwards",
    ass.look({color = "102030"}), "\\1c&H302010&")
for byte = 0x20, 0x7E do
    local plain = string.char(byte)
    local is_markup = plain == "\\" or plain == "{"
    equal("only markup is changed: " .. plain, ass.escape(plain) == plain, not is_markup)
end
contains("text is escaped", ass.text("", "{"), "}\\{")
contains("a clip is four corners", ass.place(0, 0, {1, 2, 3, 4}),
    "\\clip(1.00,2.00,3.00,4.00)")
equal("a font's name cannot close the tags", ass.font("Sans{\\b1}"), "Sansb1")

for _, hostile in ipairs(check.hostile) do
    local shown = ass.text("", hostile):sub(#"{}" + 1)
    -- What libass reads as markup: a brace that is not escaped, or a backslash before a letter.
    equal("no tag is opened", (" " .. shown):find("[^\\]{"), nil)
    equal("no line is broken", shown:find("\\[Nnh]"), nil)
    equal("it is one line", shown:find("%c"), nil)
end

local _, lines = ass.box(0, 0, 10, 20, 0):gsub("l ", "l ")
equal("a box without round corners has no curves", lines, 1)
contains("a box with them has", ass.box(0, 0, 10, 20, 3), " b ")
check.lacks("corners are no rounder than the box", ass.box(0, 0, 10, 4, 99), "99")

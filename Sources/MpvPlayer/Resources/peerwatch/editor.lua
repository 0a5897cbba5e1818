-- How is a line edited? Pure: code points, a cursor between them, and what was written before.

local text = require "text"

local editor = {}
editor.__index = editor

--- An empty line of at most `limit` bytes; `history` are lines written before, oldest first.
function editor.new(limit, history)
    return setmetatable(
        {codes = {}, cursor = 0, limit = limit, history = history or {}, recalled = nil}, editor)
end

--- The line.
function editor:line() return text.join(self.codes) end

--- Puts text in at the cursor, as much as the limit lets in.
function editor:insert(s)
    local bytes = text.bytes(self.codes)
    for _, code in ipairs(text.codes(text.clean(s))) do
        bytes = bytes + text.bytes({code})
        if bytes > self.limit then return end
        self.cursor = self.cursor + 1
        table.insert(self.codes, self.cursor, code)
    end
end

-- Steps over marks, which have no place of their own.
local function step_back(codes, cursor)
    repeat cursor = cursor - 1 until cursor <= 0 or not text.is_mark(codes[cursor + 1])
    return math.max(0, cursor)
end

local function step_on(codes, cursor)
    repeat cursor = cursor + 1 until cursor >= #codes or not text.is_mark(codes[cursor + 1])
    return math.min(#codes, cursor)
end

local function word_start(codes, cursor)
    while cursor > 0 and codes[cursor] == 0x20 do cursor = cursor - 1 end
    while cursor > 0 and codes[cursor] ~= 0x20 do cursor = cursor - 1 end
    return cursor
end

local function word_end(codes, cursor)
    while cursor < #codes and codes[cursor + 1] == 0x20 do cursor = cursor + 1 end
    while cursor < #codes and codes[cursor + 1] ~= 0x20 do cursor = cursor + 1 end
    return cursor
end

function editor:remove(first, last)
    for _ = first, last do table.remove(self.codes, first) end
    self.cursor = first - 1
end

function editor:replace(s)
    self.codes = text.codes(s)
    self.cursor = #self.codes
end

function editor:left() self.cursor = step_back(self.codes, self.cursor) end
function editor:right() self.cursor = step_on(self.codes, self.cursor) end
function editor:word_left() self.cursor = word_start(self.codes, self.cursor) end
function editor:word_right() self.cursor = word_end(self.codes, self.cursor) end
function editor:home() self.cursor = 0 end
function editor:end_() self.cursor = #self.codes end

function editor:backspace()
    if self.cursor > 0 then self:remove(step_back(self.codes, self.cursor) + 1, self.cursor) end
end

function editor:delete()
    if self.cursor < #self.codes then
        self:remove(self.cursor + 1, step_on(self.codes, self.cursor))
    end
end

function editor:delete_word() self:remove(word_start(self.codes, self.cursor) + 1, self.cursor) end
function editor:delete_to_start() self:remove(1, self.cursor) end
function editor:delete_to_end()
    local cursor = self.cursor
    self:remove(cursor + 1, #self.codes)
    self.cursor = cursor
end

--- The line before, and back again; what was being written is kept.
function editor:previous()
    local index = self.recalled and self.recalled - 1 or #self.history
    if index < 1 then return end
    if not self.recalled then self.draft = self:line() end
    self.recalled = index
    self:replace(self.history[index])
end

function editor:next()
    if not self.recalled then return end
    if self.recalled < #self.history then
        self.recalled = self.recalled + 1
        self:replace(self.history[self.recalled])
    else
        self.recalled = nil
        self:replace(self.draft or "")
    end
end

return editor

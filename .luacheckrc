-- What mpv's scripts may use: Lua 5.1 to LuaJIT, and mpv's own table.
std = "min"
read_globals = { "mp", "exit" }
max_line_length = 100

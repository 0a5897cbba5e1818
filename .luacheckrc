-- What mpv's scripts may use: Lua 5.1 to LuaJIT, and mpv's own table.
std = "min"
read_globals = { mp = { other_fields = true, fields = { keep_running = { read_only = false } } } }
max_line_length = 100

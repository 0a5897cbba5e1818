-- How does everything that is drawn look? Colours as RRGGBB, alpha from 0 (solid) to 255 (nothing),
-- sizes in units of the canvas.

local theme = {
    -- Behind everything: dark enough for white text over a white picture.
    back = "11151A",
    back_alpha = 26,
    -- What lies on that: bars, keys, badges.
    raised = "FFFFFF",
    raised_alpha = 222,

    text = "F2F5F7",
    soft = "D6DDE3",
    quiet = "B4BEC8",
    accent = "7CC4FF",
    good = "86D993",
    warn = "F3C366",
    bad = "F58F86",
    ink = "11151A",
    paper = "FFFFFF",

    -- People are told apart by these.
    names = {"7CC4FF", "F3C366", "86D993", "F2A7C3", "B9A6F5", "6FD6CF", "F5A97F", "C5D86D"},

    title_size = 28,
    text_size = 23,
    small_size = 19,

    -- Between a panel's edge and what is in it.
    padding = 28,
    radius = 14,
    -- Between the window's edge and what is drawn.
    margin = 24,
}

-- What many things are drawn in.
theme.panel = {color = theme.back, alpha = theme.back_alpha, radius = theme.radius}
theme.heading = {align = 4, size = theme.title_size, bold = true}
theme.note = {align = 4, size = theme.small_size, color = theme.quiet}

return theme

-- How does a test say what it expects? Failures are counted and printed, and the rest goes on.

local check = {failures = 0, count = 0}

local function fail(name, expected, actual)
    check.failures = check.failures + 1
    print(string.format("%s\n  expected: %s\n  actual:   %s", name, tostring(expected),
        tostring(actual)))
end

function check.equal(name, actual, expected)
    check.count = check.count + 1
    if actual ~= expected then fail(name, expected, actual) end
end

function check.is_true(name, condition)
    check.equal(name, condition == true, true)
end

function check.contains(name, text, part)
    check.count = check.count + 1
    if not text:find(part, 1, true) then fail(name, "… " .. part .. " …", text) end
end

function check.lacks(name, text, part)
    check.count = check.count + 1
    if text:find(part, 1, true) then fail(name, "nothing like " .. part, text) end
end

--- What people call themselves and write when they mean harm.
check.hostile = {
    "{\\an8}", "\\N\\n\\h", "{\\p1}m 0 0 l 999 0 999 999{\\p0}", "a\nb\r\nc\0d", "\\{\\b1}",
    ("x"):rep(3000), ("\240\159\142\172"):rep(100), "\226\128\174abc", "שלום עולם", "\255\254\192",
    "a" .. ("\204\129"):rep(400), "", " ", "{", "}", "\\", "\237\160\128", "\244\144\128\128",
    "\226\128\168line", "ends in \226\128", "%s%d%n",
}

return check

-- Numbers and lists as they are said.

local check = require "check"
local words = require "words"

local equal = check.equal

equal("nobody", words.names({}), "")
equal("one", words.names({"Ana"}), "Ana")
equal("two", words.names({"Ana", "Bo"}), "Ana and Bo")
equal("three", words.names({"Ana", "Bo", "Cy"}), "Ana, Bo and Cy")
equal("more", words.names({"Ana", "Bo", "Cy", "Di"}), "Ana, Bo and 2 more")

equal("few seconds", words.seconds(0.44), "0.4 s")
equal("many seconds", words.seconds(14.2), "14 s")
equal("no error", words.signed_ms(0.04), "0 ms")
equal("a small error", words.signed_ms(3.24), "+3.2 ms")
equal("a whole error", words.signed_ms(-3), "−3 ms")
equal("a large error", words.signed_ms(-1840.4), "−1840 ms")
equal("a clock far off", words.signed_ms(-18234), "−18.2 s")
equal("a clock farther off", words.signed_ms(1e6), "+1000 s")
equal("a trim", words.percent(-0.0031), "−0.31 %")
equal("a fast line", words.short_rate(2345678), "2.3 M")
equal("a slow line", words.short_rate(45000), "45 k")
equal("a large film", words.size(1468006400), "1.5 GB")
equal("a small film", words.size(734003200), "734 MB")

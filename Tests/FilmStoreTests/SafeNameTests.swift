import FilmStore
import Testing

@Suite("Safe names")
struct SafeNameTests {
    @Test(
        "a hostile name becomes a harmless one",
        arguments: [
            ("movie.mkv", "movie.mkv"),
            ("Alien: Romulus (2024).mkv", "Alien: Romulus (2024).mkv"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("/etc/passwd", "_etc_passwd"),
            ("C:\\Windows\\film.avi", "C:_Windows_film.avi"),
            ("..", "film"),
            (".", "film"),
            ("", "film"),
            ("   ", "film"),
            ("-rf", "rf"),
            (".- .bashrc", "bashrc"),
            ("a\0b\n\u{1B}[31mc.mkv", "ab[31mc.mkv"),
            ("photo\u{202E}gpj.mkv", "photogpj.mkv"),
            ("a\u{2066}b\u{200F}c\u{FEFF}d\u{2028}e.mkv", "abcde.mkv"),
            ("film.mkv. . ", "film.mkv"),
            (".mkv", "mkv"),
            ("日本語の映画.mkv", "日本語の映画.mkv"),
            ("می‌خواهم.mkv", "می‌خواهم.mkv"),
        ])
    func hostile(name: String, expected: String) {
        #expect(SafeName(name).text == expected)
    }

    @Test(
        "a long name is cut to what a file system takes, and keeps its extension",
        arguments: ["a", "é", "日", "👨‍👩‍👧‍👦"])
    func long(character: Character) {
        let name = SafeName(String(repeating: character, count: 300) + ".mkv").text
        #expect(name.utf8.count <= 255)
        #expect(name.utf8.count > 255 - String(character).utf8.count)
        #expect(name.hasSuffix("\(character).mkv"))
        #expect(SafeName(name).text == name)
    }

    @Test("a single character too long for a name leaves the name a film has without one")
    func zalgo() {
        let name = "a" + String(repeating: "\u{0301}", count: 400) + ".mkv"
        #expect(SafeName(name).text == "film.mkv")
    }

    @Test("what is too long for an extension is cut like the rest")
    func longExtension() {
        let name = SafeName("a." + String(repeating: "b", count: 400)).text
        #expect(name == "a." + String(repeating: "b", count: 253))
    }

    @Test("a number goes before the extension and fits as well")
    func numbered() {
        #expect(SafeName("film.mkv").numbered(2) == "film (2).mkv")
        #expect(SafeName("film").numbered(3) == "film (3)")
        let long = SafeName(String(repeating: "x", count: 300) + ".mkv").numbered(12)
        #expect(long.utf8.count == 255)
        #expect(long.hasSuffix("x (12).mkv"))
    }
}

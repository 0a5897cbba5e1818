// Files that are no films: one sentence each that says what to do.

import Foundation
import Testing

extension EndToEnd {
    @Suite("Films that cannot be shared")
    struct BadFilms {
        @Test("there is no such file")
        func missing() throws {
            try Stage.run { stage in
                let path = stage.directory.appending(path: "nothing.mkv").path
                try stage.expect(
                    ["play", path], toSay: "There is no file at \(path); check the spelling.",
                    status: 1)
            }
        }

        @Test("its name begins like an option")
        func optionLike() throws {
            try Stage.run { stage in
                try Data([1]).write(to: stage.directory.appending(path: "-film.mkv"))
                let there = ["/bin/sh", "-c", "cd \(stage.directory.path) && exec \"$0\" \"$@\""]
                try stage.expect(
                    ["play", "-film.mkv"],
                    toSay: "-film.mkv is taken for an option; to name the file write ./-film.mkv.",
                    status: 2, wrapper: there)
            }
        }

        @Test("its name is no text")
        func nameNotText() throws {
            try Stage.run { stage in
                // Latin-1, as on old disks; a word of this test could not hold it.
                let there = ["/bin/sh", "-c", "exec \"$0\" \"$1\" \"$(printf 'caf\\351.mkv')\""]
                try stage.expect(
                    ["play"],
                    toSay: "The file name caf\u{FFFD}.mkv is not valid UTF-8; "
                        + "rename the film, or link to it by another name.",
                    status: 1, wrapper: there)
            }
        }

        @Test("it is a directory")
        func directory() throws {
            try Stage.run { stage in
                let path = try stage.makeDirectory("films").path
                try stage.expect(
                    ["seed", path], toSay: "\(path) is a directory; name the film inside it.",
                    status: 1)
            }
        }

        @Test("it is not a file")
        func device() throws {
            try Stage.run { stage in
                try stage.expect(
                    ["play", "/dev/null"],
                    toSay: "/dev/null is not an ordinary file; name a film file.", status: 1)
            }
        }

        @Test("it is empty")
        func empty() throws {
            try Stage.run { stage in
                let path = stage.directory.appending(path: "empty.mkv")
                try Data().write(to: path)
                try stage.expect(
                    ["play", path.path],
                    toSay: "\(path.path) is empty; there is nothing to play.", status: 1)
            }
        }

        @Test("it may not be read")
        func unreadable() throws {
            try Stage.run { stage in
                let path = stage.directory.appending(path: "secret.mkv")
                try Data([1]).write(to: path)
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0], ofItemAtPath: path.path)
                try stage.expect(
                    ["seed", path.path], toSay: "\(path.path) cannot be read: permission denied.",
                    status: 1, wrapper: stage.powerless)
            }
        }

        @Test("one bad film among good ones is enough")
        func amongOthers() throws {
            try Stage.run { stage in
                try stage.expect(
                    ["seed", Films.brief(1).path, "/dev/null"],
                    toSay: "/dev/null is not an ordinary file; name a film file.", status: 1)
            }
        }
    }
}

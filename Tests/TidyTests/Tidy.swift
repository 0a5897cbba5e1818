// Does the project keep its own rules? Reads the sources from where this file was compiled.

import Foundation
import Testing

@Suite("Tidy")
struct Tidy {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// All text files below the directories that people write in.
    static let sourceFiles: [SourceFile] = {
        let endings: Set = ["swift", "lua", "md", "h", "modulemap", ""]
        var files: [SourceFile] = []
        for directory in ["Sources", "Tests", "scripts", "docs", "README.md", "Package.swift"] {
            let start = root.appending(path: directory)
            let inside = FileManager.default.enumerator(at: start, includingPropertiesForKeys: nil)
            let urls = [start] + (inside?.compactMap { $0 as? URL } ?? [])
            for url in urls where endings.contains(url.pathExtension) {
                guard let text = try? String(contentsOf: url, encoding: .utf8) else { continue }
                let path = url.path.dropFirst(root.path.count + 1)
                files.append(SourceFile(path: String(path), text: text))
            }
        }
        return files
    }()

    @Test("the sources were found")
    func sourcesFound() {
        let paths = Self.sourceFiles.map(\.path)
        #expect(paths.contains("Sources/PartyModel/Message.swift"))
        #expect(paths.contains("Tests/TidyTests/Tidy.swift"))
        #expect(paths.contains("scripts/test"))
        #expect(paths.contains("Package.swift"))
    }

    @Test("the project keeps its rules", arguments: Rule.all)
    func rule(rule: Rule) {
        for violation in rule.check(Self.sourceFiles) {
            Issue.record("\(violation)")
        }
    }

    @Test("the top level holds what it should and nothing else")
    func topLevel() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.root.path)
        let (extra, missing) = TopLevel.differences(of: names)
        #expect(extra.isEmpty)
        #expect(missing.isEmpty)
    }

    @Test("no exception outlives its need")
    func exceptions() {
        let files = Self.sourceFiles
        for (path, exception) in Rule.longFiles {
            let length = files.first { $0.path == path }?.lines.count
            #expect(length == exception.lines, "\(path): \(exception.reason)")
        }
        for (place, exception) in Rule.longFunctions {
            let lengths = files.flatMap { file in
                file.functions.filter { "\(file.path): \($0.name)" == place }.map(\.lineCount)
            }
            #expect(lengths.max() == exception.lines, "\(place): \(exception.reason)")
        }
    }
}

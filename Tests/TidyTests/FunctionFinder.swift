// How long are the functions of a file? Found by their braces, in code whose comments and strings
// are blank.

/// A function with a body, and where it stands.
struct FunctionPlace: Hashable {
    let name: String
    let line: Int
    let lineCount: Int
}

extension SourceFile {
    /// All functions and initialisers that have a body, nested ones too.
    var functions: [FunctionPlace] {
        let declaration =
            /^\s*(?:[\w@()]+\s+)*?(?:func\s+(?<name>[^\s(<]+)|(?<init>init)[?(<]|(?<deinit>deinit)\b)/
        return codeLines.indices.compactMap { index in
            guard let match = codeLines[index].prefixMatch(of: declaration) else { return nil }
            let name = match.name ?? match.`init` ?? match.deinit ?? ""
            return lastLine(ofFunctionAt: index).map {
                FunctionPlace(name: String(name), line: index + 1, lineCount: $0 - index + 1)
            }
        }
    }

    /// The line of the brace that closes the body; `nil` for a requirement, which has none.
    private func lastLine(ofFunctionAt start: Int) -> Int? {
        var brackets = 0
        var braces = 0
        for index in start..<codeLines.count {
            if index > start, brackets == 0, braces == 0, codeLines[index].beginsNextDeclaration {
                return nil
            }
            for character in codeLines[index] {
                switch character {
                case "(", "[": brackets += 1
                case ")", "]": brackets -= 1
                case "{" where brackets == 0: braces += 1
                case "}" where brackets == 0:
                    braces -= 1
                    if braces <= 0 { return braces == 0 ? index : nil }
                case _: break
                }
            }
        }
        return nil
    }
}

extension Substring {
    fileprivate var beginsNextDeclaration: Bool {
        contains(
            /^\s*(?:$|[}@]|(?:public|private|static|mutating|func|var|let|init|associatedtype)\b)/)
    }
}

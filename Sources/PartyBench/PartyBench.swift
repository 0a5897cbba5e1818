// Which numbers are wanted? The first argument names the bench; each bench is a file of its own.

import Foundation

@main
enum PartyBench {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "swarm": SwarmBench.run(Array(arguments.dropFirst()))
        case _:
            say("usage: PartyBench swarm [WORDS OF A NAME] [--seed N] [--trace]")
            say("       PartyBench swarm --churn COUNT [--guests N] [--seed N]")
            say("       PartyBench swarm --study")
            exit(2)
        }
    }

    /// Writes a line to standard output.
    static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}

// A program that cannot do what it is asked: one sentence, a status, and nothing else.

import Glibc
import Testing

extension Stage {
    /// Expects a program with these arguments to give up with one sentence and this status.
    func expect(
        _ arguments: [String], toSay sentence: String, status: Int32,
        wrapper: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let peer = try run(arguments, wrapper: wrapper)
        let outcome = try peer.outcome()
        #expect(outcome.complaints == ["peerwatch: " + sentence], sourceLocation: sourceLocation)
        #expect(outcome.status == status, sourceLocation: sourceLocation)
        #expect(!outcome.wasKilled, sourceLocation: sourceLocation)
        #expect(outcome.output == [], sourceLocation: sourceLocation)
    }

    /// Somebody without rights: root may read and write everything, so where the tests are root's,
    /// this is nobody.
    var powerless: [String] {
        guard geteuid() == 0 else { return [] }
        return ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
    }
}

extension Stage {
    /// Expects a program with these arguments to end with this sentence and status 1, whatever it
    /// told of the room before.
    func expectAtLast(
        _ arguments: [String], toSay sentence: String, wrapper: [String] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let outcome = try run(arguments, wrapper: wrapper).outcome()
        #expect(outcome.complaints.last == "peerwatch: " + sentence, sourceLocation: sourceLocation)
        #expect(outcome.status == 1, sourceLocation: sourceLocation)
        #expect(outcome.output == [], sourceLocation: sourceLocation)
    }

    /// Expects a program to explain how it is used, with status 2.
    func expectMisuse(
        _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let outcome = try run(arguments).outcome()
        #expect(outcome.status == 2, sourceLocation: sourceLocation)
        #expect(outcome.output == [], sourceLocation: sourceLocation)
        let said = outcome.complaints
        #expect(said.first?.hasPrefix("Error: ") == true, sourceLocation: sourceLocation)
        #expect(said.contains { $0.hasPrefix("Usage: peerwatch") }, sourceLocation: sourceLocation)
    }
}

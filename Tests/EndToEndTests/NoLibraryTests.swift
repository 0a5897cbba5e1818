// A machine on which there is no libmpv, as far as the loader can tell.

import Foundation
import Testing

extension EndToEnd {
    @Suite("Without libmpv")
    struct NoLibrary {
        /// Variables that make the loader find something else in libmpv's place.
        private func nothing(on stage: Stage) throws -> [String: String] {
            let directory = try stage.makeDirectory("libraries")
            try Data().write(to: directory.appending(path: "libmpv.so.2"))
            return ["LD_LIBRARY_PATH": directory.path]
        }

        @Test("who wants to watch is told in one sentence what is missing")
        func told() throws {
            try Stage.run { stage in
                let host = try stage.host([Films.brief(1)], command: "seed")
                let variables = try nothing(on: stage)
                for words in [["play", try Films.brief(1).path], ["join", try host.token]] {
                    let outcome = try stage.run(
                        words + ["--bind", stage.address, "--", "--vo=null", "--ao=null"],
                        environment: variables
                    ).outcome()
                    let complaint = try #require(outcome.complaints.last)
                    #expect(
                        complaint.hasPrefix(
                            "peerwatch: The player could not be started: libmpv cannot be loaded "
                                + "(Debian: apt install libmpv2): "))
                    #expect(outcome.status == 1)
                }
            }
        }

        @Test("a host and a guest without players share a film, and load no library for it")
        func headless() throws {
            try Stage.run { stage in
                let variables = try nothing(on: stage)
                let film = try Films.brief(1).path
                let common = ["--bind", stage.address, "--events", "-"]
                let host = try stage.run(
                    ["seed", film] + common, name: "host", environment: variables)
                let guest = try stage.run(
                    ["join", host.token, "--headless"] + common, name: "guest",
                    environment: variables)
                try guest.wait(for: "complete")
                for peer in [host, guest] {
                    let files = try peer.mappedFiles()
                    #expect(files.contains("/peerwatch"))
                    #expect(!files.contains("libmpv"))
                    #expect(!files.contains("libavcodec"))
                }
            }
        }
    }
}

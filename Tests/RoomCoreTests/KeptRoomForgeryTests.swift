import PartyModel
import Testing

@testable import RoomCore

@Suite("A room without its host, among liars")
struct KeptRoomForgeryTests {
    /// What ana would sign as keeper.
    private func list(
        by name: String, _ members: [Member], version: UInt64, in lab: RoomLab
    ) throws -> KeptRoster {
        let roster = try #require(lab.rooms[name]?.roster)
        let signer = try #require(lab.signers[name])
        return KeptRoster(
            roster: roster,
            admissions: signer.sign(
                Admissions(
                    term: roster.content.epoch, keeper: lab.id(name), version: version,
                    members: members)))
    }

    @Test("a member takes in nobody while the host is there")
    func hostIsThere() throws {
        var lab = try fullRoom()
        let eve = try lab.member("eve", since: 9)
        let list = try list(by: "ana", [eve], version: 1, in: lab)
        lab.tell("ben", .keptRoster(list))
        #expect(lab.rooms["ben"]?.member(eve.peer) == nil)
    }

    @Test("only the keeper's list counts, and only as the keeper signed it")
    func notTheKeeper() throws {
        var lab = try fullRoom()
        lab.kill("host")
        lab.run(for: .seconds(5))
        let eve = try lab.member("eve", since: 9)
        let bens = try list(by: "ben", [eve], version: 99, in: lab)
        lab.tell("cem", .keptRoster(bens))
        let forged = KeptRoster(
            roster: bens.roster,
            admissions: Signed(
                content: try list(by: "ana", [eve], version: 99, in: lab).admissions.content,
                signature: bens.admissions.signature))
        lab.tell("cem", .keptRoster(forged))
        #expect(lab.rooms["cem"]?.member(eve.peer) == nil)
    }

    @Test("a list of an earlier absence does not come back")
    func replay() throws {
        var lab = try fullRoom()
        lab.isolate("host")
        lab.run(for: .seconds(5))
        let eve = try lab.member("eve", since: 9)
        let old = try list(by: "ana", [eve], version: 99, in: lab)
        lab.reconnect("host")
        lab.run(for: .seconds(30))
        lab.isolate("host")
        lab.run(for: .seconds(5))
        lab.tell("cem", .keptRoster(old))
        #expect(lab.rooms["cem"]?.member(eve.peer) == nil)
        #expect(lab.keeper(at: "cem") == "ana")
    }

    @Test(
        "a keeper that counts to the end of all versions leaves a room that the next one can keep")
    func lastVersion() throws {
        var lab = try fullRoom()
        lab.kill("host")
        lab.run(for: .seconds(5))
        let eve = try lab.member("eve", since: 9)
        let last = try list(by: "ana", [eve], version: .max, in: lab)
        for name in ["ben", "cem"] { lab.tell(name, .keptRoster(last)) }
        #expect(lab.rooms["cem"]?.member(eve.peer) != nil)
        lab.kill("ana")
        lab.run(for: .seconds(10))
        #expect(lab.keeper(at: "cem") == "ben")
        lab.join("dan", at: "ben")
        lab.run(for: .seconds(5))
        #expect(lab.names(at: "cem").contains("dan"))
        lab.join("fay", at: "ben")
        lab.run(for: .seconds(5))
        #expect(lab.names(at: "cem").contains("fay"))
    }

    @Test("a welcome of anybody but the keeper is refused")
    func falseWelcome() throws {
        var lab = try fullRoom()
        lab.kill("host")
        lab.run(for: .seconds(5))
        let signer = try #require(lab.signers["ben"])
        let entry = try #require(lab.rooms["cem"]?.member(lab.id("cem")))
        lab.tell(
            "cem",
            .welcomed(
                Welcome(credential: signer.sign(entry), prefetch: []), from: lab.id("ben")))
        #expect(lab.refusals.contains { $0.by == "cem" && $0.bye.kind == .violation })
    }

    @Test("a host that was never away takes in nobody on the word of a member")
    func hostWasThere() throws {
        var lab = try fullRoom()
        let eve = try lab.member("eve", since: 9)
        let list = try list(by: "ana", [eve], version: 1, in: lab)
        lab.tell("host", .keptRoster(list))
        #expect(lab.rooms["host"]?.member(eve.peer) == nil)
    }

    @Test("a host that is back takes in nobody on the word of a stranger")
    func hostIsNotFooled() throws {
        var lab = try fullRoom()
        lab.isolate("host")
        lab.run(for: .seconds(5))
        let eve = try lab.member("eve", since: 9)
        let signer = try #require(lab.signers["eve"])
        let roster = try #require(lab.rooms["ana"]?.roster)
        lab.tell(
            "host",
            .keptRoster(
                KeptRoster(
                    roster: roster,
                    admissions: signer.sign(
                        Admissions(
                            term: roster.content.epoch, keeper: eve.peer, version: 1,
                            members: [eve])))))
        #expect(lab.rooms["host"]?.member(eve.peer) == nil)
    }
}

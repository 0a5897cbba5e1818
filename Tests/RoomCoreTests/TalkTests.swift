import Crypto
import PartyModel
import Testing

@testable import RoomCore

@Suite("What people say")
struct TalkTests {
    private func party() throws -> RoomLab {
        var lab = try RoomLab()
        lab.open(films: 1)
        lab.join("ana")
        lab.join("ben")
        lab.run()
        return lab
    }

    private func chat(_ lab: RoomLab, _ author: String, number: UInt64, _ text: String) -> Chat {
        Chat(author: lab.id(author), number: number, remark: .text(text))
    }

    @Test("is heard once by everybody, whoever it came through")
    func heardOnce() throws {
        var lab = try party()
        lab.tell("ana", .said(.text("hello")))
        lab.tell("ana", .said(.reaction(.heart)))
        lab.run()
        for name in ["host", "ana", "ben"] {
            #expect(
                lab.talk.filter { $0.hasPrefix(name) } == [
                    "\(name) hears ana: text(\"hello\")",
                    "\(name) hears ana: reaction(PartyModel.Reaction.heart)",
                ])
        }
    }

    @Test("reaches those who are not connected to the author, through the host")
    func passedOn() throws {
        var lab = try party()
        lab.answersDials = false
        lab.cut("ana", "ben")
        lab.tell("ana", .said(.text("hello")))
        lab.run()
        #expect(lab.talk.contains("ben hears ana: text(\"hello\")"))
    }

    @Test("is not heard again when somebody repeats it, nor after something later")
    func repeated() throws {
        var lab = try party()
        let signer = try #require(lab.signers["ana"])
        for number: UInt64 in [5, 5, 4, 6] {
            let signed = signer.sign(chat(lab, "ana", number: number, "\(number)"))
            lab.tell("ben", .chat(signed, from: lab.id("host")))
        }
        #expect(
            lab.talk.filter { $0.hasPrefix("ben") } == [
                "ben hears ana: text(\"5\")", "ben hears ana: text(\"6\")",
            ])
        #expect(lab.refusals.isEmpty)
    }

    @Test("is not believed in another's name, and drops who passes it on")
    func forged() throws {
        var lab = try party()
        let signer = try #require(lab.signers["ben"])
        let signed = signer.sign(chat(lab, "ana", number: 1, "I am Ana"))
        lab.tell("host", .chat(signed, from: lab.id("ben")))
        #expect(lab.talk == [])
        #expect(lab.refusals.contains { $0.by == "host" && $0.bye.kind == .violation })
    }

    @Test("is not heard from somebody who is no member")
    func strangers() throws {
        var lab = try party()
        _ = try lab.member("eve", since: 9)
        let signer = try #require(lab.signers["eve"])
        let signed = signer.sign(chat(lab, "eve", number: 1, "hi"))
        lab.tell("host", .chat(signed, from: lab.id("ben")))
        #expect(lab.talk == [])
        #expect(lab.refusals.isEmpty)
    }

    @Test("is heard up to a burst at once, then one each so often")
    func flood() throws {
        var lab = try party()
        for _ in 0..<(Talk.burst + 5) { lab.tell("ana", .said(.reaction(.wow))) }
        lab.run(for: .zero)
        #expect(lab.talk.count { $0.hasPrefix("ana hears") } == Talk.burst)
        #expect(lab.talk.count { $0 == "ana is not heard" } == 5)
        #expect(lab.talk.count { $0.hasPrefix("ben hears") } == Talk.burst)
        lab.run(for: Talk.interval)
        for _ in 0..<3 { lab.tell("ana", .said(.reaction(.wow))) }
        lab.run(for: .zero)
        #expect(lab.talk.count { $0.hasPrefix("ben hears") } == Talk.burst + 1)
    }

    @Test("of a member who floods is not passed on beyond that, and others are heard")
    func floodFromOutside() throws {
        var lab = try party()
        let signer = try #require(lab.signers["ana"])
        for number in 1...100 {
            let signed = signer.sign(chat(lab, "ana", number: UInt64(number), "spam"))
            lab.tell("host", .chat(signed, from: lab.id("ana")))
        }
        lab.tell("ben", .said(.text("stop")))
        lab.run(for: .zero)
        #expect(lab.talk.count { $0 == "ben hears ana: text(\"spam\")" } == Talk.burst)
        #expect(lab.talk.contains("host hears ben: text(\"stop\")"))
    }
}

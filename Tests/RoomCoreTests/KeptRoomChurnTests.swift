import PartyModel
import Testing

@testable import RoomCore

@Suite("A room whose people come and go")
struct KeptRoomChurnTests {
    /// What may happen next.
    private enum Mishap: CaseIterable {
        case isolated, back, left, killed, joined, pressed, waited
    }

    @Test("is one room again once everybody sees everybody", arguments: 1...25, [true, false])
    func churn(seed: UInt64, keepsHost: Bool) throws {
        var random = SeededGenerator(seed: seed)
        var lab = try fullRoom()
        var cutOff: Set<String> = []
        var newcomers = 0
        for _ in 0..<12 {
            let names = lab.rooms.keys.sorted()
            guard let mishap = Mishap.allCases.randomElement(using: &random),
                let name = names.randomElement(using: &random)
            else { continue }
            let mayGo = names.count > 3 && !(keepsHost && name == "host")
            switch mishap {
            case .isolated where cutOff.count < names.count - 2:
                cutOff.insert(name)
                lab.isolate(name)
            case .back:
                cutOff.remove(name)
                lab.reconnect(name)
            case .left where mayGo: lab.leave(name)
            case .killed where mayGo: lab.kill(name)
            case .joined:
                let door = names.first { !cutOff.contains($0) && lab.takesNewcomers($0) }
                guard let door else { continue }
                newcomers += 1
                lab.join("new \(newcomers)", at: door)
            case .pressed:
                let second = Double.random(in: 0...100, using: &random)
                lab.press(name, .seek(to: MediaPosition(seconds: second)))
            case .isolated, .left, .killed, .waited: break
            }
            lab.run(for: .milliseconds(Int64.random(in: 10...20_000, using: &random)))
        }
        for name in cutOff { lab.reconnect(name) }
        lab.run(for: .seconds(90))
        expectOneRoom(lab)
    }

    private func expectOneRoom(_ lab: RoomLab) {
        let here = Set(lab.rooms.keys)
        #expect(lab.intents.count == 1)
        #expect(Set(here.map { lab.keeper(at: $0) }).count == 1)
        if here.contains("host") { #expect(lab.keeper(at: "ana") ?? "host" == "host") }
        for name in here {
            #expect(Set(lab.names(at: name)).isSuperset(of: here), "as \(name) sees it")
        }
    }
}

extension RoomLab {
    fileprivate func takesNewcomers(_ name: String) -> Bool {
        rooms[name]?.takesNewcomers ?? false
    }
}

import PartyModel
import Testing

@testable import SwarmCore

@Suite("A limit on what comes in")
struct IntakeTests {
    private let host = peerID(1)
    private let guest = peerID(2)
    private let limited = peerID(3)
    /// Two chunks a second.
    private let limit = 1_048_576.0
    private let size: Int64 = 8 << 20

    private func lab() -> SwarmLab {
        SwarmLab(
            size: size, hosting: host, guests: [guest, limited], intakeLimits: [limited: limit])
    }

    /// Runs in steps until a peer has everything, for half a minute at most.
    private func run(
        _ lab: inout SwarmLab, until peer: PeerID, each: (SwarmLab) -> Void = { _ in }
    ) -> Double {
        let begin = lab.now
        for _ in 0..<600 where !lab.completed.contains(peer) {
            lab.run(for: .milliseconds(50))
            each(lab)
        }
        return (lab.now - begin).inSeconds
    }

    @Test("lets no more bytes in than it allows and a block, and everything in the end")
    func keeps() {
        var lab = lab()
        let begin = lab.now
        let seconds = run(&lab, until: limited) { lab in
            let bytes = Double((lab.storedOrder[limited] ?? []).count * ChunkGeometry.blockSize)
            let allowed = limit * (lab.now - begin).inSeconds + Double(ChunkGeometry.blockSize)
            #expect(bytes <= allowed)
        }
        #expect(lab.completed.contains(limited))
        #expect(seconds >= 7.8 && seconds <= 9)
    }

    @Test("slows nobody else down, and nobody is dropped over it")
    func others() {
        var lab = lab()
        let seconds = run(&lab, until: guest)
        #expect(lab.completed.contains(guest))
        #expect(seconds <= 4)
        #expect(lab.dropped.isEmpty)
    }

    @Test("has the guests asked rather than the host")
    func fromGuests() {
        var lab = lab()
        lab.run(for: .seconds(20))
        let blocks = Int(size) / ChunkGeometry.blockSize
        #expect(lab.blocksSent[guest] ?? 0 >= blocks / 2)
        #expect(lab.blocksSent[host] ?? 0 <= blocks * 3 / 2)
    }

    @Test("does not hold for the LAN, and blocks may come unasked from there")
    func lan() {
        var swarm = Swarm(intakeLimit: limit)
        let now = MonotonicInstant(nanoseconds: 0)
        let said = swarm.on(.peerJoined(host, isHost: true), now: now)
        #expect(said.contains(.send(.appetite(.asked), to: host)))
        let near = swarm.on(.located(host, isLocal: true), now: now)
        #expect(near.contains(.send(.appetite(.all), to: host)))
        #expect(swarm.on(.located(host, isLocal: true), now: now).isEmpty)
    }

    @Test("is what players wait for while a player opens the film, by word to the host alone")
    func opening() {
        var swarm = Swarm()
        func said(_ event: SwarmEvent) -> [SwarmDirective] {
            swarm.on(event, now: MonotonicInstant(nanoseconds: 0)).filter {
                if case .send(.appetite, _) = $0 { true } else { false }
            }
        }
        let item = itemID(1)
        _ = said(.itemAdded(item, makeGeometry(size), .nothing))
        _ = said(.peerJoined(guest, isHost: false))
        #expect(said(.turned(to: item, followers: [], isWatched: true)).isEmpty)
        #expect(said(.peerJoined(host, isHost: true)) == [.send(.appetite(.needed), to: host)])
        #expect(said(.playerOpened(item)) == [.send(.appetite(.all), to: host)])
        #expect(said(.playerOpened(item)).isEmpty)
        let next = itemID(2)
        _ = said(.itemAdded(next, makeGeometry(size), .nothing))
        #expect(
            said(.turned(to: next, followers: [], isWatched: true))
                == [.send(.appetite(.needed), to: host)])
    }

    @Test("is nobody's business where there is none")
    func unlimited() {
        var swarm = Swarm()
        let now = MonotonicInstant(nanoseconds: 0)
        let said = swarm.on(.peerJoined(host, isHost: true), now: now)
        #expect(!said.contains { if case .send(.appetite, _) = $0 { true } else { false } })
    }
}

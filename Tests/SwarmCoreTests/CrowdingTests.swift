import PartyModel
import Testing

@testable import SwarmCore

@Suite("What nobody asked for, while a player waits")
struct CrowdingTests {
    private var crowding = Crowding()
    private var now = MonotonicInstant(nanoseconds: 0)
    private var changes: [Bool] = []

    /// Blocks that come a tenth of a second apart.
    private mutating func come(
        _ areWanted: [Bool], times: Int = 1, lacksMore: Bool = true, isRelieved: Bool = false
    ) {
        for isWanted in (0..<times).flatMap({ _ in areWanted }) {
            now = now + .milliseconds(100)
            let changed = crowding.arrived(
                isWanted: isWanted, lacksMore: lacksMore, isRelieved: isRelieved, now: now)
            if changed { changes.append(crowding.isCrowded) }
        }
    }

    private mutating func answer(after delays: [Duration]) {
        for delay in delays { crowding.answered(after: delay) }
    }

    private let slow = Array(repeating: Crowding.slowAnswer, count: Crowding.answersKept)

    @Test("is too much where it takes a third of the line for two seconds")
    mutating func crowded() {
        answer(after: slow)
        come([true, true, false], times: 6)
        #expect(changes.isEmpty)
        come([true, true, false])
        #expect(changes == [true])
    }

    @Test("is no matter where it is less, or where nothing is missing next")
    mutating func uncrowded() {
        answer(after: slow)
        come([true, true, true, false], times: 40)
        #expect(changes.isEmpty)
        come([false], times: 100, lacksMore: false)
        #expect(changes.isEmpty)
    }

    @Test("is no matter where what was asked for comes soon, be it once in a while")
    mutating func notFull() {
        come([false], times: 100)
        answer(after: slow.dropLast())
        come([false], times: 100)
        for _ in 1...10 {
            answer(after: [.milliseconds(20)] + slow.dropLast())
            come([false], times: 10)
        }
        #expect(changes.isEmpty)
        answer(after: slow)
        come([false])
        #expect(changes == [true])
    }

    @Test("counts anew with every jump, and with all that is next there")
    mutating func anew() {
        answer(after: slow)
        for _ in 1...10 {
            come([false], times: 19)
            crowding.forget()
            come([false], times: 19)
            come([true], lacksMore: false)
        }
        #expect(changes.isEmpty)
    }

    @Test("is welcome again when all that is urgent is there, and not before")
    mutating func relieved() {
        answer(after: slow)
        come([false], times: 30)
        come([true], times: 30, lacksMore: false)
        #expect(changes == [true])
        come([true], lacksMore: false, isRelieved: true)
        #expect(changes == [true, false])
    }

    @Test("is refused by word to everybody, also to who comes later, and allowed again")
    func told() {
        let geometry = makeGeometry(32 << 20)
        let (host, guest, late) = (peerID(1), peerID(2), peerID(3))
        let item = itemID(1)
        var swarm = Swarm()
        var now = MonotonicInstant(nanoseconds: 0)
        var asked: [UInt32] = []
        func said(_ event: SwarmEvent) -> [SwarmDirective] {
            swarm.on(event, now: now).filter { directive in
                if case .send(.request(let request), _) = directive {
                    asked += request.runs.flatMap { $0.first..<$0.first + UInt32($0.count) }
                }
                return if case .send(.appetite, _) = directive { true } else { false }
            }
        }
        func comes(_ number: UInt32) -> [SwarmDirective] {
            now = now + .milliseconds(200)
            guard let block = geometry.block(at: Int(number)) else { return [] }
            let length = geometry.length(of: block)
            return said(
                .blockArrived(item, block: number, byteCount: length, relay: false, from: host))
                + said(.blockStored(BlockAddress(item: item, block: block)))
        }
        _ = said(.itemAdded(item, geometry, .nothing))
        _ = said(.turned(to: item, followers: []))
        _ = said(.peerJoined(host, isHost: true))
        let page = [UInt8](repeating: 0xFF, count: geometry.chunkCount / 8)
        _ = said(.bitfield(BitfieldPage(item: item, firstChunk: 0, bits: page), from: host))
        _ = said(.peerJoined(guest, isHost: false))
        _ = said(.playerReads(item, 0..<65_536))
        // What lies far ahead comes in turn with what was asked for, all but the first.
        var told: [SwarmDirective] = []
        for far in UInt32(200)..<210 {
            told += comes(far)
            if asked.count > 1 { told += comes(asked.remove(at: 1)) }
        }
        #expect(told == [host, guest].map { .send(.appetite(.asked), to: $0) })
        #expect(said(.peerJoined(late, isHost: false)) == [.send(.appetite(.asked), to: late)])
        let next = (0..<UInt32(Demand.urgentBlocks)).flatMap { comes($0) }
        #expect(next == [host, guest, late].map { .send(.appetite(.all), to: $0) })
    }
}

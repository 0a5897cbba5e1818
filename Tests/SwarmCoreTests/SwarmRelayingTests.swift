import PartyModel
import Testing

@testable import SwarmCore

private let host = peerID(1)
private let ana = peerID(2)
private let ben = peerID(3)
private let cem = peerID(4)

@Suite("Passing on by order")
struct SwarmRelayingTests {
    private let item = itemID(1)
    private let geometry = makeGeometry(8 << 20)
    private var swarm = Swarm()
    private var now = MonotonicInstant(nanoseconds: 0)

    init() {
        _ = tell(.itemAdded(item, geometry, .nothing))
        _ = tell(.turned(to: item, followers: []))
        _ = tell(.peerJoined(host, isHost: true))
        for guest in [ana, ben, cem] { _ = tell(.peerJoined(guest, isHost: false)) }
    }

    @discardableResult
    private mutating func tell(
        _ event: SwarmEvent, after duration: Duration = .milliseconds(1)
    ) -> [SwarmDirective] {
        now = now + duration
        return swarm.on(event, now: now)
    }

    private func address(_ number: Int) throws -> BlockAddress {
        BlockAddress(item: item, block: try #require(geometry.block(at: number)))
    }

    private func order(
        _ number: UInt32, first: [PeerID] = [], others: [PeerID] = []
    ) -> RelayOrder {
        RelayOrder(item: item, block: number, first: first, others: others)
    }

    private mutating func receive(_ number: Int, relay: Bool = false) throws -> [SwarmDirective] {
        _ = tell(
            .blockArrived(
                item, block: UInt32(number), byteCount: ChunkGeometry.blockSize, relay: relay,
                from: host))
        return tell(.blockStored(try address(number)))
    }

    private func uploads(_ directives: [SwarmDirective]) -> [PeerID] {
        directives.compactMap { directive in
            guard case .upload(_, let peer, relay: false) = directive else { return nil }
            return peer
        }
    }

    /// To whom a block goes out when each sending ends, in this order.
    private mutating func delivered(
        _ number: Int, by directives: [SwarmDirective]
    ) throws -> [PeerID] {
        var receivers = uploads(directives)
        var ended = 0
        while ended < receivers.count {
            receivers += uploads(tell(.blockSent(try address(number), to: receivers[ended])))
            ended += 1
        }
        return receivers
    }

    @Test("takes turns with what a player elsewhere in the film waits for")
    mutating func turns() throws {
        for number in [0, 20] {
            let bytes = Int64(number) * Int64(ChunkGeometry.blockSize)
            _ = tell(.playerReads(item, bytes..<bytes + 1))
            _ = tell(.playerSought(item))
        }
        // Ours has left the place where a player of another guest is; what is passed on is ours.
        var sent: [UInt32] = []
        func note(_ directives: [SwarmDirective], at swarm: inout Swarm) {
            for case .upload(let address, let peer, relay: _) in directives {
                sent.append(address.block.number)
                let now = now + .milliseconds(1)
                note(swarm.on(.blockSent(address, to: peer), now: now), at: &swarm)
            }
        }
        _ = try receive(0)
        _ = tell(.paced(bytesPerSecond: 1))
        for number in UInt32(20)..<28 {
            _ = tell(.ordered(order(number, others: [ana, ben]), by: host))
            _ = try receive(Int(number), relay: true)
        }
        let run = BlockRequest.Run(first: 0, count: 1)
        _ = tell(
            .request(BlockRequest(item: item, runs: [run], isUrgent: true), from: cem))
        note(tell(.paced(bytesPerSecond: nil)), at: &swarm)
        #expect(sent.count > 8)
        #expect(try #require(sent.firstIndex(of: 0)) <= 3)
    }

    @Test("goes to those named and nobody else, the first first, when the block is checked")
    mutating func obeys() throws {
        #expect(uploads(tell(.ordered(order(5, first: [cem], others: [ana]), by: host))) == [])
        #expect(uploads(try receive(5)) == [cem, ana])
        #expect(uploads(tell(.tick, after: .seconds(1))) == [])
    }

    @Test(
        "brings a block once to whom it is ordered for and who has asked for it",
        arguments: [false, true])
    mutating func askedAndOrdered(isUrgent: Bool) throws {
        _ = try receive(0)
        _ = tell(.paced(bytesPerSecond: 1))
        // Takes what the pace allows.
        _ = tell(.ordered(order(0, others: [ben]), by: host))
        _ = try receive(5)
        let run = BlockRequest.Run(first: 5, count: 1)
        let request = BlockRequest(item: item, runs: [run], isUrgent: isUrgent)
        #expect(tell(.request(request, from: ana)).isEmpty)
        #expect(uploads(tell(.ordered(order(5, others: [ana]), by: host))).isEmpty)
        var sent = uploads(tell(.paced(bytesPerSecond: nil)))
        sent += uploads(tell(.blockSent(try address(5), to: ana)))
        #expect(sent == [ana])
    }

    @Test("begins at once when the order comes after the block")
    mutating func late() throws {
        #expect(uploads(try receive(5)) == [])
        #expect(uploads(tell(.ordered(order(5, others: [ben]), by: host))) == [ben])
    }

    @Test("is for the host to order, not for guests")
    mutating func onlyTheHost() throws {
        tell(.ordered(order(5, others: [ben]), by: ana))
        #expect(uploads(try receive(5)) == [])
        tell(.ordered(order(5, others: [ben]), by: ana))
        #expect(uploads(tell(.tick)) == [])
    }

    @Test("leaves out who has the block, who is not there and who left")
    mutating func goneReceivers() throws {
        tell(.ordered(order(5, first: [ana], others: [ben, cem, peerID(77)]), by: host))
        tell(
            .have(
                Have(item: item, entries: [.init(chunk: 0, blocks: .init(bits: 0xFF))]), from: ben))
        tell(.peerLeft(ana))
        #expect(uploads(try receive(5)) == [cem])
    }

    @Test(
        "reaches who connects a moment after the block came, once, and not who has it or comes later",
        arguments: [false, true])
    mutating func lateReceivers(isNamed: Bool) throws {
        tell(.roundTripMeasured(host, .milliseconds(40)))
        let (dan, eva, fay) = (peerID(5), peerID(6), peerID(7))
        let all = [ana, ben, cem, dan, eva, fay]
        if isNamed { tell(.ordered(order(5, others: all), by: host)) }
        #expect(Set(try delivered(5, by: try receive(5, relay: !isNamed))) == [ana, ben, cem])
        let had = Have(item: item, entries: [.init(chunk: 0, blocks: .init(bits: 0xFF))])
        var directives = tell(.peerJoined(dan, isHost: false), after: .milliseconds(100))
        directives += tell(.peerJoined(eva, isHost: false)) + tell(.have(had, from: eva))
        #expect(uploads(directives) == [])
        #expect(try delivered(5, by: tell(.tick, after: Swarm.firstWordsTime)) == [dan])
        directives = tell(.peerJoined(fay, isHost: false), after: .seconds(1))
        directives += tell(.tick, after: Swarm.firstWordsTime)
        #expect(uploads(directives) == [])
    }

    @Test("brings nothing again to whom has just connected and asked for it")
    mutating func lateAsker() throws {
        let dan = peerID(5)
        _ = try delivered(5, by: try receive(5, relay: true))
        tell(.peerJoined(dan, isHost: false))
        let run = BlockRequest.Run(first: 5, count: 1)
        let request = BlockRequest(item: item, runs: [run], isUrgent: true)
        #expect(try delivered(5, by: tell(.request(request, from: dan))) == [dan])
        #expect(uploads(tell(.tick, after: Swarm.firstWordsTime)) == [])
    }

    @Test("keeps only so many orders for blocks that are not here")
    mutating func bounded() throws {
        for number in 0..<UInt32(Swarm.errandsKept) {
            tell(.ordered(order(number, others: [ana]), by: host))
        }
        tell(.ordered(order(100, others: [ana]), by: host))
        #expect(uploads(try receive(100)) == [])
        #expect(uploads(try receive(63)) == [ana])
        tell(.ordered(order(100_000, others: [ana]), by: host))
    }

    @Test("is planned with what guests say of whom they reach, once they could connect")
    mutating func tellsReach() {
        let reaches = { (directives: [SwarmDirective]) -> [Reach] in
            directives.compactMap { directive in
                guard case .send(.reach(let reach), to: host) = directive else { return nil }
                return reach
            }
        }
        tell(.roundTripMeasured(host, .milliseconds(80)))
        #expect(reaches(tell(.tick, after: .milliseconds(200))).isEmpty)
        let first = reaches(tell(.tick, after: .milliseconds(250)))
        #expect(first.map { Set($0.peers) } == [[ana, ben, cem]])
        #expect(reaches(tell(.tick, after: .seconds(1))).isEmpty)
        tell(.peerLeft(ben))
        #expect(
            reaches(tell(.tick, after: .milliseconds(100))).map { Set($0.peers) } == [[ana, cem]])
    }

    @Test("what a newcomer hears first is nothing that would be brought to it")
    mutating func firstWords() {
        let item = item
        let have = { (blocks: UInt8) in
            Have(item: item, entries: [.init(chunk: 0, blocks: .init(bits: blocks))])
        }
        let requests = { (directives: [SwarmDirective], peer: PeerID) -> [BlockRequest] in
            directives.compactMap { directive in
                guard case .send(.request(let request), to: peer) = directive else { return nil }
                return request
            }
        }
        // Ana had the first block when we met; the second she is about to pass on.
        #expect(requests(tell(.have(have(0b1), from: ana)), ana).first?.runs.first?.first == 0)
        #expect(requests(tell(.have(have(0b11), from: ana)), ana).isEmpty)
        let later = tell(.tick, after: .seconds(4))
        #expect(requests(later, ana).first?.runs.first?.first == 1)
    }
}

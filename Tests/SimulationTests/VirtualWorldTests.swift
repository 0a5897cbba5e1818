import PartyModel
import Testing

@testable import PartySimulator

@Suite("The virtual world")
struct VirtualWorldTests {
    @Test("events come in the order of their time, and of their planning at one time")
    func events() {
        var queue = EventQueue<Int>()
        let times = [5, 1, 3, 1, 5, 2, 1]
        for (number, time) in times.enumerated() { queue.plan(number, at: second(Double(time))) }
        var order: [Int] = []
        while let next = queue.next() { order.append(next.event) }
        #expect(order == [1, 3, 6, 5, 2, 0, 4])
    }

    @Test("a link that stopped delivers afterwards, in order")
    func link() {
        var link = VirtualLink(delay: .milliseconds(10))
        link.clog(until: second(2))
        #expect(link.messageArrives(leaving: second(1), jitter: .zero) == second(2.010))
        #expect(link.messageArrives(leaving: second(2), jitter: .milliseconds(5)) == second(2.015))
        #expect(link.messageArrives(leaving: second(2.001), jitter: .zero) == second(2.015))
        #expect(link.blockArrives(leaving: second(3), jitter: .zero) == second(3.010))
    }

    @Test("a block is later by what messages took of the line")
    func uplink() {
        var uplink = VirtualUplink(bytesPerSecond: 1_000)
        #expect(uplink.send(messageOf: 100) == .milliseconds(100))
        #expect(uplink.send(blockOf: 1_000) == .milliseconds(1_100))
        #expect(uplink.send(blockOf: 1_000) == .seconds(1))
    }

    @Test("an idle downlink adds nothing, a busy one makes blocks wait")
    func downlink() {
        var downlink = VirtualDownlink(bytesPerSecond: 1_000)
        #expect(downlink.receive(500, arriving: second(10)) == second(10))
        #expect(downlink.receive(500, arriving: second(10)) == second(10.5))
        #expect(downlink.receive(500, arriving: second(20)) == second(20))
    }

    @Test("a player starts with a quarter of a mebibyte, plays on, and stands still at a gap")
    func player() throws {
        let geometry = try #require(ChunkGeometry(size: 16 * 65_536))
        var player = VirtualPlayer(geometry: geometry, bytesPerSecond: 65_536, opening: second(0))
        var held = Array(repeating: false, count: 16)
        #expect(player.advance(to: second(0), held: held).reads == [bytes(ofBlock: 0)])
        for block in 0..<4 { held[block] = true }
        let step = player.advance(to: second(1), held: held)
        #expect(player.startUp == .seconds(1))
        #expect(step.reads == [bytes(ofBlock: 4)])
        #expect(step.lookAgain == second(2) + .microseconds(1))
        _ = player.advance(to: second(4.9), held: held)
        #expect(player.stalls == 0)
        _ = player.advance(to: second(5.1), held: held)
        #expect(player.stalls == 1)
        held = Array(repeating: true, count: 16)
        _ = player.advance(to: second(6.1), held: held)
        #expect(player.stalled == .seconds(1))
    }

    @Test("a player that jumps reads there, and does not call it a stall")
    func playerJumps() throws {
        let geometry = try #require(ChunkGeometry(size: 16 * 65_536))
        var player = VirtualPlayer(geometry: geometry, bytesPerSecond: 65_536, opening: second(0))
        _ = player.advance(to: second(0), held: Array(repeating: true, count: 16))
        player.seek(to: 10 * 65_536, at: second(1))
        let step = player.advance(to: second(1), held: Array(repeating: false, count: 16))
        #expect(step.reads == [bytes(ofBlock: 10)])
        #expect(player.stalls == 0)
    }

    @Test("a player that jumps to what is here reads there first, and then on to where it stops")
    func playerJumpsOverHeld() throws {
        let geometry = try #require(ChunkGeometry(size: 64 * 65_536))
        var player = VirtualPlayer(geometry: geometry, bytesPerSecond: 65_536, opening: second(0))
        let held = Array(repeating: true, count: 64)
        _ = player.advance(to: second(0), held: held)
        player.seek(to: 10 * 65_536, at: second(1))
        let step = player.advance(to: second(1), held: held)
        #expect(step.reads == [bytes(ofBlock: 10), bytes(ofBlock: 27)])
    }

    private func bytes(ofBlock number: Int64) -> Range<Int64> {
        number * 65_536..<(number + 1) * 65_536
    }

    @Test("the fluid bound is the slowest of host, downlinks and all uplinks together")
    func fluidBound() {
        #expect(party(host: 8, guests: [80], film: 8_000_000).fluidBound == 8)
        #expect(party(host: 80, guests: [80], down: 8, film: 8_000_000).fluidBound == 8)
        #expect(party(host: 16, guests: [0.1, 0.1], film: 8_000_000).fluidBound > 7.9)
    }
}

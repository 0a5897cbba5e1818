import PartyModel
import Testing

@testable import SwarmCore

@Suite("The pace of the uplink")
struct UplinkPacerTests {
    @Test("lets everything through until the round trip grows, and then nine tenths of it")
    func finds() {
        var pacer = UplinkPacer()
        #expect(pacer.look(delivered: 2e6, inflation: .milliseconds(5)) == nil)
        #expect(pacer.look(delivered: 2.5e6, inflation: .milliseconds(80)) == nil)
        #expect(pacer.look(delivered: 2.5e6, inflation: .milliseconds(120)) == 2.25e6)
    }

    @Test("grows slowly while there is room and the pace is used, and only then")
    func grows() throws {
        var pacer = UplinkPacer()
        for _ in 0..<2 { _ = pacer.look(delivered: 1e6, inflation: .milliseconds(100)) }
        let pace = try #require(pacer.pace)
        #expect(pacer.look(delivered: pace * 0.3, inflation: .zero) == pace)
        #expect(pacer.look(delivered: pace, inflation: .milliseconds(20)) == pace)
        _ = pacer.look(delivered: pace, inflation: .milliseconds(1))
        let grown = try #require(pacer.pace)
        #expect(grown > pace && grown < pace * 1.02)
    }

    @Test("never goes beyond what the user gave")
    func limited() {
        var pacer = UplinkPacer(limit: 1e6)
        #expect(pacer.pace == 1e6)
        for _ in 0..<100 { _ = pacer.look(delivered: 1e6, inflation: .zero) }
        #expect(pacer.pace == 1e6)
        for _ in 0..<2 { _ = pacer.look(delivered: 5e5, inflation: .milliseconds(90)) }
        #expect(pacer.pace == 4.5e5)
    }

    @Test("believes no measurement of a line that is hardly used")
    func idle() {
        var pacer = UplinkPacer()
        for _ in 0..<5 { _ = pacer.look(delivered: 100, inflation: .milliseconds(500)) }
        #expect(pacer.pace == nil)
    }
}

@Suite("A token bucket")
struct TokenBucketTests {
    private func at(_ seconds: Double) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: Int64(seconds * 1e9))
    }

    @Test("spaces blocks by what they weigh")
    func spaces() {
        var bucket = TokenBucket()
        bucket.rate = 1_000
        #expect(bucket.opens(after: at(0)) == nil)
        bucket.take(500, at: at(0))
        #expect(bucket.opens(after: at(0.1)) == at(0.5))
        #expect(bucket.opens(after: at(0.5)) == nil)
    }

    @Test("does not save up for later")
    func noBurst() {
        var bucket = TokenBucket()
        bucket.rate = 1_000
        bucket.take(500, at: at(0))
        bucket.take(500, at: at(10))
        #expect(bucket.opens(after: at(10)) == at(10.5))
    }

    @Test("lets everything through without a rate")
    func open() {
        var bucket = TokenBucket()
        bucket.take(1 << 30, at: at(0))
        #expect(bucket.opens(after: at(0)) == nil)
    }
}

@Suite("What a room can carry")
struct SustainabilityTests {
    @Test(
        "is the least of the host's line, everybody's share and the slowest guest",
        arguments: [
            (2.5e6, [1.25e6, 1.25e6, 1.25e6, 1.25e6], Double?.none, 1.875e6),
            (1e6, [9e6, 9e6], nil, 1e6), (9e6, [9e6, 9e6], 2e6, 2e6), (3e6, [], nil, 3e6),
        ])
    func bound(host: Double, guests: [Double], down: Double?, rate: Double) {
        let room = Sustainability(
            hostUplink: host, guestUplinks: guests, slowestDownlink: down, needed: 1)
        #expect(room.rate == rate)
    }

    @Test("asks to wait for what the film outruns, and for nothing else")
    func wait() {
        let short = Sustainability(arriving: 500_000, needed: 1_000_000)
        #expect(short.wait(missing: 60_000_000, playing: .seconds(60)) == .seconds(60))
        #expect(short.wait(missing: 1_000_000, playing: .seconds(60)) == nil)
        let enough = Sustainability(arriving: 2_000_000, needed: 1_000_000)
        #expect(enough.wait(missing: 60_000_000, playing: .seconds(60)) == nil)
        let nothing = Sustainability(arriving: 0, needed: 1_000_000)
        #expect(nothing.wait(missing: 60_000_000, playing: .seconds(60)) == nil)
    }
}

import PartyModel
import Testing

@testable import SwarmCore

@Suite("A token bucket")
struct TokenBucketTests {
    private func at(_ seconds: Double) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: Int64(seconds * 1e9))
    }

    private func bucket(rate: Double, lateness: Duration = .zero) -> TokenBucket {
        var bucket = TokenBucket(lateness: lateness)
        bucket.set(rate: rate, at: at(0))
        return bucket
    }

    @Test("spaces blocks by what they weigh")
    func spaces() {
        var bucket = bucket(rate: 1_000)
        #expect(bucket.opens(after: at(0)) == nil)
        bucket.take(500, at: at(0))
        #expect(bucket.opens(after: at(0.1)) == at(0.5))
        #expect(bucket.opens(after: at(0.5)) == nil)
    }

    @Test("does not save up for later")
    func noBurst() {
        var bucket = bucket(rate: 1_000)
        bucket.take(500, at: at(0))
        bucket.take(500, at: at(10))
        #expect(bucket.opens(after: at(10)) == at(10.5))
    }

    @Test("loses nothing to an alarm that comes late, and still saves nothing up")
    func lateAlarms() {
        var bucket = bucket(rate: 1_000, lateness: TokenBucket.alarmLateness)
        bucket.take(100, at: at(0))
        bucket.take(100, at: at(0.115))
        #expect(bucket.opens(after: at(0.115)) == at(0.2))
        bucket.set(rate: 500, at: at(0.15))
        #expect(bucket.opens(after: at(0.15)) == at(0.25))
        bucket.set(rate: 1_000, at: at(0.26))
        bucket.take(100, at: at(0.265))
        #expect(bucket.opens(after: at(0.265)) == at(0.35))
        bucket.take(100, at: at(0.4))
        #expect(bucket.opens(after: at(0.4)) == at(0.5))
    }

    @Test("counts from when a block left where no alarm may be late")
    func strict() {
        var bucket = bucket(rate: 1_000)
        bucket.take(100, at: at(0))
        bucket.take(100, at: at(0.115))
        #expect(bucket.opens(after: at(0.115)) == at(0.215))
    }

    @Test("goes on at another rate from the moment it is set, with what it has taken")
    func changes() {
        var bucket = bucket(rate: 10)
        bucket.take(1_000, at: at(0))
        #expect(bucket.opens(after: at(0)) == at(100))
        bucket.set(rate: 1_000, at: at(10))
        #expect(bucket.opens(after: at(10)) == at(10.9))
        bucket.set(rate: nil, at: at(10))
        #expect(bucket.opens(after: at(10)) == nil)
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

import PartyModel
import Testing

@testable import SwarmCore

@Suite("What is on its way unasked")
struct ExpectationsTests {
    private var expectations = Expectations()
    private let geometry = makeGeometry(64 << 20)

    private func at(_ milliseconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }

    private func block(_ number: Int) throws -> BlockAddress {
        BlockAddress(item: itemID(1), block: try #require(geometry.block(at: number)))
    }

    @Test("is waited for three seconds, and less where a player waits")
    mutating func patience() throws {
        let block = try block(3)
        expectations.expect(block, now: at(0))
        expectations.expect(block, now: at(1_000))
        #expect(expectations.covers(block, isUrgent: false, peers: 4, now: at(2_999)))
        #expect(!expectations.covers(block, isUrgent: false, peers: 4, now: at(3_000)))
        #expect(expectations.covers(block, isUrgent: true, peers: 4, now: at(299)))
        #expect(!expectations.covers(block, isUrgent: true, peers: 4, now: at(300)))
        #expect(expectations.covers(block, isUrgent: true, peers: 50, now: at(1_499)))
    }

    @Test("is no more than could be on its way")
    mutating func bounded() throws {
        let geometry = makeGeometry(4 << 30)
        var covered = 0
        for number in 0..<10_000 {
            let block = try #require(geometry.block(at: number))
            let address = BlockAddress(item: itemID(1), block: block)
            expectations.expect(address, now: at(0))
            if expectations.covers(address, isUrgent: false, peers: 4, now: at(1)) { covered += 1 }
        }
        #expect(covered == Expectations.expectedAtMost)
    }

    @Test("is waited for as long as such blocks took lately")
    mutating func learns() throws {
        for number in 0..<100 {
            expectations.expect(try block(number), now: at(Int64(number) * 1_000))
            expectations.arrived(try block(number), now: at(Int64(number) * 1_000 + 800))
        }
        let usual = expectations.patience(isUrgent: true, peers: 50)
        #expect(usual >= .milliseconds(790) && usual <= .milliseconds(900))
        for number in 100..<200 {
            expectations.expect(try block(number), now: at(Int64(number) * 1_000))
            expectations.arrived(try block(number), now: at(Int64(number) * 1_000 + 20))
        }
        #expect(expectations.patience(isUrgent: true, peers: 50) == .milliseconds(300))
        #expect(expectations.patience(isUrgent: false, peers: 50) == .seconds(3))
    }

    @Test("is expected anew when the host says so, which knows")
    mutating func anew() throws {
        let block = try block(3)
        expectations.expect(block, now: at(0))
        expectations.expectAnew(block, now: at(2_000))
        #expect(expectations.covers(block, isUrgent: false, peers: 4, now: at(4_000)))
    }

    @Test("is given up, the urgent first, and forgotten")
    mutating func expires() throws {
        let (one, other) = (try block(1), try block(2))
        expectations.expect(one, now: at(0))
        expectations.expect(other, now: at(0))
        #expect(expectations.expire(now: at(500), peers: 4) { $0 == one } == [one])
        #expect(!expectations.isEmpty)
        let late = expectations.expire(now: at(3_000), peers: 4) { _ in false }
        #expect(Set(late) == [one, other])
        #expect(expectations.isEmpty)
    }
}

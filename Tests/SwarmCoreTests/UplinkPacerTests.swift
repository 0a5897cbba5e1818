import PartyModel
import Testing

@testable import SwarmCore

@Suite("The pace of the uplink")
struct UplinkPacerTests {
    /// What was seen over a while.
    struct Seen {
        /// The wait that 99 of 100 packets did not exceed.
        let wait: Duration
        /// The part of the line that was used.
        let used: Double
    }

    private func watch(_ line: inout VirtualUplinkLine, for duration: Duration) -> Seen {
        var waits: [Duration] = []
        let before = line.delivered
        line.run(for: duration) { waits.append($0.wait) }
        waits.sort()
        return Seen(
            wait: waits[waits.count * 99 / 100],
            used: (line.delivered - before) / duration.inSeconds / line.rate)
    }

    /// Shows a pacer what one ping met, which left now if it is not said when; all in milliseconds.
    private func look(
        _ pacer: inout UplinkPacer, at now: Int, asked: Int? = nil, queue: Int,
        sent: Double = UplinkPacer.firstPace
    ) {
        let instant = { (milliseconds: Int) in
            MonotonicInstant(nanoseconds: Int64(milliseconds) * 1_000_000)
        }
        let reading = LineReading(
            at: instant(asked ?? now), queue: .milliseconds(queue), base: .milliseconds(50))
        let sight = LineSight(reading: reading, sinceReading: 0, sent: sent, load: nil)
        _ = pacer.look(at: sight, now: instant(now))
    }

    @Test(
        "fills the line and keeps the queue short",
        arguments: [
            (20.0, 50, 4, 2), (20, 50, 1, 10), (20, 50, 20, 2), (10, 50, 4, 2), (6, 50, 1, 0),
            (50, 150, 8, 5), (5, 150, 3, 5), (3, 50, 10, 2),
        ])
    func steady(megabits: Double, roundTrip: Int, peers: Int, jitter: Int) {
        var line = VirtualUplinkLine(
            megabits: megabits, roundTrip: .milliseconds(roundTrip), peers: peers,
            jitter: .milliseconds(jitter))
        line.run(for: .seconds(12))
        let seen = watch(&line, for: .seconds(30))
        #expect(seen.wait <= .milliseconds(40))
        #expect(seen.used >= 0.9)
    }

    @Test("uses most of a line from the third second on", arguments: [6.0, 10, 20, 50])
    func start(megabits: Double) {
        var line = VirtualUplinkLine(megabits: megabits, roundTrip: .milliseconds(50), peers: 4)
        line.run(for: .seconds(2))
        let seen = watch(&line, for: .seconds(3))
        #expect(seen.used >= 0.8)
    }

    @Test("is soon at all that a line takes, though a search finds that only roughly")
    func afterSearch() {
        let used = (1...4).map { seed in
            var line = VirtualUplinkLine(
                megabits: 6, roundTrip: .milliseconds(50), peers: 4, jitter: .milliseconds(2),
                seed: UInt64(seed))
            line.run(for: .seconds(1))
            return watch(&line, for: .seconds(9)).used
        }
        #expect(used.reduce(0, +) / Double(used.count) >= 0.97)
    }

    @Test("does not take answers that are late by chance for a queue", arguments: [1, 3])
    func unsteady(peers: Int) {
        var line = VirtualUplinkLine(
            megabits: 20, roundTrip: .milliseconds(50), peers: peers, jitter: .milliseconds(20))
        line.run(for: .seconds(5))
        let seen = watch(&line, for: .seconds(60))
        #expect(seen.used >= 0.8)
        #expect(seen.wait <= .milliseconds(60))
    }

    @Test(
        "finds a fast line whose packets come unevenly, also after players opened with little",
        arguments: [10, 20], [0.3e6, 1e6])
    func unevenStart(jitter: Int, opening: Double) {
        for seed in 1...4 {
            var line = VirtualUplinkLine(
                megabits: 400, roundTrip: .milliseconds(80), peers: 2,
                jitter: .milliseconds(jitter), seed: UInt64(seed))
            line.wanted = opening
            line.run(for: .seconds(1))
            line.wanted = .infinity
            line.run(for: .seconds(5))
            #expect(line.pacer.pace > 5e6)
        }
    }

    @Test(
        "the queue at which a search ends is gone soon, also after players opened with little",
        arguments: [(20.0, 50, 20, 2), (6, 50, 4, 2), (3, 50, 10, 2), (5, 150, 3, 5)])
    func searchEnds(megabits: Double, roundTrip: Int, peers: Int, jitter: Int) {
        for seed in 1...4 {
            var line = VirtualUplinkLine(
                megabits: megabits, roundTrip: .milliseconds(roundTrip), peers: peers,
                jitter: .milliseconds(jitter), seed: UInt64(seed))
            line.wanted = 0.3e6
            line.run(for: .seconds(1))
            line.wanted = .infinity
            line.run(for: .seconds(4))
            let seen = watch(&line, for: .seconds(2))
            #expect(seen.wait <= .milliseconds(60))
            #expect(seen.used >= 0.8)
        }
    }

    @Test("follows a line that takes much less of a sudden", arguments: [0.4, 0.2, 0.1])
    func shrinks(part: Double) {
        var line = VirtualUplinkLine(megabits: 20, roundTrip: .milliseconds(50), peers: 4)
        line.run(for: .seconds(10))
        line.rate *= part
        line.run(for: .seconds(part < 0.3 ? 40 : 6))
        let seen = watch(&line, for: .seconds(10))
        #expect(seen.wait <= .milliseconds(40))
        #expect(seen.used >= 0.85)
    }

    @Test(
        "finds out when a line takes three times as much, also after it took the same for long",
        arguments: [10, 90])
    func grows(after seconds: Int) {
        var line = VirtualUplinkLine(megabits: 10, roundTrip: .milliseconds(50), peers: 4)
        line.run(for: .seconds(seconds))
        line.rate *= 3
        line.run(for: .seconds(20))
        let seen = watch(&line, for: .seconds(5))
        #expect(seen.used >= 0.8)
    }

    @Test("tries less and less often what a line takes that takes the same each time")
    func trials() {
        var line = VirtualUplinkLine(
            megabits: 20, roundTrip: .milliseconds(50), peers: 4, jitter: .milliseconds(2))
        line.run(for: .seconds(30))
        var trials = 0
        for _ in 0..<1_200 {
            let before = line.pacer.pace
            line.run(for: UplinkPacer.interval)
            // A trial ends with less: only then is the pace so much lower at once.
            if line.pacer.pace < before * 0.8 { trials += 1 }
        }
        // In a minute, each after the longest rise; it would be ten with the shortest.
        #expect((2...5).contains(trials))
    }

    @Test("is soon at what a line takes that takes half of a sudden, after long")
    func halves() {
        var line = VirtualUplinkLine(megabits: 20, roundTrip: .milliseconds(50), peers: 4)
        line.run(for: .seconds(90))
        line.rate /= 2
        line.run(for: .seconds(4))
        let seen = watch(&line, for: .seconds(10))
        #expect(seen.used >= 0.9)
        #expect(seen.wait <= .milliseconds(60))
    }

    @Test("keeps its part of a line in which somebody else's packets stand")
    func shared() {
        var line = VirtualUplinkLine(megabits: 20, roundTrip: .milliseconds(50), peers: 4)
        line.run(for: .seconds(10))
        line.foreignWait = .milliseconds(200)
        line.run(for: .seconds(5))
        let seen = watch(&line, for: .seconds(10))
        #expect(seen.used >= 0.3)
    }

    @Test("never goes beyond what the user gave, and reaches it", arguments: [1.0, 4, 15])
    func limited(megabits: Double) {
        var line = VirtualUplinkLine(
            megabits: 20, roundTrip: .milliseconds(50), peers: 4, limit: megabits * 125_000)
        line.run(for: .seconds(3)) { #expect($0.pacer.pace <= megabits * 125_000) }
        let sent = watch(&line, for: .seconds(10)).used * 20
        #expect(sent > megabits * 0.95 && sent < megabits * 1.01)
    }

    @Test("stays where it begins as long as little is sent")
    func idle() {
        var pacer = UplinkPacer()
        for second in 0..<20 {
            look(&pacer, at: second * 1_000, queue: 500, sent: 100)
        }
        #expect(pacer.pace == UplinkPacer.firstPace)
        #expect(pacer.found == nil)
    }

    @Test("one answer that is late alone does not end the search, and two do", arguments: [1, 2])
    func lateAnswers(count: Int) {
        var pacer = UplinkPacer()
        for step in 0..<8 {
            look(&pacer, at: step * 50, queue: (4..<4 + count).contains(step) ? 70 : 0)
        }
        #expect((pacer.found != nil) == (count == 2))
    }

    @Test("a queue that stays although less is sent ends no search")
    func foreignQueue() {
        var pacer = UplinkPacer()
        var lowest = UplinkPacer.firstPace
        for step in 0..<40 {
            look(&pacer, at: step * 50, queue: step < 4 ? 0 : 200, sent: pacer.pace)
            lowest = min(lowest, pacer.pace)
        }
        // Less was sent for a while, to see.
        #expect(lowest < UplinkPacer.firstPace)
        #expect(pacer.found == nil)
        #expect(pacer.pace > UplinkPacer.firstPace)
    }

    @Test("an answer that is overdue ends a search at once")
    func overdue() {
        var pacer = UplinkPacer()
        for step in 0..<4 {
            look(&pacer, at: step * 50, asked: -200, queue: 200 + 50 * step)
            #expect((pacer.found != nil) == (step == 3))
        }
    }

    @Test("hands over less while connections hold back what they have")
    func holdsBack() {
        let block = ChunkGeometry.blockSize
        #expect(UplinkPacer.handingOver(1e6, unsent: 0) == 1e6)
        #expect(UplinkPacer.handingOver(1e6, unsent: block + 20_000) == 1e6)
        #expect(UplinkPacer.handingOver(1e6, unsent: block * 5 / 4 + 20_000) == 0.5e6)
        #expect(UplinkPacer.handingOver(1e6, unsent: block * 9) == 1e5)
    }
}

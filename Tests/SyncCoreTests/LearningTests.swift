// The small things a follower learns from: pings, sleep, speeds, seeks and starts.

import PartyModel
import Testing

@testable import SyncCore

private func at(_ seconds: Double) -> MonotonicInstant {
    MonotonicInstant(nanoseconds: Int64(seconds * 1e9))
}

@Suite("What is learnt")
struct LearningTests {
    @Test("pings come in a burst, then now and then, and in a burst again when asked anew")
    func pings() {
        let peer = PeerID(bytes16(1))
        var rota = PingRota()
        rota.begin(peer, now: at(0))
        func sent(from start: Int, to end: Int) -> Int {
            (start * 20..<end * 20).reduce(0) {
                $0 + rota.takeDue(now: at(Double($1) / 20), isBusy: false).count
            }
        }
        let first = sent(from: 0, to: 1)
        let later = sent(from: 1, to: 31)
        rota.begin(peer, now: at(31))
        let again = sent(from: 31, to: 32)
        #expect([first, later, again] == [PingRota.burst, 10, PingRota.burst])
    }

    @Test("while film is sent peers are pinged in turn, evenly", arguments: [1, 2, 3, 10])
    func pingsInTurn(count: Int) {
        var rota = PingRota()
        let peers = (1...count).map { PeerID(bytes16(UInt8($0))) }
        for peer in peers { rota.begin(peer, now: at(0)) }
        // The bursts go first.
        for step in 0..<20 { _ = rota.takeDue(now: at(Double(step) / 20), isBusy: true) }
        var times: [PeerID: [Int]] = [:]
        for step in 20..<60 {
            let due = rota.takeDue(now: at(Double(step) / 20), isBusy: true)
            #expect(due.count == min(count, PingRota.turns))
            for peer in due { times[peer, default: []].append(step) }
        }
        #expect(times.count == count)
        for steps in times.values {
            let gaps = zip(steps, steps.dropFirst()).map { $1 - $0 }
            #expect(gaps.allSatisfy { $0 <= (count + 1) / PingRota.turns })
        }
    }

    @Test("a machine has slept when the clock that counts it has gained on the other")
    func suspend() {
        var watch = SuspendWatch()
        let looks = [100.0, 100.001, 130, 130].map { watch.hasSlept(asleep: .seconds($0)) }
        #expect(looks == [false, false, true, false])
    }

    @Test(
        "the trim is taken out of a speed that was multiplied, and is not in one that was set",
        arguments: [
            (1.1033, 1.1), (0.911818, 0.909091), (2.006, 2), (1, 1), (1.25, 1.25),
        ] as [(Double, Double)])
    func speeds(observed: Double, wanted: Double) {
        let read = SpeedReading.wanted(from: PlaybackSpeed(factor: observed), trim: 0.003)
        #expect(abs(read.factor - wanted) < 2e-6)
    }

    @Test("up a step and down again is the film's own pace")
    func backToNormal() {
        let up = SpeedReading.wanted(from: PlaybackSpeed(factor: 1.0003 * 1.1), trim: 0.0003)
        let down = SpeedReading.wanted(
            from: PlaybackSpeed(factor: up.factor * 1.0002 / 1.1), trim: 0.0002)
        #expect(down == .normal)
    }

    @Test("the slowest of the last few seeks is expected again")
    func landing() {
        var landing = LandingTime()
        #expect(landing.lead == LandingTime.initial)
        landing.took(.milliseconds(800))
        #expect(landing.lead == .milliseconds(1_200))
        landing.took(.milliseconds(300))
        #expect(landing.usual == .milliseconds(800))
        for _ in 0..<LandingTime.remembered { landing.took(.milliseconds(60)) }
        #expect(landing.usual == .milliseconds(60))
        #expect(landing.lead == LandingTime.shortestLead)
        landing.took(.seconds(60))
        #expect(landing.lead == LandingTime.longest * LandingTime.reserve)
    }

    @Test("what a start costs is learnt for each kind, and nonsense is not")
    func starts() {
        var latency = StartLatency()
        func learn(_ kind: StartLatency.Kind, late: Double) {
            latency.learn(
                .init(kind: kind, at: at(10), from: MediaPosition(seconds: 100)),
                is: MediaPosition(seconds: 101 - late), at: at(11), speed: 1)
        }
        #expect(latency.expected(.fresh) == .zero)
        learn(.fresh, late: 0.1)
        #expect(abs(latency.expected(.fresh).inSeconds - 0.1) < 1e-6)
        #expect(latency.expected(.resumed) == .zero)
        learn(.fresh, late: 0.2)
        #expect(abs(latency.expected(.fresh).inSeconds - 0.15) < 1e-6)
        learn(.fresh, late: 30)
        #expect(abs(latency.expected(.fresh).inSeconds - 0.15) < 1e-6)
    }
}

import PartyModel
import Testing

@testable import SyncCore

/// A follower on a machine whose clock is the room's.
private struct Bench {
    var follower = Follower()
    var seconds = 0.0
    let item: ItemID
    let author: PeerID

    init() {
        guard let raw = Bytes16([UInt8](repeating: 7, count: 16)) else {
            preconditionFailure("sixteen bytes are sixteen")
        }
        item = ItemID(raw)
        author = PeerID(raw)
    }

    mutating func on(_ event: FollowerEvent, after delay: Double = 0) -> [FollowerDirective] {
        seconds += delay
        let nanoseconds = Int64(seconds * 1e9)
        return follower.on(
            event, now: MonotonicInstant(nanoseconds: nanoseconds),
            roomNow: RoomInstant(nanoseconds: nanoseconds))
    }

    func course(
        _ revision: UInt64, at anchor: Double, paused: Bool = false, speed: Double = 1
    ) -> Course {
        Course(
            revision: revision, author: author, item: item, anchor: MediaPosition(seconds: anchor),
            since: RoomInstant(nanoseconds: Int64(seconds * 1e9)),
            speed: PlaybackSpeed(factor: speed), isStanding: paused)
    }

    /// A player that shows the film at `position` and plays in step.
    mutating func playing(at position: Double) {
        _ = on(.course(course(1, at: position)))
        _ = on(.opened(item, at: MediaPosition(seconds: position)))
        _ = on(.paused(false))
    }
}

private func at(_ seconds: Double) -> MediaPosition { MediaPosition(seconds: seconds) }

@Suite("The follower")
struct FollowerTests {
    @Test("opens the room's item where the room is")
    func opens() {
        var bench = Bench()
        let first = bench.course(1, at: 10)
        #expect(bench.on(.course(first)) == [.open(bench.item, at: at(10), paused: false)])
        // Meanwhile the room goes on; the player opened half a second late and is moved.
        #expect(bench.on(.opened(bench.item, at: at(10)), after: 0.5) == [.seek(at(10.5))])
    }

    @Test("carries a pause over, and shows the frame it was pressed on")
    func pauses() {
        var bench = Bench()
        bench.playing(at: 10)
        _ = bench.on(.measured(at(11.02), isPaused: false, isStalled: false), after: 1)
        let pause = bench.course(2, at: 11, paused: true)
        #expect(bench.on(.course(pause)) == [.setPaused(true), .seek(at(11))])
        #expect(bench.on(.paused(true), after: 0.01).isEmpty)
        #expect(bench.on(.seekBegan, after: 0.01).isEmpty)
        #expect(bench.on(.seekEnded(at: at(11)), after: 0.01).isEmpty)
    }

    @Test("shows the room's frame once it rests, when it came to rest on another")
    func aligns() {
        var bench = Bench()
        bench.playing(at: 10)
        let paused = bench.course(2, at: 10, paused: true)
        #expect(bench.on(.course(paused)) == [.setPaused(true)])
        // Measured before the pause took effect: what is heard.
        #expect(bench.on(.measured(at(10.02), isPaused: false, isStalled: false)).isEmpty)
        #expect(bench.on(.paused(true)).isEmpty)
        let resting = FollowerEvent.measured(at(10.04), isPaused: true, isStalled: false)
        #expect(bench.on(resting) == [.seek(at(10))])
        // Until the seek begins nothing more is asked for, and after it nothing better can be.
        #expect(bench.on(resting).isEmpty)
        _ = bench.on(.seekBegan)
        _ = bench.on(.seekEnded(at: at(10.01)))
        #expect(bench.on(.measured(at(10.01), isPaused: true, isStalled: false)).isEmpty)
    }

    @Test("tells the room what its user does, with the position")
    func userActs() {
        var bench = Bench()
        bench.playing(at: 10)
        #expect(
            bench.on(.measured(at(10.5), isPaused: false, isStalled: false), after: 0.5).isEmpty)
        #expect(bench.on(.paused(true)) == [.wish(.pause(at: at(10.5)))])
        #expect(bench.on(.paused(false), after: 2) == [.wish(.play(from: at(10.5)))])
        #expect(
            bench.on(.speed(PlaybackSpeed(factor: 1.5)))
                == [.wish(.speed(PlaybackSpeed(factor: 1.5), at: at(10.5)))])
        #expect(bench.on(.seekBegan).isEmpty)
        #expect(bench.on(.seekEnded(at: at(60)), after: 0.1) == [.wish(.seek(to: at(60)))])
    }

    @Test("takes no echo of its own commands for the user's doing")
    func echoes() {
        var bench = Bench()
        bench.playing(at: 10)
        _ = bench.on(.course(bench.course(2, at: 10, paused: true)))
        _ = bench.on(.course(bench.course(3, at: 10, paused: false)))
        #expect(bench.on(.paused(true), after: 0.01).isEmpty)
        #expect(bench.on(.paused(false), after: 0.01).isEmpty)
        _ = bench.on(.course(bench.course(4, at: 10, speed: 2)))
        #expect(bench.on(.speed(PlaybackSpeed(factor: 2))).isEmpty)
    }

    @Test("takes the user's way back for the user's, when a command had no echo")
    func lostEcho() {
        var bench = Bench()
        _ = bench.on(.course(bench.course(1, at: 10)))
        // The player ran before it was told to: nothing changed, so it reports nothing.
        _ = bench.on(.opened(bench.item, at: at(10)))
        #expect(bench.on(.paused(true), after: 0.1) == [.wish(.pause(at: at(10.1)))])
        #expect(bench.on(.paused(false), after: 0.1) == [.wish(.play(from: at(10.1)))])
    }

    @Test("takes a key pressed long after a coalesced echo for the user's")
    func lateKey() {
        var bench = Bench()
        bench.playing(at: 10)
        _ = bench.on(.course(bench.course(2, at: 10, paused: true)))
        _ = bench.on(.course(bench.course(3, at: 10, paused: false)))
        let directives = bench.on(.paused(true), after: 1.5)
        #expect(directives.count == 1)
        #expect(directives.first.map { if case .wish(.pause) = $0 { true } else { false } } == true)
    }

    @Test("moves a player that is off by a seek, not more often than it can settle")
    func corrects() {
        var bench = Bench()
        bench.playing(at: 10)
        #expect(
            bench.on(.measured(at(9), isPaused: false, isStalled: false), after: 1) == [
                .seek(at(11))
            ])
        _ = bench.on(.seekBegan)
        _ = bench.on(.seekEnded(at: at(11)), after: 0.05)
        #expect(bench.on(.measured(at(10), isPaused: false, isStalled: false), after: 1).isEmpty)
        #expect(
            bench.on(.measured(at(10), isPaused: false, isStalled: false), after: 1.5).count == 1)
    }

    @Test("leaves small differences, stalled players and the end alone")
    func tolerates() {
        var bench = Bench()
        bench.playing(at: 10)
        #expect(bench.on(.measured(at(10.8), isPaused: false, isStalled: false), after: 1).isEmpty)
        #expect(bench.on(.measured(at(10.8), isPaused: false, isStalled: true), after: 5).isEmpty)
        #expect(bench.on(.atEnd(true)).isEmpty)
        #expect(bench.on(.measured(at(10.8), isPaused: false, isStalled: false), after: 5).isEmpty)
    }

    @Test("reports its error: the room less the player")
    func error() {
        var bench = Bench()
        bench.playing(at: 10)
        _ = bench.on(.measured(at(10.9), isPaused: false, isStalled: false), after: 1)
        #expect(bench.follower.error.map { abs($0.inSeconds - 0.1) < 0.001 } == true)
    }
}

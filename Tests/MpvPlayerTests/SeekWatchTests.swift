import PartyModel
import Testing

@testable import MpvPlayer

private func instant(_ milliseconds: Int64) -> MonotonicInstant {
    MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
}

private func read(since milliseconds: Int64, isRepeated: Bool = false) -> ReadWatch.Read {
    ReadWatch.Read(number: 1, since: instant(milliseconds), isRepeated: isRepeated)
}

@Suite("A read behind which a seek waits")
struct SeekWatchTests {
    private let drained = DemuxerState(
        hasPacketsAhead: false, isCarryingOutSeek: false, seeksCarriedOut: 3)
    private let carryingOut = DemuxerState(
        hasPacketsAhead: false, isCarryingOutSeek: true, seeksCarriedOut: 3)

    @Test("is given up when it began long before the seek", arguments: [50, 51, 10_000])
    func stale(_ age: Int64) throws {
        var watch = SeekWatch()
        let asked = read(since: 1_000)
        let verdict = watch.seekBegan([asked], demuxer: drained, now: instant(1_000 + age))
        #expect(try #require(verdict).covers(asked))
        #expect(try #require(verdict).covers(read(since: 951 + age)) == false)
        #expect(watch.isWaiting)
    }

    @Test("is kept when it may be the read after that seek", arguments: [-1, 0, 49])
    func young(_ age: Int64) {
        var watch = SeekWatch()
        let verdict = watch.seekBegan(
            [read(since: 1_000)], demuxer: drained, now: instant(1_000 + age))
        #expect(verdict == nil)
        #expect(!watch.isWaiting)
    }

    @Test("is kept when the seek stayed inside the cache")
    func cached() {
        let cached = DemuxerState(
            hasPacketsAhead: true, isCarryingOutSeek: false, seeksCarriedOut: 3)
        for demuxer in [cached, nil] {
            var watch = SeekWatch()
            let verdict = watch.seekBegan(
                [read(since: 0, isRepeated: true)], demuxer: demuxer, now: instant(1_000))
            #expect(verdict == nil)
            #expect(!watch.isWaiting)
        }
    }

    @Test("is kept when it may fetch the index for the seek before")
    func index() throws {
        var watch = SeekWatch()
        let first = read(since: 0)
        let kept = watch.seekBegan([first], demuxer: carryingOut, now: instant(1_000))
        #expect(kept == nil)
        let again = read(since: 0, isRepeated: true)
        let verdict = watch.seekBegan([first, again], demuxer: carryingOut, now: instant(1_000))
        #expect(try #require(verdict).covers(again))
        #expect(try #require(verdict).covers(first) == false)
    }

    @Test("is none when nothing is read")
    func noRead() {
        var watch = SeekWatch()
        let verdict = watch.seekBegan([], demuxer: drained, now: instant(1_000))
        #expect(verdict == nil)
    }

    @Test("is followed by others that are given up, until the seek is carried out")
    func followed() throws {
        var watch = SeekWatch()
        _ = watch.seekBegan([read(since: 0)], demuxer: drained, now: instant(100))
        let verdict = watch.check(demuxer: drained, now: instant(105))
        #expect(try #require(verdict).covers(read(since: 101, isRepeated: true)))
        #expect(try #require(verdict).covers(read(since: 101)) == false)
        var carriedOut = drained
        carriedOut.seeksCarriedOut += 1
        let afterwards = watch.check(demuxer: carriedOut, now: instant(110))
        #expect(afterwards == nil)
        #expect(!watch.isWaiting)
        let later = watch.check(demuxer: drained, now: instant(115))
        #expect(later == nil)
    }

    @Test("is not waited for without end")
    func patience() {
        var watch = SeekWatch()
        _ = watch.seekBegan([read(since: 0)], demuxer: drained, now: instant(100))
        let inTime = watch.check(demuxer: drained, now: instant(1_099))
        #expect(inTime != nil)
        let late = watch.check(demuxer: drained, now: instant(1_100))
        #expect(late == nil)
        #expect(!watch.isWaiting)
    }

    @Test("is judged by what mpv says of its demuxer")
    func reading() {
        let fields: [String: MpvNode] = [
            "fw-bytes": .integer(5), "debug-low-level-seeks": .integer(3), "idle": .flag(true),
        ]
        #expect(
            DemuxerState(.map(fields))
                == DemuxerState(
                    hasPacketsAhead: true, isCarryingOutSeek: false, seeksCarriedOut: 3))
        let seeking = fields.merging(["debug-seeking": .double(3), "fw-bytes": .integer(0)]) { $1 }
        #expect(DemuxerState(.map(seeking)) == carryingOut)
        #expect(DemuxerState(.map(["fw-bytes": .integer(5)])) == nil)
        #expect(DemuxerState(nil) == nil)
    }
}

@Suite("A read of mpv's")
struct ReadWatchTests {
    @Test("can be given up while mpv waits for it, and so can mpv's next try")
    func givenUp() throws {
        var watch = ReadWatch()
        #expect(watch.current == nil)
        watch.readBegan(at: instant(7))
        let first = try #require(watch.current)
        #expect(first.since == instant(7))
        #expect(!first.isRepeated && !watch.isGivenUp)
        let isInterrupted = watch.giveUp(first)
        #expect(isInterrupted && watch.isGivenUp)
        watch.readEnded(withNothing: true)
        #expect(!watch.isGivenUp)
        watch.readBegan(at: instant(8))
        let second = try #require(watch.current)
        #expect(second.isRepeated && !watch.isGivenUp)
    }

    @Test(
        "leaves nothing to the next one elsewhere, or behind its bytes", arguments: [true, false])
    func next(_ seeks: Bool) throws {
        var watch = ReadWatch()
        watch.readBegan(at: instant(7))
        let first = try #require(watch.current)
        _ = watch.giveUp(first)
        watch.readEnded(withNothing: seeks)
        if seeks { watch.sought() }
        let betweenReads = watch.giveUp(first)
        #expect(!betweenReads)
        watch.readBegan(at: instant(7))
        let late = watch.giveUp(first)
        #expect(!late && !watch.isGivenUp)
        #expect(try #require(watch.current).isRepeated == false)
    }
}

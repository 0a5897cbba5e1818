import PartyModel
import Testing

@testable import PartyRuntime

@Suite("Notices of what others do")
struct NoticeBookTests {
    private let start = MonotonicInstant(nanoseconds: 0)

    private func intent(
        _ revision: UInt64, at seconds: Double, paused: Bool = false, speed: Double = 1,
        item: UInt8 = 1, since: Double = 0
    ) throws -> Intent {
        let bytes = [UInt8](repeating: item, count: 16)
        return Intent(
            revision: revision, author: PeerID(try #require(Bytes16(bytes))),
            item: ItemID(try #require(Bytes16(bytes))), anchor: MediaPosition(seconds: seconds),
            since: RoomInstant(nanoseconds: Int64(since * 1e9)),
            speed: PlaybackSpeed(factor: speed),
            isPaused: paused)
    }

    private func said(from before: Intent, to after: Intent) -> [String] {
        var book = NoticeBook()
        book.changed(from: before, to: after, by: "Ana", now: start)
        return book.take { _ in "film 2.mkv" }
    }

    @Test("name who, what and where")
    func sentences() throws {
        let playing = try intent(2, at: 0)
        let paused = try intent(3, at: 754, paused: true)
        #expect(
            said(from: playing, to: try intent(3, at: 754, paused: true, since: 754))
                == ["Ana paused at 12:34"])
        #expect(said(from: paused, to: try intent(4, at: 754)) == ["Ana resumed at 12:34"])
        #expect(
            said(from: playing, to: try intent(3, at: 3723, since: 5))
                == ["Ana jumped to 1:02:03"])
        #expect(
            said(from: playing, to: try intent(3, at: 5, speed: 1.25, since: 5))
                == ["Ana set the speed to 1.25×"])
        #expect(
            said(from: playing, to: try intent(3, at: 0, item: 2)) == [
                "Now playing: film 2.mkv"
            ])
        #expect(said(from: paused, to: try intent(4, at: 754.04, paused: true)) == [])
        #expect(said(from: try intent(1, at: 0, paused: true), to: try intent(2, at: 0)) == [])
    }

    @Test("make one sentence of one gesture, when nothing has followed for a moment")
    func coalesced() throws {
        var book = NoticeBook()
        let before = try intent(2, at: 10)
        let steps = [
            try intent(3, at: 10, paused: true), try intent(4, at: 60, paused: true),
            try intent(5, at: 60),
        ]
        var last = before
        for (index, step) in steps.enumerated() {
            let now = start + .milliseconds(300 * index)
            book.changed(from: last, to: step, by: "Ana", now: now)
            #expect(book.due == now + NoticeBook.quiet)
            last = step
        }
        #expect(book.take { _ in "" } == ["Ana jumped to 1:00"])
        #expect(book.due == nil)
        #expect(book.take { _ in "" } == [])
    }

    @Test("wait no longer than their patience, whatever follows")
    func patience() {
        var book = NoticeBook()
        for step in 0..<20 {
            book.arrived("Ana", wasHere: false, now: start + .milliseconds(200 * step))
        }
        #expect(book.due == start + NoticeBook.patience)
    }

    @Test("are not about what this user has overruled")
    func ownAction() throws {
        var book = NoticeBook()
        book.changed(
            from: try intent(2, at: 0), to: try intent(3, at: 500), by: "Ana", now: start)
        book.actedHere()
        #expect(book.take { _ in "" } == [])
    }

    @Test("list those who come and go, and forget who was only gone for a moment")
    func comingAndGoing() {
        var book = NoticeBook()
        for name in ["Ana", "Ben"] { book.arrived(name, wasHere: true, now: start) }
        for name in ["Cem", "Dea", "Eva", "Fay"] {
            book.arrived(name, wasHere: false, now: start)
        }
        book.departed("Gil", now: start)
        book.departed("Fay", now: start)
        #expect(
            book.take { _ in "" } == [
                "Ana and Ben are here", "Cem, Dea and Eva joined", "Gil left",
            ])
        book.departed("Ana", now: start)
        book.arrived("Ana", wasHere: false, now: start)
        #expect(book.take { _ in "" } == [])
        #expect(NoticeBook.listed(["Ana", "Ben", "Cem", "Dea", "Eva"]) == "Ana, Ben and 3 more")
    }

    @Test(
        "write times and speeds as people do",
        arguments: [
            (0.0, "0:00"), (59.9, "0:59"), (60, "1:00"), (3_599, "59:59"), (3_600, "1:00:00"),
        ])
    func clock(seconds: Double, text: String) {
        #expect(MediaPosition(seconds: seconds).clockTime == text)
    }

    @Test("write speeds as people do", arguments: [(1.0, "1×"), (1.5, "1.5×"), (1.05, "1.05×")])
    func speed(factor: Double, text: String) {
        #expect(PlaybackSpeed(factor: factor).text == text)
    }
}

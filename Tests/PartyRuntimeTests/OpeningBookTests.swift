import PartyModel
import RoomCore
import Testing

@testable import PartyRuntime

@Suite("What newcomers' players read")
struct OpeningBookTests {
    private let item = ItemID(.random())
    private let peers = (0..<4).map { _ in PeerID(.random()) }

    private func course(at anchor: Double, standing: Bool = false) -> Course {
        Course(
            revision: 1, author: peers[0], item: item, anchor: MediaPosition(seconds: anchor),
            since: RoomInstant(nanoseconds: 0), speed: .normal, isStanding: standing)
    }

    private func place(_ seconds: Double, exact: Bool = false) -> OpeningBook.Place {
        OpeningBook.Place(item: item, position: MediaPosition(seconds: seconds), isExact: exact)
    }

    @Test("is what is read at the start while the room is there, and else what is read anywhere")
    func hints() {
        var book = OpeningBook()
        #expect(book.hints(for: course(at: 0, standing: true)).isEmpty)
        let asked = [book.beginLearning(item), book.beginLearning(item)]
        #expect(asked == [true, false])
        book.learn(item, .init(atStart: [0..<300], elsewhere: [0..<100, 900..<950]))
        #expect(book.hints(for: course(at: 0, standing: true)).map(\.range) == [0..<300])
        for other in [course(at: 0), course(at: 5, standing: true)] {
            #expect(book.hints(for: other).map(\.range) == [0..<100, 900..<950])
        }
        #expect(book.hints(for: course(at: 0)).allSatisfy { $0.item == item })
    }

    @Test("is what two looks have in common")
    func common() {
        let one: [Range<Int64>] = [0..<100, 900..<950, 400..<480]
        let other: [Range<Int64>] = [0..<80, 900..<950, 600..<700]
        #expect(OpeningBook.common(one, other) == [0..<80, 900..<950])
    }

    @Test("weighs no more than may be hinted")
    func limit() throws {
        var book = OpeningBook()
        let much = OpeningBook.bytesHinted
        book.learn(item, .init(atStart: [], elsewhere: [10..<much, 2 * much..<3 * much, 0..<5]))
        let hints = book.hints(for: course(at: 0)).map(\.range)
        #expect(hints == [10..<much, 2 * much..<2 * much + 10])
    }

    @Test("is looked at once for all who come together, and again for who opens elsewhere")
    func together() {
        var book = OpeningBook()
        #expect(book.reads(at: place(20), for: peers[0]) == nil)
        #expect(book.nextLook() == place(20))
        #expect(book.reads(at: place(20.1), for: peers[1]) == nil)
        #expect(book.reads(at: place(22), for: peers[2]) == nil)
        #expect(book.nextLook() == nil)
        #expect(book.looked([5..<9]) == [peers[0], peers[1]])
        #expect(book.reads(at: place(19.9), for: peers[3]) == [5..<9])
        #expect(book.known(at: place(20, exact: true)) == nil)
        #expect(book.nextLook() == place(22))
        #expect(book.looked([7..<8]) == [peers[2]])
        #expect(book.nextLook() == nil)
    }
}

import PartyModel
import Testing

@testable import SwarmCore

@Suite("What is known of the line")
struct LineBookTests {
    private let far = PeerAddress.ipv4(0x0101_0101, port: 1)
    private let near = PeerAddress.ipv4(0xC0A8_0001, port: 1)

    private func at(_ milliseconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }

    /// A ping and its answer, these milliseconds under way; the other clock is 7 s ahead.
    @discardableResult
    private func ping(
        _ book: inout LineBook, _ peer: PeerID, at sent: Int64, out: Int64, back: Int64,
        address: PeerAddress? = nil
    ) -> Bool {
        book.asked(peer, at: at(sent))
        let there = at(sent + out + 7_000)
        return book.heard(
            Pong(sent: at(sent), arrived: there, answered: there), from: peer,
            at: address ?? far, received: at(sent + out + back))
    }

    /// A book with peers whose film goes over connections of its own.
    private func book(_ peers: UInt8...) -> LineBook {
        var book = LineBook()
        for peer in peers { book.separated(peerID(peer), at: at(0)) }
        return book
    }

    private func count(
        _ peer: PeerID, sent: Int64, unsent: Int, delay: Duration = .zero
    ) -> LineCount {
        LineCount(peer: peer, sent: sent, unsent: unsent, delay: delay)
    }

    @Test("an answer that is late by its program is no queue: the kernels saw none")
    func lateProgram() {
        for (delay, queue) in [(0, 5), (4, 13), (30, 40)] {
            var book = book(1)
            ping(&book, peerID(1), at: 0, out: 25, back: 25)
            book.counted([count(peerID(1), sent: 0, unsent: 0)], at: at(0))
            let now = count(
                peerID(1), sent: 50_000, unsent: 0, delay: .milliseconds(delay))
            book.counted([now], at: at(150))
            ping(&book, peerID(1), at: 100, out: 65, back: 25)
            #expect(book.reading(at: at(200))?.queue == .milliseconds(queue))
            // What it said long ago says nothing.
            ping(&book, peerID(1), at: 400, out: 65, back: 25)
            #expect(book.reading(at: at(500))?.queue == .milliseconds(40))
        }
    }

    @Test("a queue is what the way out takes longer than at its best")
    func outward() {
        var book = book(1)
        #expect(book.reading(at: at(0)) == nil)
        ping(&book, peerID(1), at: 0, out: 25, back: 25)
        ping(&book, peerID(1), at: 100, out: 65, back: 25)
        #expect(
            book.reading(at: at(200))
                == LineReading(
                    at: at(100), queue: .milliseconds(40), base: .milliseconds(50)))
    }

    @Test("the other side's queue is none of ours")
    func inward() {
        var book = book(1)
        ping(&book, peerID(1), at: 0, out: 25, back: 25)
        ping(&book, peerID(1), at: 100, out: 25, back: 300)
        #expect(book.reading(at: at(500))?.queue == .zero)
    }

    @Test("nobody can claim more than the round trip shows")
    func liar() {
        var book = book(1)
        ping(&book, peerID(1), at: 0, out: 25, back: 25)
        ping(&book, peerID(1), at: 100, out: 500, back: -440)
        #expect(book.reading(at: at(200))?.queue == .milliseconds(10))
    }

    @Test("what only one of two peers meets is not in front of our line")
    func common() {
        var book = book(1, 2)
        for peer in [peerID(1), peerID(2)] { ping(&book, peer, at: 0, out: 25, back: 25) }
        ping(&book, peerID(1), at: 100, out: 95, back: 25)
        ping(&book, peerID(2), at: 110, out: 35, back: 25)
        #expect(book.reading(at: at(300))?.queue == .milliseconds(10))
        // What the other one said before says nothing about now.
        ping(&book, peerID(1), at: 400, out: 95, back: 25)
        #expect(book.reading(at: at(600))?.queue == .milliseconds(70))
    }

    @Test("answers to what was not asked, or was answered, do not count")
    func unasked() {
        var book = book(1)
        let pong = Pong(sent: at(0), arrived: at(7_000), answered: at(7_000))
        let unasked = book.heard(pong, from: peerID(1), at: far, received: at(10))
        book.asked(peerID(1), at: at(0))
        let first = book.heard(pong, from: peerID(1), at: far, received: at(50))
        let second = book.heard(pong, from: peerID(1), at: far, received: at(500))
        #expect([unasked, first, second] == [false, true, false])
        #expect(book.reading(at: at(600))?.queue == .zero)
    }

    @Test("a ping that waited behind film on its own connection does not count")
    func shared() {
        var book = LineBook()
        ping(&book, peerID(1), at: 0, out: 25, back: 25)
        #expect(book.reading(at: at(50)) == nil)
        book.asked(peerID(1), at: at(90))
        book.separated(peerID(1), at: at(100))
        let pong = Pong(sent: at(90), arrived: at(7_290), answered: at(7_290))
        _ = book.heard(pong, from: peerID(1), at: far, received: at(310))
        #expect(book.reading(at: at(310)) == nil)
        ping(&book, peerID(1), at: 400, out: 30, back: 25)
        #expect(book.reading(at: at(500))?.queue == .milliseconds(5))
    }

    @Test("a ping that nobody answers tells of the queue after a while")
    func overdue() {
        var book = book(1)
        ping(&book, peerID(1), at: 0, out: 25, back: 25)
        book.asked(peerID(1), at: at(100))
        #expect(book.reading(at: at(300))?.at == at(0))
        #expect(
            book.reading(at: at(1_150))
                == LineReading(
                    at: at(100), queue: .milliseconds(1_000), base: .milliseconds(50)))
    }

    @Test("a peer that is near at a private address is on this LAN", arguments: [true, false])
    func local(isPrivate: Bool) {
        var book = book(1)
        ping(&book, peerID(1), at: 0, out: 1, back: 1, address: isPrivate ? near : far)
        #expect(book.isLocal(peerID(1)) == isPrivate)
        #expect((book.reading(at: at(10)) == nil) == isPrivate)
        book.sentFilm(to: peerID(1), at: at(10))
        #expect(book.isBusy(at: at(20)) == !isPrivate)
    }

    @Test("the line is busy for a while after film was sent")
    func busy() {
        var book = LineBook()
        #expect(!book.isBusy(at: at(0)))
        book.sentFilm(to: peerID(1), at: at(0))
        #expect(book.isBusy(at: at(2_000)))
        #expect(!book.isBusy(at: at(2_001)))
    }

    @Test("the rate is what has left lately, over whatever connections")
    func rate() {
        var book = LineBook()
        book.counted(
            [count(peerID(1), sent: 5_000, unsent: 0), count(peerID(2), sent: 7_000, unsent: 0)],
            at: at(0))
        #expect(book.rate(at: at(0)) == 0)
        book.counted(
            [count(peerID(1), sent: 15_000, unsent: 0), count(peerID(2), sent: 17_000, unsent: 0)],
            at: at(200))
        #expect(book.rate(at: at(200)) == 100_000)
        // Another connection begins at nothing.
        book.counted(
            [count(peerID(1), sent: 300, unsent: 0), count(peerID(2), sent: 37_000, unsent: 0)],
            at: at(400))
        #expect(book.rate(at: at(400)) == 100_000)
        ping(&book, peerID(2), at: 400, out: 1, back: 1, address: near)
        book.counted(
            [count(peerID(1), sent: 300, unsent: 0), count(peerID(2), sent: 99_000, unsent: 0)],
            at: at(600))
        #expect(book.rate(at: at(600)) == 0)
    }

    @Test("what connections hold back is known, and how many do so much")
    func holdingBack() {
        var book = LineBook()
        book.counted(
            [count(peerID(1), sent: 0, unsent: 30_000), count(peerID(2), sent: 0, unsent: 1_000)],
            at: at(0))
        #expect(book.unsent == 31_000)
        #expect(book.holdingBack == 1)
        book.left(peerID(1))
        #expect(book.unsent == 1_000)
        #expect(book.holdingBack == 0)
    }

    @Test("what waits for a peer that is slow, or gone, says nothing of the line")
    func heldUp() {
        var book = LineBook()
        for look in 0...60 {
            // One is gone, one takes 60 KB/s, one takes 600 KB/s; looks are 20 ms apart.
            book.counted(
                [
                    count(peerID(1), sent: 1_000_000, unsent: 300_000),
                    count(peerID(2), sent: Int64(look) * 1_200, unsent: 200_000),
                    count(peerID(3), sent: Int64(look) * 12_000, unsent: 90_000),
                ], at: at(Int64(look) * 20))
            if look == 10 { #expect(book.unsent == 590_000) }
        }
        #expect(book.unsent == 90_000)
        #expect(book.holdingBack == 1)
        // It is back, and takes what waited.
        for look in 0...60 {
            book.counted(
                [count(peerID(1), sent: 1_000_000 + Int64(look) * 10_000, unsent: 100_000)],
                at: at(1_220 + Int64(look) * 20))
        }
        #expect(book.unsent == 190_000)
    }

    @Test("while there is a queue, what was sent less what the queue grew is what the line takes")
    func load() throws {
        var book = book(1)
        book.counted([count(peerID(1), sent: 0, unsent: 0)], at: at(0))
        book.counted(
            [count(peerID(1), sent: 600_000, unsent: 0, delay: .milliseconds(60))], at: at(600))
        ping(&book, peerID(1), at: 0, out: 25, back: 25)
        ping(&book, peerID(1), at: 100, out: 27, back: 25)
        #expect(book.load(noise: .zero) == nil)
        ping(&book, peerID(1), at: 200, out: 52, back: 25)
        ping(&book, peerID(1), at: 300, out: 77, back: 25)
        let load = try #require(book.load(noise: .zero))
        // 100 000 bytes in 100 ms, and 25 ms more until the line had taken them.
        #expect(abs(load.given - 1_000_000) < 1)
        #expect(abs(load.taken - 800_000) < 1)
        #expect(load.growth == .milliseconds(25))
        // Queues within what readings vary are none.
        #expect(book.load(noise: .milliseconds(20)) == nil)
        let sight = book.sight(at: at(500), noise: .zero)
        #expect(sight.reading?.at == at(300))
        #expect(abs(sight.sinceReading - 200_000) < 1)
        #expect(sight.load == load)
    }
}

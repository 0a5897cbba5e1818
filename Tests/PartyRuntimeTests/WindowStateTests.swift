import PartyModel
import Testing

@testable import PartyRuntime

@Suite("What the window is told")
struct WindowStateTests {
    @Test("of a viewer is what is known of that viewer")
    func viewers() {
        var state = WindowState()
        state.viewers = [
            .init(
                name: "Ana \"{\\an8}\"\n", isMe: true, isHost: true, buffered: .milliseconds(14_249)
            ),
            .init(
                name: "Ben", isHeadless: true, link: .lost, isStalled: true, isReady: false,
                error: .microseconds(-2_345), offset: .milliseconds(123_456),
                roundTrip: .microseconds(41_700), correction: 0.003_14, down: 1_234_567, up: 4_000),
        ]
        #expect(
            state.json == #"{"viewers":["#
                + #"{"name":"Ana \"{\\an8}\"\n","me":true,"host":true,"headless":false,"#
                + #""link":"direct","stalled":false,"buffered":14.2},"#
                + #"{"name":"Ben","me":false,"host":false,"headless":true,"link":"lost","#
                + #""stalled":true,"ready":false,"error_ms":-2.3,"offset_ms":123456,"rtt_ms":42,"#
                + #""correction":0.0031,"down":1230000,"up":0}]}"#)
    }

    @Test("of waits, starts and downloads is what can be seen")
    func rest() {
        var state = WindowState()
        state.film = "film.mkv"
        state.wait = .init(
            names: ["Ana", "Ben"], buffered: .milliseconds(420), needed: .seconds(2),
            left: .milliseconds(11_001))
        state.start = .init(ready: 1, all: 3, countdown: .milliseconds(2_999))
        state.download = .init(have: 3 << 20 | 5, total: 9 << 20, shares: [1, 0.99, 0.5, 0.01, 0])
        #expect(
            state.json == #"{"film":"film.mkv","viewers":[],"#
                + #""wait":{"names":["Ana","Ben"],"buffered":0.4,"needed":2,"left":12},"#
                + #""start":{"ready":1,"all":3,"countdown":3},"#
                + #""download":{"have":3145728,"total":9437184,"parts":"98510"}}"#)
    }

    @Test("is the same where nobody would see a difference")
    func rounding() {
        func json(_ buffered: Duration, _ down: Double) -> String {
            var state = WindowState()
            state.viewers = [.init(name: "Ana", buffered: buffered, down: down)]
            return state.json
        }
        #expect(json(.milliseconds(3_010), 101_000) == json(.milliseconds(3_040), 104_000))
        #expect(json(.milliseconds(3_010), 101_000) != json(.milliseconds(3_110), 101_000))
    }
}

@Suite("What the window asks for")
struct WindowRequestTests {
    @Test(
        "is read from the script's words",
        arguments: [
            (["say", "hi\nthere"], WindowRequest.say(.text("hi there"))),
            (["react", "heart"], .say(.reaction(.heart))),
        ])
    func requests(words: [String], request: WindowRequest) {
        #expect(WindowRequest(words: words) == request)
    }

    @Test(
        "is nothing in other words",
        arguments: [[], ["say"], ["say", "  "], ["react", "skull"], ["react"], ["page", "card"]])
    func nothing(words: [String]) {
        #expect(WindowRequest(words: words) == nil)
    }
}

@Suite("Rates between peers")
struct TrafficBookTests {
    @Test("come near what flows, and fade out when nothing does")
    func rates() throws {
        let peer = PeerID(try #require(Bytes16([UInt8](repeating: 1, count: 16))))
        var book = TrafficBook()
        var now = MonotonicInstant(nanoseconds: 0)
        book.look(at: now)
        for _ in 0..<10 {
            now = now + .seconds(1)
            book.received(1_000_000, from: peer)
            book.sent(200_000, to: peer)
            book.look(at: now)
        }
        #expect((0.98e6...1e6).contains(book.rates(with: peer).down))
        #expect((0.19e6...0.2e6).contains(book.rates.up))
        for _ in 0..<20 {
            now = now + .seconds(1)
            book.look(at: now)
        }
        #expect(book.rates(with: peer) == (0, 0))
        book.left(peer)
        #expect(book.rates == (0, 0))
    }
}

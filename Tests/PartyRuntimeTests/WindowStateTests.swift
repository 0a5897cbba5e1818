import PartyModel
import Testing

@testable import PartyRuntime

@Suite("What the window is told")
struct WindowStateTests {
    private func viewer(
        _ name: String, isMe: Bool = false, isReady: Bool = false, buffered: Int? = nil,
        runsDry: Int? = nil
    ) throws -> WindowState.Viewer {
        WindowState.Viewer(
            peer: PeerID(try #require(Bytes16([UInt8](repeating: 1, count: 16)))), name: name,
            isMe: isMe, isHost: isMe, isReady: isReady, isExcused: false, buffered: buffered,
            runsDry: runsDry)
    }

    @Test("of a viewer is what is known of that viewer")
    func viewers() throws {
        var state = WindowState()
        var ben = try viewer("Ben", runsDry: 7)
        ben.isHeadless = true
        ben.link = .lost
        ben.isStalled = true
        ben.error = .microseconds(-2_345)
        ben.offset = .milliseconds(123_456)
        ben.roundTrip = .microseconds(41_700)
        ben.correction = 0.003_14
        ben.down = 1_234_567
        ben.up = 4_000
        state.viewers = [try viewer("Ana \"{\\an8}\"\n", isMe: true, buffered: 142), ben]
        #expect(
            state.json == #"{"viewers":["#
                + #"{"name":"Ana \"{\\an8}\"\n","me":true,"host":true,"headless":false,"#
                + #""link":"direct","stalled":false,"excused":false,"buffered":14.2},"#
                + #"{"name":"Ben","me":false,"host":false,"headless":true,"link":"lost","#
                + #""stalled":true,"excused":false,"runs_dry":7,"error_ms":-2.3,"#
                + #""offset_ms":123456,"rtt_ms":42,"correction":0.0031,"down":1230000,"up":0}]}"#)
    }

    @Test("of waits and downloads is what can be seen")
    func rest() throws {
        let peer = PeerID(try #require(Bytes16([UInt8](repeating: 1, count: 16))))
        var state = WindowState()
        state.film = "film.mkv"
        state.wait = WindowState.Wait(
            stragglers: [
                .init(peer: peer, name: "Ana", isMe: false, buffered: 14, needed: 2),
                .init(peer: peer, name: "Ben", isMe: true, buffered: 4, needed: 5),
            ], limit: 12, canSkip: true)
        state.download = WindowState.Download(
            have: 3 << 20 | 5, total: 9 << 20, shares: [1, 0.99, 0.5, 0.01, 0])
        #expect(
            state.json == #"{"film":"film.mkv","viewers":[],"#
                + #""wait":{"names":["Ana","you"],"buffered":0.4,"needed":5,"left":12,"#
                + #""skip":true},"#
                + #""download":{"have":3145728,"total":9437184,"parts":"98510"}}"#)
    }

    @Test("of a start is who is ready, and how long it takes")
    func start() throws {
        var state = WindowState()
        state.viewers = [try viewer("Ana", isReady: true)]
        #expect(!state.json.contains("ready"))
        state.lobby = WindowState.Lobby(isReady: false, ready: 1, viewers: 3)
        #expect(state.json.contains(#""ready":true"#))
        #expect(state.json.contains(#""start":{"ready":1,"all":3,"mine":false}"#))
        state.lobby = nil
        state.countdown = 3
        #expect(state.json.contains(#""start":{"countdown":3}"#))
    }

    @Test("is the same where nobody would see a difference")
    func rounding() throws {
        func json(_ down: Double) throws -> String {
            var state = WindowState()
            var viewer = try viewer("Ana")
            viewer.down = down
            state.viewers = [viewer]
            return state.json
        }
        #expect(try json(101_000) == json(104_000))
        #expect(try json(101_000) != json(116_000))
    }
}

@Suite("What the window asks for")
struct WindowRequestTests {
    @Test(
        "is read from the script's words",
        arguments: [
            (["say", "hi\nthere"], WindowRequest.say(.text("hi there"))),
            (["react", "heart"], .say(.reaction(.heart))), (["ready"], .ready),
            (["skip-wait"], .skipWait), (["undo-seek"], .undoSeek),
        ])
    func requests(words: [String], request: WindowRequest) {
        #expect(WindowRequest(words: words) == request)
    }

    @Test(
        "is nothing in other words",
        arguments: [
            [], ["say"], ["say", "  "], ["react", "skull"], ["react"], ["page", "card"],
            ["ready", "peerwatch"],
        ])
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
        #expect((0.98e6...1e6).contains(try #require(book.rates(with: peer).down)))
        #expect((0.19e6...0.2e6).contains(try #require(book.rates.up)))
        for _ in 0..<20 {
            now = now + .seconds(1)
            book.look(at: now)
        }
        #expect(book.rates(with: peer) == (0, 0))
        book.left(peer)
        #expect(book.rates == (0, 0))
    }
}

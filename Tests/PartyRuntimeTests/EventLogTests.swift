import NIOConcurrencyHelpers
import PartyModel
import Testing

@testable import PartyRuntime

@Suite("The log of events")
struct EventLogTests {
    @Test("that events cannot be written any more is told once, with the reason")
    func fullDisk() throws {
        let seen = NIOLockedValueBox<[String]>([])
        let log = try EventLog(path: "/dev/full") { event in
            guard case .error(let error) = event else { return }
            seen.withLockedValue { $0.append(error.description) }
        }
        for port in [1, 2, 3] { log.record(.listening(port: port)) }
        log.close()
        #expect(
            seen.withLockedValue(\.self) == [
                "Events cannot be written to /dev/full: no space left on device."
            ])
    }

    @Test("what can be written is told of by nobody")
    func written() throws {
        let seen = NIOLockedValueBox<[String]>([])
        let log = try EventLog(path: "/dev/null") { event in
            seen.withLockedValue { $0.append(event.name) }
        }
        log.record(.listening(port: 1))
        log.close()
        #expect(seen.withLockedValue(\.self) == ["listening"])
    }
}

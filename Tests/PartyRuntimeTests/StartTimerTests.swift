import NIOConcurrencyHelpers
import PartyModel
import Testing

@testable import PartyRuntime

@Suite("The start timer")
struct StartTimerTests {
    @Test("does the work at its time, never before")
    func starts() async {
        let timer = StartTimer()
        let due = PartyClock.now + .milliseconds(30)
        let began: MonotonicInstant = await withCheckedContinuation { continuation in
            timer.set(at: due) { continuation.resume(returning: $0) }
        }
        #expect(began >= due)
        await timer.close()
    }

    @Test("does what was set last, and nothing that was taken back")
    func replaced() async {
        let timer = StartTimer()
        let done = NIOLockedValueBox<[Int]>([])
        timer.set(at: PartyClock.now + .milliseconds(5)) { _ in done.withLockedValue { $0 += [1] } }
        timer.cancel()
        timer.set(at: PartyClock.now + .milliseconds(10)) { _ in
            done.withLockedValue { $0 += [2] }
        }
        await withCheckedContinuation { continuation in
            timer.set(at: PartyClock.now + .milliseconds(60)) { _ in
                done.withLockedValue { $0 += [3] }
                continuation.resume()
            }
        }
        await timer.close()
        #expect(done.withLockedValue { $0 } == [3])
    }

    @Test("takes nothing once it is closed, as from a party that still follows its room")
    func closed() async {
        let timer = StartTimer()
        let done = NIOLockedValueBox(false)
        await timer.close()
        timer.set(at: PartyClock.now) { _ in done.withLockedValue { $0 = true } }
        #expect(!done.withLockedValue { $0 })
        // A future that is made on a loop that has ended stops a debug build when it goes.
    }
}

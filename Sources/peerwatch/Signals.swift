// Ctrl-C: the first leaves in good order, the second at once.

import Dispatch
import Foundation
import MpvPlayer

/// Watches the signals that ask a program to end, until stopped.
final class Signals {
    private let sources: [any DispatchSourceSignal]

    /// Status of a process that a signal ended, by convention of the shells.
    private static let interrupted: Int32 = 130

    /// Calls `leave` at the first signal, on a queue of its own; the second ends the process.
    init(leave: @escaping @Sendable () -> Void) {
        // A reader of our events that goes away must not end the party.
        signal(SIGPIPE, SIG_IGN)
        let queue = DispatchQueue(label: "peerwatch.signals")
        let count = Count()
        // Until a signal is watched it ends the process, which has nothing to clear up yet; to
        // ignore it meanwhile would lose a Ctrl-C.
        let watched = DispatchGroup()
        // What nohup has the process ignore stays ignored.
        let numbers = [SIGINT, SIGTERM] + (Self.isHangUpIgnored ? [] : [SIGHUP])
        sources = numbers.map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                count.value += 1
                if count.value > 1 { PlayerFiles.removeAll(andExit: Self.interrupted) }
                leave()
            }
            watched.enter()
            source.setRegistrationHandler { watched.leave() }
            source.resume()
            return source
        }
        watched.wait()
    }

    /// Whether whoever started the process has it ignore that its terminal goes away.
    private static var isHangUpIgnored: Bool {
        let name = "SigIgn:"
        let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix(name) }
        let mask = line.flatMap {
            UInt64($0.dropFirst(name.count).trimmingCharacters(in: .whitespaces), radix: 16)
        }
        return mask.map { $0 & (1 << UInt64(SIGHUP - 1)) != 0 } ?? false
    }

    func stop() { for source in sources { source.cancel() } }

    // Safety: read and written on the signals' own serial queue only.
    private final class Count: @unchecked Sendable { var value = 0 }
}

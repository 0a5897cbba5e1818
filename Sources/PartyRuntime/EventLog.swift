// Where events go: a file or standard output, one line each, in the order they happened.
//
// Invariant: lines are written whole, by one thread, so a slow reader of a pipe holds up nobody but
// that thread; and what was recorded before `close()` is written before it returns.

import Dispatch
import Foundation
import NIOConcurrencyHelpers
public import PartyModel

/// The `--events` stream.
///
/// Any thread may record.
public final class EventLog: Sendable {
    private let queue = DispatchQueue(label: "peerwatch.events")
    private let path: String
    private let handle: FileHandle?
    private let hasFailed = NIOLockedValueBox(false)
    private let started: MonotonicInstant
    private let observer: @Sendable (PartyEvent) -> Void

    /// A log that writes to `path`, `-` being standard output, or nowhere.
    ///
    /// `observer` sees every event first, on the recording thread; and, on the log's own, that
    /// events cannot be written any more, once.
    ///
    /// - Throws: ``PartyError/eventsUnwritable(path:reason:)``.
    public init(
        path: String?, observer: @escaping @Sendable (PartyEvent) -> Void
    ) throws(PartyError) {
        started = PartyClock.now
        self.observer = observer
        self.path = path == "-" ? "standard output" : path ?? ""
        switch path {
        case nil: handle = nil
        case "-"?: handle = .standardOutput
        case let path?:
            if !FileManager.default.fileExists(atPath: path) {
                _ = FileManager.default.createFile(atPath: path, contents: nil)
            }
            guard let file = FileHandle(forWritingAtPath: path) else {
                throw .eventsUnwritable(path: path, reason: "it cannot be opened")
            }
            try? file.truncate(atOffset: 0)
            handle = file
        }
    }

    /// Writes an event, later.
    public func record(_ event: PartyEvent) {
        observer(event)
        guard let handle else { return }
        let seconds = (PartyClock.now - started).inSeconds
        let line =
            JSONValue.object(
                [("event", .text(event.name)), ("t", .number(seconds))] + event.fields
            ).line + "\n"
        queue.async { [self] in
            do { try handle.write(contentsOf: Data(line.utf8)) } catch { tellOnce(error) }
        }
    }

    /// The party goes on without a log, but not without a word.
    private func tellOnce(_ error: any Error) {
        let isFirst = hasFailed.withLockedValue { failed in
            defer { failed = true }
            return !failed
        }
        guard isFirst else { return }
        let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        let text = cause?.localizedFailureReason ?? "the system refuses"
        observer(
            .error(
                .eventsUnwritable(
                    path: path, reason: text.prefix(1).lowercased() + text.dropFirst())))
    }

    /// Returns when everything recorded is written.
    public func close() { queue.sync {} }
}

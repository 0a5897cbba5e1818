// Where events go: a file or standard output, one line each, in the order they happened.
//
// Invariant: lines are written whole, by one thread, so a slow reader of a pipe holds up nobody but
// that thread; and what was recorded before `close()` is written before it returns.

import Dispatch
import Foundation
public import PartyModel

/// The `--events` stream.
///
/// Any thread may record.
public final class EventLog: Sendable {
    private let queue = DispatchQueue(label: "peerwatch.events")
    private let handle: FileHandle?
    private let started: MonotonicInstant
    private let observer: @Sendable (PartyEvent) -> Void

    /// A log that writes to `path`, `-` being standard output, or nowhere; `observer` sees every
    /// event first, on the recording thread.
    ///
    /// - Throws: ``PartyError/eventsUnwritable(path:reason:)``.
    public init(
        path: String?, observer: @escaping @Sendable (PartyEvent) -> Void
    ) throws(PartyError) {
        started = PartyClock.now
        self.observer = observer
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
        queue.async { try? handle.write(contentsOf: Data(line.utf8)) }
    }

    /// Returns when everything recorded is written.
    public func close() { queue.sync {} }
}

// Which room is the open mpv in? One at a time: what its user asks for is done in order, and a room
// is left to its end before the next one begins.

import Dispatch
import MpvPlayer

/// Joins, opens and leaves rooms in an mpv that somebody has open.
///
/// Any thread.
final class PluginSession: Sendable {
    private let requests: AsyncStream<LenderRequest>.Continuation
    private let isOver = DispatchSemaphore(value: 0)

    /// A session that is in no room yet.
    init(_ lender: MpvLender) {
        let (stream, requests) = AsyncStream<LenderRequest>.makeStream()
        self.requests = requests
        Task { [isOver] in
            var room: PluginRoom?
            for await request in stream {
                // Looked at before the room is left: that may open something else.
                let wanted = WantedRoom(request, in: lender)
                if wanted == nil, !request.endsRoom { continue }
                await room?.leave()
                room = wanted.flatMap { PluginRoom($0, in: lender) }
            }
            await room?.leave()
            isOver.signal()
        }
    }

    /// Does what the user asks for, after what was asked for before; returns at once.
    func hear(_ request: LenderRequest) { requests.yield(request) }

    /// Leaves the room and waits until it is left.
    func end() {
        requests.finish()
        isOver.wait()
    }
}

extension LenderRequest {
    /// Whether the room is left even if no other comes in its place.
    fileprivate var endsRoom: Bool {
        switch self {
        case .leave, .open: true
        case .join, .host: false
        }
    }
}

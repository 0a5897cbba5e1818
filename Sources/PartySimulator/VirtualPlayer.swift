// How does the film look to who watches? A player reads on in small steps, a little ahead of what it
// shows, and stands still when the next step is missing.
//
// Invariant: every byte before `reader` was there when the player passed it.

import PartyModel

/// A player that reads a film as a demuxer does, at a constant rate.
struct VirtualPlayer {
    /// Bytes needed to start, and to go on after a jump or a stall.
    static let startBytes: Int64 = 256 * 1024
    /// How far it reads ahead of what it shows: what mpv's stream buffer takes in one go.
    static let readAhead: Int64 = 1 << 20

    /// Why a player stands still.
    enum Cause { case start, seek, stall }

    private enum State {
        case waiting(Cause, at: Int64, since: MonotonicInstant)
        case playing(from: Int64, since: MonotonicInstant)
        case ended
    }

    private let geometry: ChunkGeometry
    private let bytesPerSecond: Double
    private var state: State
    /// The next block it wants to read.
    private(set) var reader = 0
    private var announced: Int?
    private var isOpen = false

    /// From the first wish to the first frame.
    private(set) var startUp: Duration?
    private(set) var stalls = 0
    private(set) var stalled = Duration.zero

    init(geometry: ChunkGeometry, bytesPerSecond: Double, opening time: MonotonicInstant) {
        self.geometry = geometry
        self.bytesPerSecond = bytesPerSecond
        state = .waiting(.start, at: 0, since: time)
    }

    mutating func seek(to offset: Int64, at time: MonotonicInstant) {
        state = .waiting(.seek, at: offset, since: time)
        reader = Int(offset / Int64(ChunkGeometry.blockSize))
        announced = nil
    }

    /// What a look at the player brought.
    struct Step {
        /// The bytes it turned to since the last look, one place after the other.
        var reads: [Range<Int64>]
        /// When to look again even if no block came.
        var lookAgain: MonotonicInstant?
        /// Whether it shows the film for the first time.
        var hasOpened = false
    }

    /// Plays on as far as the blocks in `held` allow.
    mutating func advance(to time: MonotonicInstant, held: [Bool]) -> Step {
        let turnedTo = newRead()
        readOn(at: time, held: held)
        switch state {
        case .waiting(let cause, let place, let since):
            guard bufferEnd - place >= min(Self.startBytes, geometry.size - place) else { break }
            note(cause, took: time - since)
            state = .playing(from: place, since: time)
            readOn(at: time, held: held)
        case .playing:
            let place = position(at: time)
            if place >= geometry.size {
                state = .ended
            } else if place >= bufferEnd {
                stalls += 1
                state = .waiting(.stall, at: place, since: time)
            }
        case .ended: break
        }
        return Step(
            reads: [turnedTo, newRead()].compactMap { $0 }, lookAgain: nextLook(after: time),
            hasOpened: opens())
    }

    private mutating func opens() -> Bool {
        guard case .playing = state, !isOpen else { return false }
        isOpen = true
        return true
    }

    private mutating func readOn(at time: MonotonicInstant, held: [Bool]) {
        let end = position(at: time) + Self.readAhead
        while reader < held.count, held[reader], bufferEnd <= end { reader += 1 }
    }

    /// Where what was read ends.
    private var bufferEnd: Int64 {
        min(Int64(reader) * Int64(ChunkGeometry.blockSize), geometry.size)
    }

    private func position(at time: MonotonicInstant) -> Int64 {
        switch state {
        case .waiting(_, let place, _): place
        case .playing(let place, let since):
            min(place + Int64((time - since).inSeconds * bytesPerSecond), geometry.size)
        case .ended: geometry.size
        }
    }

    private mutating func note(_ cause: Cause, took duration: Duration) {
        switch cause {
        case .start: startUp = duration
        case .seek: break
        case .stall: stalled += duration
        }
    }

    private mutating func newRead() -> Range<Int64>? {
        guard announced != reader, let block = geometry.block(at: reader) else { return nil }
        announced = reader
        return geometry.byteRange(of: block)
    }

    /// When the next block's worth will have been shown.
    private func nextLook(after time: MonotonicInstant) -> MonotonicInstant? {
        guard case .playing(let start, let since) = state else { return nil }
        let blockSize = Int64(ChunkGeometry.blockSize)
        let boundary = min((position(at: time) / blockSize + 1) * blockSize, geometry.size)
        let seconds = Double(boundary - start) / bytesPerSecond
        // A microsecond more, so that rounding never brings us here before the boundary.
        return max(time, since + .nanoseconds(Int64(seconds * 1e9))) + .microseconds(1)
    }
}

// A film in memory, parts of which can be withheld: what the swarm looks like to the player.

import Foundation
import Monitoring
import PartyModel

@testable import MpvPlayer

final class MemoryFilm: FilmInput {
    struct State {
        var withheld: [Range<Int64>]
        var blockedAt: Int64?
        var isInterrupted = false
        var cancels = 0
        var readOffsets: [Int64] = []
    }

    private let bytes: [UInt8]
    private let monitor: Monitor<State>

    init(_ bytes: [UInt8], withheld: Range<Int64>...) {
        self.bytes = bytes
        monitor = Monitor(State(withheld: withheld))
    }

    var size: Int64 { Int64(bytes.count) }
    var state: State { monitor.withState { $0 } }

    /// Waits until the player is as `condition` says.
    func wait(for what: String, _ condition: (State) -> Bool) throws {
        let deadline = Date.now.addingTimeInterval(20)
        guard monitor.wait(until: deadline, for: { condition($0) ? () : nil }) != nil else {
            throw NotSeen(description: "no \(what) within 20 s; \(state)")
        }
    }

    /// Waits until a read has been blocked at such an offset for so long that a seek is a reason to
    /// give it up.
    func waitForOldRead(_ isMeant: (Int64) -> Bool) throws {
        while true {
            try wait(for: "blocked read") { $0.blockedAt.map(isMeant) ?? false }
            let reads = state.readOffsets.count
            let isOld = Date.now.addingTimeInterval(2 * SeekWatch.leastAge.inSeconds)
            let another = monitor.wait(until: isOld) { $0.readOffsets.count > reads ? true : nil }
            if another == nil { return }
        }
    }

    func withhold(_ range: Range<Int64>) { monitor.withState { $0.withheld.append(range) } }

    /// Gives out what was withheld.
    func release() { monitor.withState { $0.withheld = [] } }
    func interrupt() { monitor.withState { $0.isInterrupted = $0.blockedAt != nil } }
    func cancel() { monitor.withState { $0.cancels += 1 } }

    func read(at offset: Int64, into buffer: inout MutableRawSpan) -> FilmRead {
        let isThere = monitor.withState { state in
            state.readOffsets.append(offset)
            state.isInterrupted = false
            if self.outcome(at: offset, state) == nil { state.blockedAt = offset }
            return state.blockedAt == nil
        }
        let outcome = monitor.wait { self.outcome(at: offset, $0) }
        if !isThere { monitor.withState { $0.blockedAt = nil } }
        guard case .bytes(let there) = outcome else { return outcome ?? .failed }
        let count = min(there, buffer.byteCount)
        for index in 0..<count {
            buffer.storeBytes(of: bytes[Int(offset) + index], toByteOffset: index, as: UInt8.self)
        }
        return .bytes(count)
    }

    /// What a read comes to; `nil` while it has to wait.
    ///
    /// Counts every byte there is.
    private func outcome(at offset: Int64, _ state: State) -> FilmRead? {
        if state.cancels > 0 { return .cancelled }
        if state.isInterrupted { return .interrupted }
        guard offset < size else { return .end }
        guard !state.withheld.contains(where: { $0.contains(offset) }) else { return nil }
        let next = state.withheld.map(\.lowerBound).filter { $0 > offset }.min() ?? size
        return .bytes(Int(min(size, next) - offset))
    }
}

/// Gives out prepared films by item, and any other item not at all.
struct Films: FilmProvider {
    let films: [ItemID: MemoryFilm]
    func open(_ item: ItemID) -> (any FilmInput)? { films[item] }
}

// Who owns mpv, and who may still call it? One `MpvHandle` owns one handle of libmpv's, with the
// player core behind it or without. Calls pass a gate that counts them, and
// ``MpvHandle/terminate()`` closes the gate and waits until nobody is inside: after that the
// pointer is never used again.

import CMpv
import Glibc
import NIOConcurrencyHelpers
import PartyModel

/// A handle of libmpv's.
///
/// Every call may come from any thread. Those ending in `Async` return at once; the others wait for
/// the core, mostly microseconds, milliseconds while it is busy.
@safe final class MpvHandle: Sendable {
    // Safety: the client API is thread-safe; the pointer is never changed, and is used only inside
    // the gate, which outlives the core behind it.
    nonisolated(unsafe) private let pointer: OpaquePointer
    /// libmpv's functions.
    let mpv: cmpv_functions

    private struct Gate {
        var isOpen = true
        /// Threads that are in a call of mpv.
        var inside = 0
        var isVacated: Bool { !isOpen && inside == 0 }
    }

    private enum Ending { case notYet, vacated, done }

    /// What ends with the handle.
    private enum Holding {
        /// The player core.
        case core
        /// One client of a core that lives on.
        case client
        /// Nothing: whoever lent the pointer takes it back.
        case loan
    }

    private let holding: Holding

    private let gate = NIOLockedValueBox(Gate())
    private let ending = ConditionLock(value: Ending.notYet)

    /// Creates a core that is not started yet; the first one loads libmpv.
    init() throws(PartyError) {
        mpv = try MpvLibrary.load()
        // mpv reads and writes numbers as text and refuses to run where a comma would be their point.
        unsafe setlocale(LC_NUMERIC, "C")
        guard let pointer = unsafe mpv.create() else {
            throw .playerFailed(reason: "libmpv gave no player (memory, or the LC_NUMERIC locale)")
        }
        holding = .core
        unsafe self.pointer = unsafe pointer
    }

    /// A handle that mpv has lent for as long as this object is used.
    ///
    /// - Throws: `PartyError.playerFailed` where the program that lends it does not show mpv's functions.
    init(lent pointer: OpaquePointer) throws(PartyError) {
        mpv = try MpvLibrary.findLent()
        holding = .loan
        unsafe self.pointer = unsafe pointer
    }

    /// Creates another client of the core behind `other`; mpv changes a name that is taken.
    init(clientOf other: MpvHandle, named name: String) throws(PartyError) {
        let mpv = other.mpv
        guard let pointer = unsafe other.use({ unsafe mpv.create_client($0, name) }) ?? nil else {
            throw .playerFailed(reason: "mpv took no further client; it may be ending")
        }
        self.mpv = mpv
        holding = .client
        unsafe self.pointer = unsafe pointer
    }

    /// The name other clients reach this one by.
    var clientName: String? {
        unsafe use { unsafe mpv.client_name($0).map { unsafe String(cString: $0) } } ?? nil
    }

    /// Whether ``terminate()`` has not been called.
    var isOpen: Bool { gate.withLockedValue { $0.isOpen } }

    /// Calls `body` with the pointer; `nil` once the core is terminated.
    ///
    /// `body` must not keep it.
    func use<Result>(_ body: (OpaquePointer) -> Result) -> Result? {
        let entered = gate.withLockedValue { gate in
            if gate.isOpen { gate.inside += 1 }
            return gate.isOpen
        }
        guard entered else { return nil }
        defer {
            let isLast = gate.withLockedValue { gate in
                gate.inside -= 1
                return gate.isVacated
            }
            if isLast { announceVacated() }
        }
        return unsafe body(pointer)
    }

    /// Ends what this handle holds, a core with every stream it has open; returns when it is gone.
    ///
    /// Later calls, of this and everything else, do nothing.
    ///
    /// Blocks; must not be called on the event thread, which it waits for.
    func terminate() {
        let (isFirst, isVacated) = gate.withLockedValue { gate in
            let wasOpen = gate.isOpen
            gate.isOpen = false
            return (wasOpen, gate.isVacated)
        }
        guard isFirst else {
            ending.lock(whenValue: .done)
            ending.unlock()
            return
        }
        unsafe mpv.wakeup(pointer)
        if isVacated { announceVacated() }
        ending.lock(whenValue: .vacated)
        switch holding {
        case .core: unsafe mpv.terminate_destroy(pointer)
        case .client: unsafe mpv.destroy(pointer)
        case .loan: break
        }
        ending.unlock(withValue: .done)
    }

    /// Comes once: when the gate closes with nobody inside, or when the last one leaves.
    private func announceVacated() {
        ending.lock()
        ending.unlock(withValue: .vacated)
    }
}

// Starting. All of these wait for mpv and belong on a thread that may.
extension MpvHandle {
    /// Sets an option; says whether mpv knows it and takes the value.
    @discardableResult
    func setOption(_ option: MpvOption) -> Bool {
        let status = unsafe use {
            unsafe mpv.set_option_string($0, option.name, option.value ?? "")
        }
        return status == 0
    }

    /// Whether this mpv has an option of that name.
    func knows(_ option: MpvOption) -> Bool { property("option-info/\(option.name)/name") != nil }

    /// Reads a configuration file; what it does not understand goes to the log.
    func loadConfiguration(at path: String) throws(PartyError) {
        try check(unsafe use { unsafe mpv.load_config_file($0, path) }, "reading its options")
    }

    /// Asks for mpv's log as events, from this level on.
    func requestLog(atLeast level: String) {
        _ = unsafe use { unsafe mpv.request_log_messages($0, level) }
    }

    /// Starts the core.
    func initialise() throws(PartyError) {
        try check(unsafe use { unsafe mpv.initialize($0) }, "starting")
    }

    /// Lets `streams` answer for their addresses; they must outlive the core.
    func register(_ streams: FilmStreams) throws(PartyError) {
        try check(
            unsafe use { unsafe streams.register(with: $0, of: mpv) },
            "registering the film's stream")
    }

    /// Asks for an event whenever the property changes, and for one now.
    func observe(_ property: ObservedProperty) throws(PartyError) {
        let status = unsafe use {
            unsafe mpv.observe_property($0, property.rawValue, property.name, property.format)
        }
        try check(status, "observing \(property.name)")
    }

    /// The texts that mpv has logged since the last event was taken.
    ///
    /// Only for a handle that no event thread reads.
    func loggedTexts() -> [String] {
        unsafe use { pointer in
            var texts: [String] = []
            while let event = unsafe mpv.wait_event(pointer, 0)?.pointee,
                unsafe event.event_id != MPV_EVENT_NONE
            {
                guard let message = unsafe MpvLogMessage(event) else { continue }
                texts.append(message.text)
            }
            return texts
        } ?? []
    }

    /// Waits until a film that was loaded stands there with its first picture; says whether it does.
    ///
    /// Only for a handle that no event thread reads.
    func waitForPicture(_ patience: Duration) -> Bool {
        let end = MonotonicInstant.now() + patience
        return unsafe use { pointer in
            while true {
                let left = max((end - .now()).inSeconds, 0)
                guard let event = unsafe mpv.wait_event(pointer, left)?.pointee else {
                    return false
                }
                switch unsafe event.event_id {
                case MPV_EVENT_PLAYBACK_RESTART: return true
                case MPV_EVENT_END_FILE, MPV_EVENT_SHUTDOWN, MPV_EVENT_NONE: return false
                default: continue
                }
            }
        } ?? false
    }

    private func check(_ status: CInt?, _ step: String) throws(PartyError) {
        guard let status, status >= 0 else {
            let reason = status.map(sentence) ?? "terminated"
            throw .playerFailed(reason: "libmpv failed at \(step) (\(reason))")
        }
    }
}

// Running.
extension MpvHandle {
    /// Runs a command and waits for its result; `nil` where it failed.
    func command(_ command: MpvNode) -> MpvNode? {
        unsafe use { pointer -> MpvNode? in
            var result = unsafe mpv_node()
            let status = unsafe command.withCNode { unsafe mpv.command_node(pointer, $0, &result) }
            guard status >= 0 else { return nil }
            defer { unsafe mpv.free_node_contents(&result) }
            return unsafe MpvNode(copying: result)
        } ?? nil
    }

    /// The video outputs that were asked for, as the option `vo` has them.
    var videoOutputs: String? {
        guard case .string(let names) = command(.command("expand-text", "${=options/vo}")) else {
            return nil
        }
        return names
    }

    /// Reads a property; `nil` where it has no value.
    func property(_ name: String) -> MpvNode? {
        unsafe use { pointer -> MpvNode? in
            var result = unsafe mpv_node()
            guard unsafe mpv.get_property(pointer, name, MPV_FORMAT_NODE, &result) >= 0 else {
                return nil
            }
            defer { unsafe mpv.free_node_contents(&result) }
            return unsafe MpvNode(copying: result)
        } ?? nil
    }

    /// Sets a property and waits until it is set.
    ///
    /// What mpv refuses stays as it is.
    func set(_ name: String, _ value: MpvNode) {
        _ = unsafe use { pointer in
            unsafe value.withCNode {
                unsafe mpv.set_property(pointer, name, MPV_FORMAT_NODE, $0)
            }
        }
    }

    /// Queues a command; a failure comes back as an event with the request's number.
    func commandAsync(_ command: MpvNode, for request: PlayerRequest) {
        _ = unsafe use { pointer in
            unsafe command.withCNode {
                unsafe mpv.command_node_async(pointer, request.rawValue, $0)
            }
        }
    }

    /// Queues the setting of a property; a failure comes back as an event.
    func setAsync(_ name: String, _ value: MpvNode, for request: PlayerRequest) {
        _ = unsafe use { pointer in
            unsafe value.withCNode {
                unsafe mpv.set_property_async(
                    pointer, request.rawValue, name, MPV_FORMAT_NODE, $0)
            }
        }
    }

    /// The version of libmpv's client API, which grows with mpv's own.
    var clientAPI: ClientAPI {
        let version = mpv.client_api_version()
        return ClientAPI(major: Int(version >> 16), minor: Int(version & 0xFFFF))
    }

    /// What mpv calls a status, without a full stop.
    func sentence(_ status: CInt) -> String {
        unsafe mpv.error_string(status).map { unsafe String(cString: $0) } ?? "error \(status)"
    }
}

/// A version of libmpv's client API.
struct ClientAPI: Comparable, Sendable {
    let major: Int
    let minor: Int

    static func < (one: ClientAPI, other: ClientAPI) -> Bool {
        (one.major, one.minor) < (other.major, other.minor)
    }
}

/// What was asked of mpv, so that a refusal can be told apart.
enum PlayerRequest: UInt64 {
    case load = 1
    case pause, seek, speed, pitch, exactness, script, quit
}

/// The properties that mpv tells us of by itself.
enum ObservedProperty: UInt64, CaseIterable {
    case pause = 1
    case speed, position, cachePause, endOfFilm, coreIdle, duration, isEmpty

    var name: String {
        switch self {
        case .pause: "pause"
        case .speed: "speed"
        case .position: "time-pos"
        case .cachePause: "paused-for-cache"
        case .endOfFilm: "eof-reached"
        case .coreIdle: "core-idle"
        case .duration: "duration"
        case .isEmpty: "idle-active"
        }
    }

    var format: mpv_format {
        switch self {
        case .pause, .cachePause, .endOfFilm, .coreIdle, .isEmpty: MPV_FORMAT_FLAG
        case .speed, .position, .duration: MPV_FORMAT_DOUBLE
        }
    }
}

extension MonotonicInstant {
    /// Now, on CLOCK_MONOTONIC.
    static func now() -> MonotonicInstant {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicInstant(
            nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}

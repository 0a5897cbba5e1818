// What is mpv telling us? One thread waits for mpv's events and turns each into a `PlayerEvent`.
// It alone takes events of the handle, and it is gone when `MpvHandle.terminate()` returns: it counts
// as being inside the handle for as long as it runs.

import CMpv
import Glibc
import PartyModel

/// The state of the event thread; lives on that thread.
struct MpvEventLoop {
    private let handle: MpvHandle
    private let streams: FilmStreams
    private let script: ScriptBridge
    private let frames: FrameClock
    private let deliver: @Sendable (PlayerEvent) -> Void

    /// The playlist entry that is being played, and the item it names.
    private var current: (entry: Int64, item: ItemID?)?
    /// Whether it has not shown anything yet.
    private var isOpening = false

    private var seekWatch = SeekWatch()

    /// Starts the event thread; it ends when mpv has quit or the handle is being terminated.
    static func start(
        handle: MpvHandle, streams: FilmStreams, script: ScriptBridge, frames: FrameClock,
        deliver: @escaping @Sendable (PlayerEvent) -> Void
    ) throws(PartyError) {
        let launch = Launch {
            var loop = MpvEventLoop(
                handle: handle, streams: streams, script: script, frames: frames,
                deliver: deliver)
            loop.run()
        }
        // Retained here, released by the thread as its first act.
        let retained = unsafe Unmanaged.passRetained(launch)
        var thread = pthread_t()
        let status = unsafe pthread_create(&thread, nil, launched, retained.toOpaque())
        guard status == 0 else {
            unsafe retained.release()
            throw .playerFailed(reason: "no thread could be started for its events")
        }
        pthread_detach(thread)
    }

    private init(
        handle: MpvHandle, streams: FilmStreams, script: ScriptBridge, frames: FrameClock,
        deliver: @escaping @Sendable (PlayerEvent) -> Void
    ) {
        self.handle = handle
        self.streams = streams
        self.script = script
        self.frames = frames
        self.deliver = deliver
    }

    private final class Launch: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private static let launched:
        @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
            argument in
            guard let argument = unsafe argument else { return nil }
            let launch = unsafe Unmanaged<Launch>.fromOpaque(argument).takeRetainedValue()
            launch.body()
            return nil
        }

    /// For the window before the first film, and for the film.
    private static let complaint = "cplayer: Error opening/initializing the "

    private var noPicture: PlayerEvent { .noPicture(outputs: handle.videoOutputs ?? "") }

    private mutating func run() {
        _ = unsafe handle.use { pointer in
            while handle.isOpen {
                let timeout = seekWatch.isWaiting ? SeekWatch.checkInterval.inSeconds : -1
                guard let event = unsafe handle.mpv.wait_event(pointer, timeout)?.pointee else {
                    return
                }
                guard unsafe event.event_id != MPV_EVENT_SHUTDOWN else {
                    script.mpvEnds()
                    return deliver(.quit)
                }
                unsafe on(event)
                if seekWatch.isWaiting { lookAgain() }
            }
        }
    }

    private mutating func on(_ event: mpv_event) {
        switch unsafe event.event_id {
        case MPV_EVENT_SEEK:
            seekBegan()
            deliver(.seeking)
        case MPV_EVENT_PLAYBACK_RESTART:
            if isOpening { filmShows() }
            deliver(.playbackRestarted)
        case MPV_EVENT_PROPERTY_CHANGE: unsafe propertyChanged(event)
        case MPV_EVENT_START_FILE: unsafe fileStarted(event)
        case MPV_EVENT_FILE_LOADED:
            if let item = current?.item { deliver(.fileLoaded(item)) }
        case MPV_EVENT_END_FILE: unsafe fileEnded(event)
        case MPV_EVENT_CLIENT_MESSAGE: unsafe messageReceived(event)
        case MPV_EVENT_LOG_MESSAGE:
            guard let message = unsafe MpvLogMessage(event) else { return }
            deliver(.logged(message.level, message.text))
            // mpv tells it nowhere else, and plays on without a picture.
            if message.text.hasPrefix(Self.complaint) { deliver(noPicture) }
        case MPV_EVENT_COMMAND_REPLY, MPV_EVENT_SET_PROPERTY_REPLY:
            guard unsafe event.error < 0 else { return }
            requestFailed(
                unsafe PlayerRequest(rawValue: event.reply_userdata),
                reason: unsafe handle.sentence(event.error))
        case MPV_EVENT_QUEUE_OVERFLOW:
            deliver(.logged(.error, "mpv's event queue overflowed; events are lost"))
        default: return
        }
    }
}

// Seeks away from bytes that are not there.
extension MpvEventLoop {
    private mutating func seekBegan() {
        let reads = streams.currentReads
        giveUp(reads, seekWatch.seekBegan(reads.map(\.read), demuxer: demuxer, now: .now()))
    }

    private mutating func lookAgain() {
        let reads = streams.currentReads
        giveUp(reads, seekWatch.check(demuxer: demuxer, now: .now()))
    }

    private var demuxer: DemuxerState? { DemuxerState(handle.property("demuxer-cache-state")) }

    private func giveUp(
        _ reads: [(stream: FilmStream, read: ReadWatch.Read)], _ verdict: SeekWatch.Verdict?
    ) {
        guard let verdict else { return }
        for (stream, read) in reads where verdict.covers(read) { stream.giveUp(read) }
    }
}

// Films coming and going.
extension MpvEventLoop {
    private mutating func fileStarted(_ event: mpv_event) {
        guard let start = unsafe event.data?.assumingMemoryBound(to: mpv_event_start_file.self)
        else { return }
        let entry = unsafe start.pointee.playlist_entry_id
        let address = self.address(ofEntry: entry)
        let item = address.flatMap(FilmStreams.item)
        current = (entry, item)
        isOpening = true
        if let address, item == nil { deliver(.foreignFile(address)) }
    }

    /// A film may have been opened at a key frame; the seeks of its user are exact all the same.
    private mutating func filmShows() {
        isOpening = false
        guard current?.item != nil, let value = RoomOptions.exactness.value else { return }
        handle.setAsync(RoomOptions.exactness.name, .string(value), for: .exactness)
    }

    /// What the playlist says the entry plays; `nil` when it has been replaced meanwhile.
    private func address(ofEntry entry: Int64) -> String? {
        guard case .list(let entries) = handle.property("playlist") else { return nil }
        for case .map(let fields) in entries where fields["id"] == .integer(entry) {
            if case .string(let address) = fields["filename"] { return address }
        }
        return nil
    }

    private mutating func fileEnded(_ event: mpv_event) {
        guard let end = unsafe event.data?.assumingMemoryBound(to: mpv_event_end_file.self)
        else { return }
        var item: ItemID?
        if let current, unsafe current.entry == end.pointee.playlist_entry_id {
            item = current.item
            self.current = nil
        }
        guard unsafe end.pointee.reason == MPV_END_FILE_REASON_ERROR else { return }
        // A room always has a window: where there is none, that is what went wrong.
        guard handle.property("current-vo") != nil else { return deliver(noPicture) }
        deliver(.failed(item, reason: unsafe handle.sentence(end.pointee.error)))
    }

    private func requestFailed(_ request: PlayerRequest?, reason: String) {
        switch request {
        case .load: deliver(.failed(nil, reason: reason))
        case .seek:
            // There is nothing to seek in before a film is open, nor at its very end.
            deliver(.logged(.warning, "mpv refused a seek: \(reason)"))
        case .pause, .speed, .pitch, .exactness, .script, .quit, nil:
            let name = request.map { "\($0)" } ?? "request"
            deliver(.logged(.error, "mpv refused a \(name) command: \(reason)"))
        }
    }
}

// Values and words.
extension MpvEventLoop {
    private func propertyChanged(_ event: mpv_event) {
        guard let property = unsafe ObservedProperty(rawValue: event.reply_userdata),
            let change = unsafe event.data?.assumingMemoryBound(to: mpv_event_property.self),
            // Without a value there is nothing to tell: no film is open.
            let data = unsafe change.pointee.data,
            unsafe change.pointee.format == property.format
        else { return }
        switch property {
        case .pause: deliver(.paused(unsafe Self.flag(data)))
        case .cachePause: deliver(.bufferingForCache(unsafe Self.flag(data)))
        case .endOfFilm: deliver(.endOfFilm(unsafe Self.flag(data)))
        case .coreIdle: deliver(.idle(unsafe Self.flag(data)))
        case .isEmpty: if unsafe Self.flag(data) { deliver(.emptied) }
        case .speed: deliver(.speed(PlaybackSpeed(factor: unsafe Self.number(data))))
        case .position:
            let position = MediaPosition(seconds: unsafe Self.number(data))
            frames.note(position, at: .now())
            deliver(.position(position))
        case .duration: deliver(.duration(MediaPosition(seconds: unsafe Self.number(data))))
        }
    }

    private static func flag(_ data: UnsafeMutableRawPointer) -> Bool {
        unsafe data.load(as: CInt.self) != 0
    }

    private static func number(_ data: UnsafeMutableRawPointer) -> Double {
        unsafe data.load(as: Double.self)
    }

    private func messageReceived(_ event: mpv_event) {
        let words = unsafe Self.words(of: event)
        guard let fromScript = script.received(words, through: handle) else { return }
        deliver(.scriptMessage(fromScript))
    }

    /// The words of a script message; none for other events.
    static func words(of event: mpv_event) -> [String] {
        guard unsafe event.event_id == MPV_EVENT_CLIENT_MESSAGE,
            let message = unsafe event.data?.assumingMemoryBound(
                to: mpv_event_client_message.self),
            let words = unsafe message.pointee.args
        else { return [] }
        return unsafe (0..<Int(message.pointee.num_args)).compactMap { index in
            unsafe words[index].map { unsafe String(cString: $0) }
        }
    }
}

/// A line of mpv's log.
struct MpvLogMessage {
    let level: PlayerLogLevel
    let text: String

    /// The line that an event carries; `nil` for other events.
    init?(_ event: mpv_event) {
        guard unsafe event.event_id == MPV_EVENT_LOG_MESSAGE,
            let message = unsafe event.data?.assumingMemoryBound(to: mpv_event_log_message.self),
            let prefix = unsafe message.pointee.prefix, let text = unsafe message.pointee.text
        else { return nil }
        let isError = unsafe message.pointee.log_level.rawValue <= MPV_LOG_LEVEL_ERROR.rawValue
        level = isError ? .error : .warning
        let line = unsafe String(cString: text)
        let trimmed = line.last == "\n" ? String(line.dropLast()) : line
        self.text = unsafe "\(String(cString: prefix)): \(trimmed)"
    }
}

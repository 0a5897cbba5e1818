// How does mpv read a film? Through five C callbacks that end in a `FilmStream`.
//
// Lifetime: mpv holds a number, never a pointer, because it may still cancel a stream that it has
// closed. `open` puts the stream into the registry, `close` takes it out, and nothing else does.
// Threads: open on mpv's opener thread; read, seek and size on that one and later on the demuxer's,
// never two at a time for one stream; cancel on mpv's core thread at any moment; close once, last.
// None of them calls mpv: it would wait for itself.

import CMpv
import NIOConcurrencyHelpers
import PartyModel

/// One film that mpv has open.
final class FilmStream: Sendable {
    private struct State {
        var offset: Int64 = 0
        var watch = ReadWatch()
    }

    fileprivate let owner: FilmStreams
    private let input: any FilmInput
    private let state = NIOLockedValueBox(State())

    init(_ input: any FilmInput, owner: FilmStreams) {
        self.input = input
        self.owner = owner
    }

    var size: Int64 { input.size }

    /// Fills the front of `buffer`; blocks until there is a byte.
    ///
    /// Returns how many there are, 0 at the end and -1 where the stream is over; mpv takes both for
    /// the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int64 {
        let offset = state.withLockedValue { state in
            state.watch.readBegan(at: .now())
            return state.offset
        }
        let count = unsafe answer(at: offset, into: buffer)
        state.withLockedValue { state in
            if count > 0 { state.offset = offset + count }
            state.watch.readEnded(withNothing: count < 0)
        }
        return count
    }

    private func answer(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) -> Int64 {
        while true {
            var span = unsafe MutableRawSpan(_unsafeBytes: buffer)
            switch input.read(at: offset, into: &span) {
            case .bytes(let count): return (1...buffer.count).contains(count) ? Int64(count) : -1
            case .end: return 0
            case .cancelled, .failed: return -1
            case .interrupted:
                // An interrupt meant for an earlier read may hit this one, which has to go on.
                guard !state.withLockedValue({ $0.watch.isGivenUp }) else { return -1 }
            }
        }
    }

    /// Moves the next read to `offset`; returns it, or an error of mpv's for one before the start.
    func seek(to offset: Int64) -> Int64 {
        guard offset >= 0 else { return Int64(MPV_ERROR_GENERIC.rawValue) }
        state.withLockedValue { state in
            state.offset = offset
            state.watch.sought()
        }
        return offset
    }

    func cancel() { input.cancel() }

    /// The read that mpv waits for, if it waits.
    var currentRead: ReadWatch.Read? { state.withLockedValue { $0.watch.current } }

    /// Lets `read` return with nothing, if mpv still waits for it.
    func giveUp(_ read: ReadWatch.Read) {
        guard state.withLockedValue({ $0.watch.giveUp(read) }) else { return }
        input.interrupt()
    }
}

/// The streams of one player.
final class FilmStreams: Sendable {
    static let scheme = "peerwatch"
    private static let prefix = "\(scheme)://"

    private let films: any FilmProvider

    private let openCount = NIOLockedValueBox(0)
    private let areClosed = ConditionLock(value: true)

    init(_ films: any FilmProvider) { self.films = films }

    fileprivate func count(_ change: Int) {
        openCount.withLockedValue { count in
            count += change
            areClosed.lock()
            areClosed.unlock(withValue: count == 0)
        }
    }

    /// Waits until mpv has closed all of them; says whether it has.
    func waitUntilClosed(_ patience: Duration) -> Bool {
        guard areClosed.lock(whenValue: true, timeoutSeconds: patience.inSeconds) else {
            return false
        }
        areClosed.unlock()
        return true
    }

    /// The address mpv knows an item by.
    ///
    /// It holds no secret: mpv's watch-later files keep it.
    static func address(of item: ItemID) -> String { "\(prefix)\(item)" }

    /// The item that an address of ours names; `nil` for any other address.
    static func item(at address: String) -> ItemID? {
        guard isOurs(address) else { return nil }
        return ItemID(hexadecimal: address.dropFirst(prefix.count))
    }

    /// Whether mpv asks us for what is at an address.
    static func isOurs(_ address: String) -> Bool { address.hasPrefix(prefix) }

    /// The streams that mpv waits for, with the reads it waits for.
    var currentReads: [(stream: FilmStream, read: ReadWatch.Read)] {
        FilmStreamRegistry.streams(of: self).compactMap { stream in
            stream.currentRead.map { (stream, $0) }
        }
    }

    fileprivate func open(_ address: String) -> FilmStream? {
        guard let item = Self.item(at: address), let input = films.open(item) else { return nil }
        return FilmStream(input, owner: self)
    }
}

/// Which number stands for which open stream, in this process.
enum FilmStreamRegistry {
    private struct Entries {
        var lastCookie: UInt = 0
        var streams: [UInt: FilmStream] = [:]
    }

    private static let entries = NIOLockedValueBox(Entries())

    /// How many streams mpv has not closed.
    static func openCount(of owner: FilmStreams) -> Int { streams(of: owner).count }

    static func streams(of owner: FilmStreams) -> [FilmStream] {
        entries.withLockedValue { $0.streams.values.filter { $0.owner === owner } }
    }

    fileprivate static func insert(_ stream: FilmStream) -> UInt {
        stream.owner.count(1)
        return entries.withLockedValue { entries in
            entries.lastCookie += 1
            entries.streams[entries.lastCookie] = stream
            return entries.lastCookie
        }
    }

    fileprivate static func stream(_ cookie: UnsafeMutableRawPointer?) -> FilmStream? {
        let number = UInt(bitPattern: cookie)
        return entries.withLockedValue { $0.streams[number] }
    }

    fileprivate static func remove(_ cookie: UnsafeMutableRawPointer?) {
        let number = UInt(bitPattern: cookie)
        // Released outside the lock: the film's own clean-up may take its time.
        let stream = entries.withLockedValue { $0.streams.removeValue(forKey: number) }
        stream?.owner.count(-1)
    }
}

extension FilmStreams {
    /// Makes `peerwatch://` addresses of this handle end here; returns mpv's status.
    ///
    /// mpv borrows the object: it must outlive the handle.
    func register(with handle: OpaquePointer, of mpv: cmpv_functions) -> CInt {
        let borrowed = unsafe Unmanaged.passUnretained(self).toOpaque()
        return unsafe mpv.stream_cb_add_ro(handle, Self.scheme, borrowed) { owner, address, info in
            guard let owner = unsafe owner, let address = unsafe address, let info = unsafe info
            else { return MPV_ERROR_LOADING_FAILED.rawValue }
            let streams = unsafe Unmanaged<FilmStreams>.fromOpaque(owner).takeUnretainedValue()
            guard let stream = streams.open(unsafe String(cString: address)) else {
                return MPV_ERROR_LOADING_FAILED.rawValue
            }
            let cookie = FilmStreamRegistry.insert(stream)
            unsafe info.pointee.cookie = UnsafeMutableRawPointer(bitPattern: cookie)
            unsafe FilmStreams.setCallbacks(of: &info.pointee)
            return 0
        }
    }

    private static func setCallbacks(of info: inout mpv_stream_cb_info) {
        unsafe info.read_fn = { cookie, bytes, count in
            guard let stream = unsafe FilmStreamRegistry.stream(cookie) else { return -1 }
            let room = Int(clamping: count)
            return unsafe stream.read(
                into: UnsafeMutableRawBufferPointer(start: bytes, count: room))
        }
        unsafe info.seek_fn = { cookie, offset in
            unsafe FilmStreamRegistry.stream(cookie)?.seek(to: offset)
                ?? Int64(MPV_ERROR_GENERIC.rawValue)
        }
        unsafe info.size_fn = { cookie in
            unsafe FilmStreamRegistry.stream(cookie)?.size ?? Int64(MPV_ERROR_UNSUPPORTED.rawValue)
        }
        unsafe info.cancel_fn = { cookie in unsafe FilmStreamRegistry.stream(cookie)?.cancel() }
        unsafe info.close_fn = { cookie in unsafe FilmStreamRegistry.remove(cookie) }
    }
}

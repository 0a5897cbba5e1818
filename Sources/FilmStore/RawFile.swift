// Where does the kernel begin? Here and in RawDirectory.swift: the only two files of the store with
// pointers. Every call is repeated when a signal interrupts it and goes on after a short count, and
// an open file is closed exactly once, when its last owner lets go.

internal import Glibc
internal import NIOCore
internal import PartyModel

/// A system call's refusal.
struct SystemError: Error, Hashable {
    /// The value of `errno`.
    let code: Int32

    init(code: Int32) { self.code = code }

    /// There is no such file.
    static let missing = SystemError(code: ENOENT)
    /// There is such a file already.
    static let exists = SystemError(code: EEXIST)
    /// It is another user's.
    static let notPermitted = SystemError(code: EPERM)
    /// Somebody else is changing it all the time.
    static let busy = SystemError(code: EBUSY)

    /// It is not what was written there.
    static let damaged = SystemError(code: EIO)

    /// The refusal the last call on this thread met.
    static var last: SystemError { SystemError(code: errno) }

    /// What the system calls it, without a full stop, to go on with in a sentence.
    var reason: String {
        // Safety: `strerror` returns a string that lives until this thread's next call of it.
        let text = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        return text.prefix(1).lowercased() + text.dropFirst()
    }

    /// The refusal as the user should hear of it when something was to be written to `path`.
    func whileWriting(to path: String) -> PartyError {
        switch code {
        case ENOSPC, EDQUOT: .diskFull(path: path)
        case _: .diskFailed(path: path, reason: reason)
        }
    }

    /// The refusal as the user should hear of it when the film at `path` was to be opened.
    func whileOpeningFilm(_ path: String) -> PartyError {
        switch code {
        // What is no text on the command line has become a replacement character.
        case ENOENT where path.contains("\u{FFFD}"): .fileNameNotText(path: path)
        case ENOENT, ENOTDIR: .fileMissing(path: path)
        case ENXIO: .fileNotRegular(path: path)
        case _: whileReading(path)
        }
    }

    /// The refusal as the user should hear of it when `path` was to be read.
    func whileReading(_ path: String) -> PartyError {
        .fileUnreadable(path: path, reason: reason)
    }
}

/// What tells one state of one file from every other, as far as a file system says.
///
/// The time of the last status change is left out: renaming a film or sharing it by a hard link
/// changes that time and not the film.
struct FileIdentity: Hashable {
    let device: UInt64
    let inode: UInt64
    /// Bytes.
    let size: Int64
    /// Nanoseconds of the last modification since 1970.
    let modified: Int64

    /// The bytes of all four, for keys and checksums.
    var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.write(device)
        writer.write(inode)
        writer.write(size)
        writer.write(modified)
        return writer.bytes
    }
}

/// What `stat` tells of a file.
struct FileFacts: Hashable {
    enum Kind: Hashable { case regular, directory, other }

    let kind: Kind
    let owner: UInt32
    let identity: FileIdentity

    /// What the system said; saturates times that nanoseconds in 64 bits cannot hold.
    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case _: .other
            }
        owner = status.st_uid
        let (seconds, overflow) = Int64(status.st_mtim.tv_sec).multipliedReportingOverflow(
            by: 1_000_000_000)
        identity = FileIdentity(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino),
            size: Int64(status.st_size),
            modified: overflow ? .max : seconds &+ Int64(status.st_mtim.tv_nsec))
    }

    /// What is known of whatever `path` leads to.
    init(path: String) throws(SystemError) {
        var status = stat()
        // Safety: the path lives through the call, which fills `status`.
        try repeating { unsafe Int(stat(path, &status)) }
        self.init(status)
    }
}

/// Calls until no signal interrupts, and returns what the call returned.
@discardableResult
private func repeating(_ call: () -> Int) throws(SystemError) -> Int {
    while true {
        let result = call()
        if result >= 0 { return result }
        let error = SystemError.last
        guard error.code == EINTR else { throw error }
    }
}

/// An open file.
///
/// All positions are given, so threads share it without a lock.
final class RawFile: Sendable {
    enum Access: Hashable {
        /// To read what is there. Never blocks in opening, not even a pipe.
        case reading
        /// To read and write what is there.
        case updating
        /// To read and write, made when missing.
        case creating
        /// To write a file that must be new.
        case claiming
    }

    let path: String
    private let descriptor: Int32

    init(_ path: String, for access: Access) throws(SystemError) {
        let flags =
            switch access {
            case .reading: O_RDONLY | O_NONBLOCK
            case .updating: O_RDWR
            case .creating: O_RDWR | O_CREAT
            case .claiming: O_WRONLY | O_CREAT | O_EXCL
            }
        self.path = path
        // What the user's umask leaves of it; the directories around films in the making are
        // private.
        let mode: mode_t = 0o666
        // Safety: the path lives through the call.
        descriptor = Int32(
            try repeating { unsafe Int(open(path, flags | O_CLOEXEC | O_NOCTTY, mode)) })
    }

    deinit { close(descriptor) }

    func facts() throws(SystemError) -> FileFacts {
        var status = stat()
        // Safety: the call fills `status`.
        try repeating { unsafe Int(fstat(descriptor, &status)) }
        return FileFacts(status)
    }

    /// Up to `count` bytes from `offset` on: fewer only where the file ends.
    func read(at offset: Int64, count: Int) throws(SystemError) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        try buffer.writeWithOutputRawSpan(minimumWritableBytes: count) {
            (span) throws(SystemError) in
            // Safety: exactly the bytes `fill` reports are declared initialised.
            try unsafe span.withUnsafeMutableBytes { (memory, filled) throws(SystemError) in
                filled = try unsafe fill(.init(rebasing: memory[..<count]), from: offset)
            }
        }
        return buffer
    }

    /// Fills the front of `span` with up to `count` bytes from `offset` on and returns how many:
    /// fewer only where the file or the span ends.
    func read(
        at offset: Int64, count: Int, into span: inout MutableRawSpan
    ) throws(SystemError) -> Int {
        // Safety: the memory is the span's and used during the call only.
        try unsafe span.withUnsafeMutableBytes { (memory) throws(SystemError) in
            try unsafe fill(.init(rebasing: memory.prefix(count)), from: offset)
        }
    }

    private func fill(
        _ memory: UnsafeMutableRawBufferPointer, from offset: Int64
    ) throws(SystemError) -> Int {
        var filled = 0
        while filled < memory.count {
            // Safety: the slice lies inside `memory`, which outlives the call.
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[filled...])
            let count = try repeating {
                unsafe pread(descriptor, rest.baseAddress, rest.count, off_t(offset) + filled)
            }
            guard count > 0 else { break }
            filled += count
        }
        return filled
    }

    /// Writes all of `bytes` at `offset`; after an error some of them may be there.
    func write(_ bytes: RawSpan, at offset: Int64) throws(SystemError) {
        // Safety: the memory is the span's and used during the call only.
        try unsafe bytes.withUnsafeBytes { (memory) throws(SystemError) in
            var written = 0
            while written < memory.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: memory[written...])
                written += try repeating {
                    unsafe pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset) + written)
                }
            }
        }
    }

    /// Writes all of `bytes` at `offset`; after an error some of them may be there.
    func write(_ bytes: [UInt8], at offset: Int64) throws(SystemError) {
        // Safety: the raw view of initialised bytes is those bytes.
        try write(unsafe bytes.span.bytes, at: offset)
    }

    /// Cuts the file, or lengthens it with a hole.
    func resize(to size: Int64) throws(SystemError) {
        try repeating { Int(ftruncate(descriptor, off_t(size))) }
    }

    /// Takes the file's lock unless another opening of the file has it; it is held until the
    /// file is closed, which also the end of the process does.
    func takeLock() throws(SystemError) -> Bool {
        do {
            try repeating { Int(flock(descriptor, LOCK_EX | LOCK_NB)) }
            return true
        } catch {
            guard error.code == EWOULDBLOCK else { throw error }
            return false
        }
    }

    /// Returns when the file's bytes and size are on the disk.
    func synchronize() throws(SystemError) {
        try repeating { Int(fsync(descriptor)) }
    }

    /// Makes now the time of the last modification.
    func touch() throws(SystemError) {
        try repeating { Int(futimens(descriptor, nil)) }
    }
}

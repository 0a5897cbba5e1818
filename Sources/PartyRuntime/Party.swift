// The running party: it feeds the cores with what happens and carries out what they decide.
//
// Everything of a party lives on one event loop: this actor, every connection and every timer. So
// there is one owner of all state, and things happen in the order they arrive. What blocks runs on
// threads of its own: files on `workers`, questions to the player on `playerThread`, and mpv's own
// threads in the player's callbacks.
//
// Invariant: nothing here decides; each directive enum has exactly one switch.

import Crypto
import DequeModule
import FilmStore
public import Logging
import MeshTransport
import MpvPlayer
import NIOConcurrencyHelpers
public import NIOCore
import NIOPosix
import PartyModel
import RoomCore
import SwarmCore
import SyncCore
import WireFormat

/// One process's part in a room, from start to leaving.
public actor Party {
    /// The event loop everything runs on.
    nonisolated let loop: any EventLoop
    nonisolated let log: EventLog
    nonisolated let logger: Logger
    let configuration: PartyConfiguration
    let workers: NIOThreadPool
    let playerThread: NIOThreadPool

    let identity: TLSIdentity
    let roomKey: RoomKey
    let secret: RoomSecret
    let roomSigner: RoomSigningKey?

    var room: Room?
    var swarm: Swarm
    var follower: Follower
    let startTimer = StartTimer()
    /// What the others were told last of how well this player follows.
    var syncTold: SyncReport?
    var followerAlarm: Scheduled<Void>?
    var mesh: Mesh?
    var player: Player?
    /// The player for mpv's event thread, which hears of it before this actor does.
    nonisolated let runningPlayer = NIOLockedValueBox<Player?>(nil)

    var shelf: FilmShelf?
    /// Who is connected, as the mesh proved it.
    var remotes: [PeerID: RemotePeer] = [:]
    /// Films whose place on the disk is being opened.
    var openingFilms: Set<ItemID> = []
    /// Blocks that came before their film was open.
    var earlyBlocks: [(header: BlockHeader, bytes: ByteBuffer, peer: PeerID)] = []
    /// Roots that came before their film was open.
    var waitingRoots = WaitingRoots()
    var prefetchHints: [Welcome.Prefetch] = []
    /// Why this host's room ends, while its guests are told.
    var roomLost: PartyError?
    /// The room's time, once it is known here.
    var roomClock: RoomClock
    var keeping = KeepingBook()
    var rootFeeds = RootFeeds()
    var openings = OpeningBook()
    var clocks: [PeerID: ClockOffset] = [:]
    var pings = PingRota()
    /// When each peer said anything last.
    var lastHeard: [PeerID: MonotonicInstant] = [:]
    /// When each peer's clock was compared with this one last.
    var clocksCompared: [PeerID: MonotonicInstant] = [:]
    /// Blocks handed to the mesh, by receiver, oldest first.
    var underWay: [PeerID: Deque<BlockAddress>] = [:]
    /// What the swarm is being told, the event it decides about first.
    var swarmEvents = Deque<SwarmEvent>()
    var storing = StoreQueue()
    /// The block that just arrived, while the swarm decides about it.
    var arrival: Arrival?
    /// Who sent the blocks that wait for their root.
    var heldFrom: [BlockAddress: PeerID] = [:]
    /// How everybody is called, this user included.
    var names: [PeerID: String] = [:]
    var statuses: [PeerID: PeerStatus] = [:]
    var progress = ProgressBook()
    /// What is to be followed and waits until the room's time is known here.
    var courseWaiting: Course?
    var playback = PlaybackBook()
    /// What the window shows of the room.
    var window = WindowState()
    /// Who the room waited for when that was last told, and when it was.
    var waitTold: (peers: [PeerID], at: MonotonicInstant)?
    /// Whose running dry was told, and when that was still so.
    var dryTold: [PeerID: MonotonicInstant] = [:]
    /// The timeline as last told.
    var courseTold: Course?
    var line = LineBook()
    /// When the line was looked at last.
    var lineLooked: MonotonicInstant?
    var suspendWatch = SuspendWatch()
    var pacer: UplinkPacer
    var traffic = TrafficBook()
    var windowBook = WindowBook()

    var swarmAlarm: Scheduled<Void>?
    var roomAlarm: Scheduled<Void>?
    var repeating: [RepeatedTask] = []
    var hashing = HashingBook()

    private var finish: CheckedContinuation<Void, any Error>?
    private var ending: Result<Void, any Error>?
    var isLeaving: Bool { ending != nil }

    /// A block and what came with it.
    struct Arrival {
        let leaves: [LeafHash]
        let bytes: ByteBuffer
        let sender: PeerID
    }

    /// The party runs on its event loop.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        // Safety: the party holds its event loop, so the executor lives as long as it does.
        unsafe loop.executor.asUnownedSerialExecutor()
    }

    /// A party that has not started yet.
    ///
    /// - Parameters:
    ///   - configuration: what the user asked for.
    ///   - loop: one loop of a `MultiThreadedEventLoopGroup`, for this party alone.
    ///   - log: where events go.
    ///   - logger: where diagnostics go.
    public init(
        _ configuration: PartyConfiguration, on loop: any EventLoop, log: EventLog, logger: Logger
    ) throws {
        self.configuration = configuration
        self.loop = loop
        self.log = log
        self.logger = logger
        // Two threads check and store blocks while the loop's own decrypts the next ones.
        workers = NIOThreadPool(numberOfThreads: 2)
        playerThread = NIOThreadPool(numberOfThreads: 1)
        switch configuration.role {
        case .hosting:
            let key = RoomSigningKey(Curve25519.Signing.PrivateKey())
            roomSigner = key
            roomKey = key.room
            roomClock = .host
            secret = RoomSecret(.random())
        case .joining(let token, _):
            roomSigner = nil
            roomKey = token.room
            roomClock = RoomClock()
            secret = token.secret
        }
        identity = try TLSIdentity(hostOf: roomSigner)
        follower = Follower(of: identity.peer)
        names = [identity.peer: configuration.name]
        swarm = Swarm(intakeLimit: configuration.downloadLimit)
        pacer = UplinkPacer(limit: configuration.uploadLimit)
    }

    // MARK: Life

    /// Runs the party until it is left or fails.
    ///
    /// - Throws: `PartyError` when it cannot start or cannot go on.
    public func run() async throws {
        workers.start()
        playerThread.start()
        // A guest may have blocks to pass on before it has looked at its line.
        tellSwarm(.paced(bytesPerSecond: pacer.pace))
        do {
            switch configuration.role {
            case .hosting(let files, let membersAllowed):
                try await openRoom(files: files, membersAllowed: membersAllowed)
            case .joining(let token, _):
                try await joinRoom(token)
            }
            startTimers()
            try await withCheckedThrowingContinuation { continuation in
                if let ending { continuation.resume(with: ending) } else { finish = continuation }
            }
        } catch {
            end(.failure(error))
            log.record(.error(error.asPartyError))
            await close(reason: (error as? PartyError)?.code ?? "failed")
            throw error
        }
        await close(reason: "left")
    }

    /// Leaves the room; ``run()`` returns soon after.
    ///
    /// Any thread.
    public nonisolated func leave() {
        loop.execute { self.assumeIsolated { $0.end(.success(())) } }
    }

    /// The party is over: well or not.
    func end(_ result: Result<Void, any Error>) {
        guard ending == nil else { return }
        ending = result
        finish?.resume(with: result)
        finish = nil
    }

    /// The party cannot go on.
    func fail(_ error: PartyError) {
        end(.failure(error))
    }

    private func close(reason: String) async {
        for task in repeating { task.cancel() }
        swarmAlarm?.cancel()
        roomAlarm?.cancel()
        followerAlarm?.cancel()
        await startTimer.close()
        let closing = mesh?.close()
        // Started, or about to be: a player without a party would stay.
        let running = runningPlayer
        try? await playerThread.runIfActive(eventLoop: loop) {
            running.withLockedValue { $0 }?.terminate()
        }.get()
        try? await closing?.get()
        // What is being opened or written comes to its end first, so that no film is missed.
        try? await workers.shutdownGracefully()
        await clearFilms()
        try? await playerThread.shutdownGracefully()
        log.record(.left(reason: reason))
    }

    /// Ends downloads that nobody keeps; whole ones with a directory are there already.
    private func clearFilms() async {
        let fetched = (shelf?.all ?? []).compactMap { film in
            if case .fetched(let film) = film { film } else { nil as GuestFilm? }
        }
        let keeps: Bool
        if case .joining(_, let directory?) = configuration.role {
            keeps = !directory.isEmpty
        } else {
            keeps = false
        }
        let clearing = playerThread.runIfActive(eventLoop: loop) {
            for film in fetched {
                // What could not be written now is fetched again another time.
                if keeps { try? film.flush() } else { film.discard() }
            }
        }
        try? await clearing.get()
    }

    /// Runs something that blocks on a worker.
    func onThread<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await workers.runIfActive(eventLoop: loop, work).get()
    }

    /// Runs something that blocks on a worker, and goes on here with what came of it.
    func onWorker<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value,
        then next: @escaping @Sendable (isolated Party, Result<Value, any Error>) -> Void
    ) {
        workers.runIfActive(eventLoop: loop, work).whenComplete { [weak self] result in
            self?.assumeIsolated { next($0, result) }
        }
    }

    /// Goes on here after a while, unless the party is over by then.
    @discardableResult
    func after(
        _ delay: TimeAmount, _ work: @escaping @Sendable (isolated Party) -> Void
    ) -> Scheduled<Void> {
        loop.scheduleTask(in: delay) { [weak self] in self?.assumeIsolated { work($0) } }
    }

    /// Carries something over from another thread, in order.
    nonisolated func enqueue(_ work: @escaping @Sendable (isolated Party) -> Void) {
        loop.execute { self.assumeIsolated { party in work(party) } }
    }
}

extension Bytes16 {
    /// Sixteen random bytes from the system's generator.
    static func random() -> Bytes16 {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        guard let value = Bytes16(bytes) else { preconditionFailure("sixteen bytes are sixteen") }
        return value
    }
}

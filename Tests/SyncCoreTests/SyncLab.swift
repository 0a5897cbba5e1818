// A follower with its player, its clock and the way to the room's clock, in virtual time from a seed.

import PartyModel

@testable import SyncCore

/// What a machine and its way to the room's clock are like.
struct LabTraits {
    var player = PlayerTraits()
    /// How much faster its monotonic clock runs than the room's.
    var clockSkew = 0.0
    /// Seconds a message takes to the room's clock and back, at least.
    var wayOut = 0.001
    var wayBack = 0.001
    /// Seconds by which each way may take longer.
    var jitter = 0.0
}

/// One machine of a room; true time is the room's.
struct SyncLab {
    private enum Due {
        case ping
        case pong(Pong)
        case look
        case heard(FollowerEvent)
        case landed(Int, waited: Bool)
        case start(Int)
        case wake(Int)
        case sample
    }

    /// How it goes, twenty times a second.
    struct Sample {
        let time: Double
        /// The room less what is really seen and heard, in seconds.
        let error: Double
        let trim: Double
        let isMoving: Bool
    }

    let traits: LabTraits
    let item: ItemID
    let author: PeerID
    private let other: PeerID
    private(set) var time = 0.0
    var follower: Follower
    private(set) var player: VirtualPlayer
    private(set) var clock = ClockOffset()
    private var pings = PingRota()
    private var chance: SeededChance
    private let clockOffset: Double
    private var agenda: [(time: Double, order: Int, due: Due)] = []
    private var order = 0
    /// When the last of the player's events comes: they keep their order.
    private var lastEvent = 0.0
    private var seekNumber = 0
    private var startNumber = 0
    private var wakeNumber = 0
    private var revision: UInt64 = 0
    /// What room and user have been told.
    private(set) var directives: [(time: Double, directive: FollowerDirective)] = []
    private(set) var samples: [Sample] = []
    /// Answers a wish with a course, as the room does; `nil` leaves it unheard.
    var room: ((Wish, inout SyncLab) -> Course?)?

    init(_ traits: LabTraits, seed: UInt64) {
        other = PeerID(bytes16(8))
        self.traits = traits
        item = ItemID(bytes16(7))
        author = PeerID(bytes16(7))
        follower = Follower(of: author)
        player = VirtualPlayer(traits.player)
        chance = SeededChance(state: seed)
        clockOffset = Double.random(in: -5000...5000, using: &chance)
        pings.begin(other, now: local(0))
        plan(.ping, at: 0)
        plan(.look, at: 0.25)
        plan(.sample, at: 0)
    }

    // MARK: Time

    func local(_ time: Double) -> MonotonicInstant {
        MonotonicInstant(
            nanoseconds: Int64((time * (1 + traits.clockSkew) + clockOffset + 10_000) * 1e9))
    }

    private func trueTime(of instant: MonotonicInstant) -> Double {
        (Double(instant.nanoseconds) / 1e9 - clockOffset - 10_000) / (1 + traits.clockSkew)
    }

    private func room(_ time: Double) -> RoomInstant {
        RoomInstant(nanoseconds: Int64((time + 777) * 1e9))
    }

    private mutating func plan(_ due: Due, at time: Double) {
        order += 1
        let entry = (time, order, due)
        let index = agenda.firstIndex { ($0.time, $0.order) > (time, order) } ?? agenda.endIndex
        agenda.insert(entry, at: index)
    }

    /// An event of the player's, on its way from its own thread.
    private mutating func report(_ event: FollowerEvent) {
        lastEvent = max(lastEvent, time + random(0.0001...0.003))
        plan(.heard(event), at: lastEvent)
    }

    mutating func run(for seconds: Double) {
        let end = time + seconds
        while let next = agenda.first, next.time <= end {
            agenda.removeFirst()
            time = max(time, next.time)
            perform(next.due)
        }
        time = end
    }

    private mutating func random(_ range: ClosedRange<Double>) -> Double {
        Double.random(in: range, using: &chance)
    }

    // MARK: What happens

    private mutating func perform(_ due: Due) {
        switch due {
        case .ping: ping()
        case .pong(let pong): clock.add(pong, received: local(time))
        case .look:
            plan(.heard(.measured(reading())), at: time + random(0.0001...0.002))
            plan(.look, at: time + 0.25)
        case .heard(let event): tell(event)
        case .landed(let number, let waited):
            guard number == seekNumber else { break }
            player.landSeek(at: time, chance: random(0...1))
            report(.seekEnded(reading(), waitedForFilm: waited))
        case .start(let number):
            guard number == startNumber else { break }
            startNumber += 1
            tell(.started(local(time)))
            setPaused(false)
        case .wake(let number): if number == wakeNumber { tell(.tick) }
        case .sample:
            sample()
            plan(.sample, at: time + 0.05)
        }
    }

    private mutating func ping() {
        if !pings.takeDue(now: local(time), isBusy: false).isEmpty {
            let out = traits.wayOut + random(0...1) * traits.jitter
            let back = traits.wayBack + random(0...1) * traits.jitter
            let there = MonotonicInstant(nanoseconds: room(time + out).nanoseconds)
            let pong = Pong(sent: local(time), arrived: there, answered: there)
            plan(.pong(pong), at: time + out + back)
        }
        plan(.ping, at: time + 0.05)
    }

    private mutating func reading() -> Reading {
        player.reading(at: time, local: local(time), noise: random(-0.0001...0.0001))
    }

    private mutating func sample() {
        guard let course, !course.isStanding, follower.openItem != nil else { return }
        samples.append(
            Sample(
                time: time,
                error: course.position(at: room(time)).seconds - player.presented(at: time),
                trim: follower.trim,
                isMoving: !player.isPaused && !player.isStalled && player.seekTarget == nil))
    }

    /// For how many seconds the next seeks wait for the film besides, one after the other.
    private(set) var waits: [Double] = []

    /// What the room is told plays; the follower may not have heard of it yet.
    private(set) var course: Course?

    mutating func tell(_ event: FollowerEvent) {
        guard let roomNow = clock.roomTime(at: local(time)) else {
            return plan(.heard(event), at: time + 0.01)
        }
        for directive in follower.on(event, now: local(time), roomNow: roomNow) {
            directives.append((time, directive))
            carryOut(directive)
        }
    }

    private mutating func carryOut(_ directive: FollowerDirective) {
        switch directive {
        case .open(let item, let position, let exactly):
            player.setPaused(true, at: time, chance: 0)
            let interval = traits.player.keyFrameInterval
            let keyFrame = (position.seconds / interval).rounded(.down) * interval
            player.beginSeek(to: exactly ? position.seconds : keyFrame, at: time)
            seekNumber += 1
            let opens = time + random(0.05...0.6)
            player.landSeek(at: opens, chance: 0)
            plan(.heard(.opened(item, reading())), at: opens)
        case .setPaused(let paused): setPaused(paused)
        case .start(let at):
            startNumber += 1
            plan(.start(startNumber), at: max(time, trueTime(of: at)) + random(0...0.001))
        case .cancelStart: startNumber += 1
        case .seek(let position): seek(to: position.seconds)
        case .setSpeed(let speed):
            player.setSpeed(speed.factor, at: time)
            report(.speed(speed))
        case .setPitchCorrection(let isOn): player.setPitchCorrection(isOn)
        case .wish(let wish):
            if let course = room?(wish, &self) { give(course) }
            tell(.answered)
        case .wake(let at):
            wakeNumber += 1
            // No timer is early.
            plan(.wake(wakeNumber), at: max(time, trueTime(of: at)) + 1e-6)
        }
    }

    // MARK: What users and we do to the player

    mutating func setPaused(_ paused: Bool) {
        guard paused != player.isPaused else { return }
        player.setPaused(paused, at: time, chance: random(0...1))
        report(.paused(paused, reading()))
    }

    mutating func seek(to target: Double) {
        player.beginSeek(to: target, at: time)
        seekNumber += 1
        report(.seekBegan(MediaPosition(seconds: target)))
        let wait = waits.isEmpty ? 0 : waits.removeFirst()
        plan(
            .landed(seekNumber, waited: wait > 0),
            at: time + 0.004 + random(traits.player.seek) + wait)
    }

    mutating func setSpeed(_ speed: Double) {
        player.setSpeed(speed, at: time)
        report(.speed(PlaybackSpeed(factor: speed)))
    }

    mutating func setStalled(_ stalled: Bool) {
        player.setStalled(stalled, at: time, chance: random(0...1))
    }

    /// Three seconds without film, after which the next seeks wait for it, too.
    mutating func stall(seeksWaiting waits: [Double] = []) {
        setStalled(true)
        run(for: 3)
        self.waits = waits
        setStalled(false)
    }

    // MARK: The room

    /// A course since `delay` from now; somebody else's, unless it is said to be ours.
    mutating func course(
        at anchor: Double, since delay: Double = 0, standing: Bool = false, speed: Double = 1,
        isOurs: Bool = false
    ) -> Course {
        revision += 1
        return Course(
            revision: revision, author: isOurs ? author : other, item: item,
            anchor: MediaPosition(seconds: anchor),
            since: room(time + delay), speed: PlaybackSpeed(factor: speed), isStanding: standing)
    }

    mutating func give(_ course: Course) {
        self.course = course
        tell(.course(course))
    }

    /// A player that has been in step with the room for a while.
    mutating func settle(at position: Double = 100) {
        give(course(at: position))
        run(for: 20)
    }
}

/// The same numbers from the same seed (SplitMix64; Steele, Lea and Flood, 2014).
struct SeededChance: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension [SyncLab.Sample] {
    /// The error that this share of the samples does not exceed, in seconds.
    func error(at share: Double) -> Double {
        let errors = map { abs($0.error) }.sorted()
        guard !errors.isEmpty else { return .infinity }
        return errors[Swift.min(errors.count - 1, Int(share * Double(errors.count)))]
    }
}

func bytes16(_ number: UInt8) -> Bytes16 {
    guard let bytes = Bytes16([UInt8](repeating: number, count: 16)) else {
        preconditionFailure("sixteen bytes are sixteen")
    }
    return bytes
}

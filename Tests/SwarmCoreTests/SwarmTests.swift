import PartyModel
import Testing

@testable import SwarmCore

private let mebibyte: Int64 = 1 << 20
private let host = peerID(1)
private let ana = peerID(2)
private let ben = peerID(3)
private let cem = peerID(4)

@Suite("The swarm")
struct SwarmTests {
    @Test("brings every block to every guest", arguments: [1, 65_536, 65_537, 3_000_001])
    func completes(size: Int64) {
        var lab = SwarmLab(size: size, hosting: host, guests: [ana, ben])
        lab.run()
        #expect(lab.completed == [ana, ben])
        #expect(lab.dropped.isEmpty)
    }

    @Test("answers every request exactly once")
    func answersOnce() {
        var lab = SwarmLab(size: 8 * mebibyte, hosting: host, guests: [ana, ben])
        for _ in 0..<40 { _ = lab.step() }
        lab.tell(ana, .playerSought(lab.item))
        lab.tell(ana, .playerReads(lab.item, 6 * mebibyte..<6 * mebibyte + 1))
        lab.run()
        #expect(lab.completed == [ana, ben])
        #expect(lab.open.filter { $0.value != 0 }.isEmpty)
    }

    @Test("what cannot be kept is not asked for again as fast as the line brings it")
    func dropped() {
        var lab = SwarmLab(size: 2 * mebibyte, hosting: host, guests: [ana])
        lab.rootless = [ana]
        lab.run(for: .seconds(10))
        // 32 blocks, each after three seconds of rest.
        #expect((32...32 * 5).contains(lab.blocksSent[host] ?? 0))
        lab.rootless = []
        lab.run()
        #expect(lab.completed == [ana])
    }

    @Test("fetches in order from the start")
    func inOrder() {
        var lab = SwarmLab(size: 4 * mebibyte, hosting: host, guests: [ana])
        lab.run()
        #expect(lab.storedOrder[ana] == Array(0..<64))
    }

    @Test("fetches what the player reads before all else, then on from there and round")
    func urgentFirst() {
        var lab = SwarmLab(size: 16 * mebibyte, hosting: host, guests: [ana])
        lab.tell(ana, .playerReads(lab.item, 8 * mebibyte..<8 * mebibyte + 1))
        lab.run()
        let order = lab.storedOrder[ana] ?? []
        // What was under way when the player spoke came first; then block 128 = 8 MiB.
        let underWay = order.prefix { $0 < 128 }.count
        #expect(underWay <= PeerLedger.largestCredit)
        #expect(Array(order.dropFirst(underWay).prefix(128)) == Array(128..<256))
    }

    @Test(
        "a player that begins behind all others gets what they have passed, and they do in the end")
    func behind() {
        var lab = SwarmLab(size: 8 * mebibyte, hosting: host, guests: [ana, ben, cem])
        lab.tell(host, .paced(bytesPerSecond: 1e6))
        for guest in [ana, ben, cem] {
            lab.tell(guest, .turned(to: lab.item, followers: [], isWatched: true))
        }
        lab.run(for: .milliseconds(500))
        let place = { (number: Int64) in number * 65_536..<number * 65_536 + 1 }
        for guest in [ana, ben] { lab.tell(guest, .playerReads(lab.item, place(40))) }
        lab.run(for: .milliseconds(150))
        lab.tell(cem, .playerReads(lab.item, place(20)))
        lab.run(for: .seconds(1))
        let early = lab.storedOrder.mapValues { $0.filter { 8..<40 ~= $0 } }
        #expect(early[cem, default: []].starts(with: 20..<24))
        #expect(early[ana, default: []] + early[ben, default: []] == [])
        for guest in [ana, ben, cem] { lab.tell(guest, .playerOpened(lab.item)) }
        lab.run()
        #expect(lab.completed == [ana, ben, cem])
    }

    @Test("asks for nothing but what a player needs first before it has read anything")
    func awaitsPlayer() {
        var swarm = Swarm()
        let now = MonotonicInstant(nanoseconds: 0)
        let geometry = makeGeometry(16 * mebibyte)
        let item = itemID(1)
        let everything = BitfieldPage(item: item, firstChunk: 0, bits: [0xFF, 0xFF, 0xFF, 0xFF])
        func requests(_ event: SwarmEvent) -> [BlockRequest] {
            swarm.on(event, now: now).compactMap { directive in
                if case .send(.request(let request), _) = directive { request } else { nil }
            }
        }
        _ = requests(.itemAdded(item, geometry, .nothing))
        _ = requests(.peerJoined(ana, isHost: false))
        _ = requests(.bitfield(everything, from: ana))
        let first = requests(.turned(to: item, followers: [], isWatched: true))
        #expect(first.map(\.isUrgent) == [true])
        #expect(first.first?.runs == [BlockRequest.Run(first: 0, count: 3)])
        let elsewhere = requests(.playerReads(item, 15 * mebibyte..<16 * mebibyte))
        #expect(elsewhere.map(\.isUrgent) == [true])
        #expect(elsewhere.first?.runs.first?.first == 240)
    }

    @Test("takes back what is under way when the player jumps, and only then")
    func cancelsOnSeek() {
        var lab = SwarmLab(size: 64 * mebibyte, hosting: host, guests: [ana])
        lab.tell(ana, .playerReads(lab.item, 0..<1))
        for _ in 0..<60 { _ = lab.step() }
        lab.tell(ana, .playerReads(lab.item, 40 * mebibyte..<40 * mebibyte + 1))
        #expect(!lab.transit.contains { isCancel($0.delivery) })
        lab.tell(ana, .playerSought(lab.item))
        lab.tell(ana, .playerReads(lab.item, 20 * mebibyte..<20 * mebibyte + 1))
        #expect(lab.transit.contains { isCancel($0.delivery) })
        lab.run()
        #expect(lab.completed == [ana])
    }

    @Test("asks a guest rather than the host for what both have")
    func guestsFirst() {
        var lab = SwarmLab(size: 2 * mebibyte, hosting: host, guests: [ana])
        lab.run()
        let before = lab.blocksSent[host] ?? 0
        lab.swarms[ben] = Swarm()
        for peer in [host, ana] {
            lab.tell(peer, .peerJoined(ben, isHost: false))
        }
        lab.tell(ben, .itemAdded(lab.item, lab.geometry, .nothing))
        lab.tell(ben, .turned(to: lab.item, followers: []))
        lab.tell(ben, .peerJoined(ana, isHost: false))
        lab.tell(ben, .peerJoined(host, isHost: true))
        lab.run()
        #expect(lab.completed.contains(ben))
        #expect((lab.blocksSent[ana] ?? 0) > (lab.blocksSent[host] ?? 0) - before)
    }

    @Test("asks somebody else for what a silent peer owes")
    func passesOverTheSilent() {
        var lab = SwarmLab(size: 4 * mebibyte, hosting: host, guests: [ana])
        lab.run()
        lab.mute = [ana]
        lab.swarms[ben] = Swarm()
        lab.tell(host, .peerJoined(ben, isHost: false))
        lab.tell(ana, .peerJoined(ben, isHost: false))
        lab.tell(ben, .itemAdded(lab.item, lab.geometry, .nothing))
        lab.tell(ben, .turned(to: lab.item, followers: []))
        lab.tell(ben, .peerJoined(ana, isHost: false))
        lab.tell(ben, .peerJoined(host, isHost: true))
        lab.run(for: .seconds(30))
        #expect(lab.completed.contains(ben))
    }

    @Test("drops who sends a block that does not match, and gets it elsewhere")
    func dropsLiars() {
        var lab = SwarmLab(size: 2 * mebibyte, hosting: host, guests: [ana])
        lab.run()
        lab.liars = [ana]
        lab.swarms[ben] = Swarm()
        for peer in [host, ana] { lab.tell(peer, .peerJoined(ben, isHost: false)) }
        lab.tell(ben, .itemAdded(lab.item, lab.geometry, .nothing))
        lab.tell(ben, .turned(to: lab.item, followers: []))
        lab.tell(ben, .peerJoined(ana, isHost: false))
        lab.tell(ben, .peerJoined(host, isHost: true))
        lab.run()
        #expect(lab.dropped.contains { $0.by == ben && $0.peer == ana })
        #expect(lab.completed.contains(ben))
    }

    @Test("goes on from others when a peer leaves")
    func survivesLeaving() {
        var lab = SwarmLab(size: 4 * mebibyte, hosting: host, guests: [ana, ben])
        for _ in 0..<50 { _ = lab.step() }
        lab.swarms[ben] = nil
        lab.tell(ana, .peerLeft(ben))
        lab.tell(host, .peerLeft(ben))
        lab.run()
        #expect(lab.completed.contains(ana))
    }

    @Test("brings again what a full disk could not take")
    func losesPushes() {
        var lab = SwarmLab(size: 16 * mebibyte, hosting: host, guests: [ana])
        for _ in 0..<60 { _ = lab.step() }
        lab.tell(ana, .downloadPaused(true))
        lab.run(for: .seconds(5))
        #expect(lab.completed.isEmpty)
        lab.tell(ana, .downloadPaused(false))
        lab.run(for: .seconds(30))
        #expect(lab.completed == [ana])
    }

    @Test("does not ask while the disk is full, and goes on afterwards")
    func pauses() {
        var lab = SwarmLab(size: 4 * mebibyte, hosting: host, guests: [ana])
        lab.tell(ana, .downloadPaused(true))
        lab.run(for: .seconds(20))
        #expect(!lab.completed.contains(ana))
        lab.tell(ana, .downloadPaused(false))
        lab.run()
        #expect(lab.completed.contains(ana))
    }

    @Test("turns to the next item only when the playing one is under way")
    func nextItem() {
        var lab = SwarmLab(size: mebibyte, hosting: host, guests: [ana])
        let second = itemID(2)
        for peer in [host, ana] {
            lab.tell(peer, .itemAdded(second, lab.geometry, peer == host ? .everything : .nothing))
        }
        lab.tell(ana, .turned(to: lab.item, followers: [second]))
        lab.run()
        #expect(lab.swarms[ana]?.isComplete(lab.item) == true)
        #expect(lab.swarms[ana]?.isComplete(second) == true)
    }
}

@Suite("A swarm among hostile peers")
struct SwarmViolationTests {
    private func drops(_ event: SwarmEvent) -> Bool {
        var swarm = Swarm()
        let now = MonotonicInstant(nanoseconds: 0)
        _ = swarm.on(.itemAdded(itemID(1), makeGeometry(mebibyte), .everything), now: now)
        _ = swarm.on(.peerJoined(ana, isHost: false), now: now)
        return swarm.on(event, now: now).contains { directive in
            if case .drop(ana, let bye) = directive { return bye.kind == .violation }
            return false
        }
    }

    @Test("drops who asks for a block that does not exist")
    func beyondTheEnd() {
        let run = BlockRequest.Run(first: 15, count: 2)
        #expect(drops(.request(BlockRequest(item: itemID(1), runs: [run]), from: ana)))
        #expect(drops(.request(BlockRequest(item: itemID(9), runs: [run]), from: ana)))
    }

    @Test("drops who asks twice for one block")
    func twice() {
        let runs = [UInt16](repeating: 1, count: 40).map { BlockRequest.Run(first: 3, count: $0) }
        #expect(drops(.request(BlockRequest(item: itemID(1), runs: runs), from: ana)))
    }

    @Test("drops who sends what nobody asked for")
    func unsolicited() {
        #expect(
            drops(
                .blockArrived(
                    itemID(1), block: 0, byteCount: ChunkGeometry.blockSize, relay: false, from: ana
                )))
    }

    @Test("rejects what it does not have")
    func rejects() {
        var swarm = Swarm()
        let now = MonotonicInstant(nanoseconds: 0)
        _ = swarm.on(.itemAdded(itemID(1), makeGeometry(mebibyte), .nothing), now: now)
        _ = swarm.on(.peerJoined(ana, isHost: false), now: now)
        let request = BlockRequest(item: itemID(1), runs: [.init(first: 0, count: 2)])
        let directives = swarm.on(.request(request, from: ana), now: now)
        #expect(directives == [.send(.reject(request), to: ana)])
    }

    @Test("rejects what is more than it may be owed, and never holds more")
    func bounds() {
        var swarm = Swarm()
        let now = MonotonicInstant(nanoseconds: 0)
        _ = swarm.on(.itemAdded(itemID(1), makeGeometry(100 * mebibyte), .everything), now: now)
        _ = swarm.on(.peerJoined(ana, isHost: false), now: now)
        let run = BlockRequest.Run(first: 0, count: 500)
        let directives = swarm.on(
            .request(BlockRequest(item: itemID(1), runs: [run]), from: ana), now: now)
        let rejected = directives.compactMap { directive -> Int? in
            guard case .send(.reject(let reject), to: ana) = directive else { return nil }
            return reject.runs.reduce(0) { $0 + Int($1.count) }
        }
        #expect(rejected.reduce(0, +) == 500 - Limits.blocksRequestedPerPeer)
        // A short message may not make a long list.
        let long = BlockRequest.Run(first: 0, count: 1_000)
        let answers = swarm.on(
            .request(BlockRequest(item: itemID(1), runs: [long]), from: ana), now: now)
        #expect(answers.contains { if case .drop(ana, _) = $0 { true } else { false } })
    }

    @Test("requests that are taken back leave nothing, however many there were")
    func takenBack() throws {
        var ledger = PeerLedger(id: ana, isHost: false, came: MonotonicInstant(nanoseconds: 0))
        let geometry = makeGeometry(100 * mebibyte)
        for round in 0..<100 {
            for number in 0..<Limits.blocksRequestedPerPeer {
                let block = try #require(geometry.block(at: (round * 7 + number) % 1_600))
                let address = BlockAddress(item: itemID(1), block: block)
                #expect(ledger.note(address, isUrgent: true) == .accepted)
                ledger.queue(address, isUrgent: true)
            }
            for address in ledger.owed { _ = ledger.forgive(address) }
        }
        #expect(ledger.queuedCount <= 2 * Limits.blocksRequestedPerPeer + 1)
        #expect(ledger.nextOwed(urgent: true) == nil)
    }

    @Test("a guest that claims everything and answers nothing keeps nothing from anybody")
    func answersNothing() throws {
        var swarm = Swarm()
        let geometry = makeGeometry(4 * mebibyte)
        let everything = BitfieldPage(item: itemID(1), firstChunk: 0, bits: [0xFF])
        var now = MonotonicInstant(nanoseconds: 0)
        var events: [SwarmEvent] = [
            .itemAdded(itemID(1), geometry, .nothing), .turned(to: itemID(1), followers: []),
            .peerJoined(host, isHost: true), .peerJoined(ben, isHost: false),
            .bitfield(everything, from: host), .bitfield(everything, from: ben),
        ]
        var fromBen = 0
        for round in 0..<600 where !swarm.isComplete(itemID(1)) {
            // Every four seconds it sends what is here already, as if it were alive.
            if round % 40 == 39 {
                events.append(
                    .blockArrived(
                        itemID(1), block: 0, byteCount: ChunkGeometry.blockSize, relay: false,
                        from: ben))
            }
            events.append(.tick)
            while !events.isEmpty {
                for directive in swarm.on(events.removeFirst(), now: now) {
                    switch directive {
                    case .send(.request(let request), to: host):
                        for run in request.runs {
                            for block in run.first..<run.first + UInt32(run.count) {
                                events.append(
                                    .blockArrived(
                                        itemID(1), block: block,
                                        byteCount: ChunkGeometry.blockSize, relay: false,
                                        from: host))
                            }
                        }
                    case .send(.request, to: ben): fromBen += 1
                    case .store(let address, _): events.append(.blockStored(address))
                    default: break
                    }
                }
            }
            now = now + .milliseconds(100)
        }
        #expect(fromBen > 0)
        #expect(swarm.isComplete(itemID(1)))
        #expect(now < MonotonicInstant(nanoseconds: 0) + .seconds(15))
    }

    @Test("who turns to another film takes back what it asked for of the old one")
    func turns() {
        var swarm = Swarm()
        let now = MonotonicInstant(nanoseconds: 0)
        for item in [itemID(1), itemID(2)] {
            _ = swarm.on(.itemAdded(item, makeGeometry(16 * mebibyte), .nothing), now: now)
        }
        _ = swarm.on(.turned(to: itemID(1), followers: []), now: now)
        _ = swarm.on(.peerJoined(host, isHost: true), now: now)
        for item in [itemID(1), itemID(2)] {
            let page = BitfieldPage(item: item, firstChunk: 0, bits: [0xFF, 0xFF, 0xFF, 0xFF])
            _ = swarm.on(.bitfield(page, from: host), now: now)
        }
        let directives = swarm.on(.turned(to: itemID(2), followers: []), now: now)
        let cancelled = directives.compactMap { directive -> ItemID? in
            guard case .send(.cancel(let request), to: host) = directive else { return nil }
            return request.item
        }
        #expect(cancelled == [itemID(1)])
    }
}

private func isCancel(_ delivery: SwarmLab.Delivery) -> Bool {
    if case .message(.cancel) = delivery { return true }
    return false
}

@Suite("What people are shown of an item")
struct VerifiedSharesTests {
    @Test(
        "adds up to its blocks, in parts that differ by one at most",
        arguments: [1, 7, 240, 241, 5_003])
    func parts(blocks: Int) throws {
        let size = Int64(blocks) * Int64(ChunkGeometry.blockSize)
        let geometry = try #require(ChunkGeometry(size: size))
        var ledger = BlockLedger(geometry: geometry, isComplete: false)
        #expect(ledger.verifiedShares == Array(repeating: 0, count: min(blocks, 240)))
        let half = blocks / 2
        for number in 0..<half {
            ledger.move(
                try #require(geometry.block(containing: Int64(number) * 65_536)), to: .verified)
        }
        let full = ledger.verifiedShares.count { $0 == 1 }
        #expect(abs(full * blocks - half * ledger.verifiedShares.count) <= blocks)
        #expect(ledger.verifiedShares.count { $0 > 0 && $0 < 1 } <= 1)
        for number in half..<blocks {
            ledger.move(
                try #require(geometry.block(containing: Int64(number) * 65_536)), to: .verified)
        }
        #expect(ledger.verifiedShares.allSatisfy { $0 == 1 })
        #expect(
            BlockLedger(geometry: geometry, isComplete: true).verifiedShares
                == ledger.verifiedShares)
    }
}

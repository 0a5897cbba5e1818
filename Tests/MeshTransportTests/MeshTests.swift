import NIOCore
import PartyModel
import Testing
import WireFormat

@testable import MeshTransport

private func sampleBlock(_ number: UInt32, count: Int) throws -> (BlockHeader, ByteBuffer) {
    let header = BlockHeader(
        item: ItemID(.random()), block: number, relay: number.isMultiple(of: 2),
        leaves: [LeafHash(try #require(Bytes32(Array(repeating: UInt8(number), count: 32))))])
    let bytes = ByteBuffer(bytes: (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    return (header, bytes)
}

@Suite struct MeshTests {
    private let room = TestRoom()

    @Test("A guest reaches the host, and each learns who the other is")
    func hostAndGuest() async throws {
        let host = try await TestPeer(.host, in: room)
        let guest = try await TestPeer(.guest, in: room)
        let address = try await host.listen()

        let found = try await guest.start { $0.dialHost([address]) }
        #expect(found == host.peer)
        let seenByGuest = try await guest.connected(to: host)
        #expect(seenByGuest.dialled)
        #expect(seenByGuest.remote.isHost)
        #expect(seenByGuest.remote.key == host.identity.memberKey)
        #expect(seenByGuest.remote.address == address)
        let seenByHost = try await host.connected(to: guest)
        #expect(!seenByHost.dialled)
        #expect(!seenByHost.remote.isHost)
        #expect(seenByHost.remote.key == guest.identity.memberKey)
        #expect(seenByHost.remote.address.isLoopback)
        try await guest.bulkReady(with: host)
        try await host.bulkReady(with: guest)
        #expect(try await guest.run { $0.peers } == [host.peer])
        try await guest.close()
        try await host.close()
    }

    @Test("Messages and blocks go both ways, in order")
    func messagesAndBlocks() async throws {
        let (host, guest) = try await connectedPair()
        for (sender, receiver) in [(host, guest), (guest, host)] {
            for nanoseconds in [1, 2, 3] as [Int64] {
                let ping = Message.ping(Ping(sent: MonotonicInstant(nanoseconds: nanoseconds)))
                try await sender.run { $0.send(ping, to: receiver.peer) }
                #expect(try await receiver.message(from: sender) == ping)
            }
            for (number, count) in [(1, 1), (2, 65_536), (3, 777)] as [(UInt32, Int)] {
                let (header, bytes) = try sampleBlock(number, count: count)
                try await sender.run { $0.sendBlock(header, bytes, to: receiver.peer) }
                let got = try await receiver.block(from: sender)
                #expect(got.0 == header)
                #expect(got.1 == bytes)
                let sent = try await sender.event("sent block") { event -> Int? in
                    guard case .blockSent(let peer, let bytes) = event, peer == receiver.peer
                    else { return nil }
                    return bytes
                }
                #expect(sent == count)
            }
        }
        try await guest.close()
        try await host.close()
    }

    @Test("Blocks given before the second connection is up arrive all the same, in order")
    func earlyBlocks() async throws {
        let host = try await TestPeer(.host, in: room)
        let guest = try await TestPeer(.guest, in: room)
        let address = try await host.listen()
        let blocks = try (1...5).map { try sampleBlock($0, count: 65_536) }
        _ = try await guest.start { $0.dialHost([address]) }
        try await guest.run { mesh in
            for block in blocks { mesh.sendBlock(block.0, block.1, to: host.peer) }
        }
        for block in blocks {
            let got = try await host.block(from: guest)
            #expect(got.0 == block.0)
            #expect(got.1 == block.1)
        }
        try await guest.close()
        try await host.close()
    }

    @Test("A pause does not wait behind film: pacing slows blocks, not messages")
    func pacing() async throws {
        let (host, guest) = try await connectedPair()
        try await host.run { $0.setPacingRate(bytesPerSecond: 20_000, for: guest.peer) }
        let block = try sampleBlock(1, count: 65_536)
        try await host.run { mesh in
            for _ in 0..<64 { mesh.sendBlock(block.0, block.1, to: guest.peer) }
            mesh.send(.ping(Ping(sent: MonotonicInstant(nanoseconds: 7))), to: guest.peer)
        }
        let ping = Message.ping(Ping(sent: MonotonicInstant(nanoseconds: 7)))
        #expect(try await guest.message(from: host) == ping)
        let blocksBefore = try await guest.restOfEvents().filter {
            if case .block = $0 { true } else { false }
        }
        #expect(blocksBefore.count < 64)
        try await host.close()
        try await guest.close()
    }

    @Test("Whoever leaves says so, and leaves nothing behind")
    func leaving() async throws {
        let (host, guest) = try await connectedPair()
        try await guest.close()
        let end = try await host.disconnected(from: guest)
        #expect(end.bye?.kind == .leaving)
        #expect(end.reason == .closedThere)
        try await guest.until("channels closed") { $0.channels.isEmpty }
        try await host.until("connections closed") { $0.channels.count == 1 && $0.peers.isEmpty }
        try await host.close()
        try await host.until("channels closed") { $0.channels.isEmpty }
        try await guest.freed()
        try await host.freed()
    }

    @Test("A peer that is sent away hears why")
    func sentAway() async throws {
        let (host, guest) = try await connectedPair()
        try await host.run {
            $0.disconnect(guest.peer, saying: Bye(kind: .roomFull, reason: "64 are here"))
        }
        let end = try await guest.disconnected(from: host)
        #expect(end.bye == Bye(kind: .roomFull, reason: "64 are here"))
        let here = try await host.disconnected(from: guest)
        #expect(here.reason == .closedHere)
        #expect(here.bye == nil)
        try await guest.close()
        try await host.close()
    }

    @Test("A guest that comes again replaces its old connections")
    func comesAgain() async throws {
        let (host, guest) = try await connectedPair()
        let address = try #require(
            await host.run { $0.listeningPort.map { PeerAddress.loopback(port: $0) } })
        _ = try await host.connected(to: guest)
        let again = try await TestPeer(.guest, in: room, identity: guest.identity)
        _ = try await again.start { $0.dialHost([address]) }
        #expect(try await host.disconnected(from: guest).reason == .replaced)
        #expect(try await !host.connected(to: guest).dialled)
        let old = try await guest.disconnected(from: host)
        #expect(old.bye?.kind == .duplicate)
        try await again.bulkReady(with: host)
        let ping = Message.ping(Ping(sent: MonotonicInstant(nanoseconds: 9)))
        try await host.run { $0.send(ping, to: again.peer) }
        #expect(try await again.message(from: host) == ping)
        try await again.close()
        try await guest.close()
        try await host.close()
    }

    @Test("What has really left for a peer is known, and what has not")
    func traffic() async throws {
        let (host, guest) = try await connectedPair()
        let (header, bytes) = try sampleBlock(1, count: 65_536)
        let before = try #require(try await host.run { $0.traffic(to: guest.peer) })
        for _ in 0..<4 { try await host.run { $0.sendBlock(header, bytes, to: guest.peer) } }
        for _ in 0..<4 { _ = try await guest.block(from: host) }
        try await host.until("all sent") { mesh in
            mesh.traffic(to: guest.peer).map {
                $0.sent - before.sent > 4 * 65_536 && $0.unsent == 0
            } ?? false
        }
        #expect(try await host.run { $0.traffic(to: guest.peer)?.roundTrip ?? .zero } > .zero)
        #expect(try await host.run { $0.traffic(to: host.peer) } == nil)
        try await guest.close()
        try await host.close()
    }

    @Test("Both connections fall when one does")
    func bulkFalls() async throws {
        let (host, guest) = try await connectedPair()
        try await guest.until("both connections") { $0.channels.count == 2 }
        try await guest.run { mesh in
            let bulk = mesh.channels.values.first { channel in
                let handler = try? channel.pipeline.syncOperations.handler(type: Connection.self)
                return handler?.stage == .bulk
            }
            bulk?.close(promise: nil)
        }
        #expect(try await host.disconnected(from: guest).reason == .closedThere)
        #expect(try await guest.disconnected(from: host).reason == .closedThere)
        try await guest.close()
        try await host.close()
    }

    @Test("A peer that stops reading is dropped before it costs much")
    func notReading() async throws {
        let (host, guest) = try await connectedPair()
        try await guest.run { mesh in
            for channel in mesh.channels.values {
                try channel.syncOptions?.setOption(.autoRead, value: false)
            }
        }
        let page = Message.bitfield(
            BitfieldPage(
                item: ItemID(.random()), firstChunk: 0, bits: Array(repeating: 255, count: 32_768)))
        try await host.run { mesh in
            // 32 MiB: more than kernel and backlog hold together.
            for _ in 0..<1_024 { mesh.send(page, to: guest.peer) }
        }
        #expect(try await host.disconnected(from: guest).reason == .notReading)
        try await guest.close()
        try await host.close()
    }

    @Test("Nothing happens from inside a call")
    func noEventInsideCalls() async throws {
        let (host, guest) = try await connectedPair()
        let block = try sampleBlock(1, count: 65_536)
        let events = try await host.eventsDuring { mesh in
            mesh.sendBlock(block.0, block.1, to: guest.peer)
            mesh.send(.ping(Ping(sent: MonotonicInstant(nanoseconds: 1))), to: guest.peer)
            mesh.disconnect(guest.peer, saying: Bye(kind: .leaving))
            mesh.disconnect(guest.peer, saying: Bye(kind: .leaving))
        }
        #expect(events == 0)
        #expect(try await host.disconnected(from: guest).reason == .closedHere)
        try await guest.close()
        try await host.close()
    }

    @Test("A broken frame among the blocks ends both connections, and the peer hears why")
    func bulkViolation() async throws {
        let (host, guest) = try await connectedPair()
        try await guest.run { mesh in
            let bulk = mesh.channels.values.first { channel in
                let handler = try? channel.pipeline.syncOperations.handler(type: Connection.self)
                return handler?.stage == .bulk
            }
            var frame = ByteBuffer(integer: UInt32(1 << 20))
            frame.writeInteger(UInt8(0x26))
            bulk?.writeAndFlush(frame, promise: nil)
        }
        let violation = WireViolation.oversizedFrame(type: 0x26, length: 1 << 20)
        #expect(try await host.disconnected(from: guest).reason == .brokeRule(violation))
        #expect(try await guest.disconnected(from: host).bye?.kind == .violation)
        try await guest.close()
        try await host.close()
    }

    /// A host and a guest with both connections up.
    private func connectedPair() async throws -> (host: TestPeer, guest: TestPeer) {
        let host = try await TestPeer(.host, in: room)
        let guest = try await TestPeer(.guest, in: room)
        let address = try await host.listen()
        _ = try await guest.start { $0.dialHost([address]) }
        try await guest.bulkReady(with: host)
        try await host.bulkReady(with: guest)
        return (host, guest)
    }
}

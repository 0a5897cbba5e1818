import NIOCore
import PartyModel
import Testing
import WireFormat

@testable import MeshTransport

/// Connections of a room whose host is away.
@Suite struct KeeperTests {
    private let room = TestRoom()

    /// A guest with an entry of its own, as the host signed it.
    private func member() async throws -> TestPeer {
        let member = try await TestPeer(.guest, in: room)
        let entry = try room.entry(of: member.identity)
        try await member.run { $0.membership = entry }
        return member
    }

    @Test("A newcomer that may meet a keeper meets one, and says nothing to it unasked")
    func meetsKeeper() async throws {
        let keeper = try await member()
        let newcomer = try await TestPeer(.guest, in: room)
        try await newcomer.run { $0.greeting = { [.ping(Ping(sent: .init(nanoseconds: 1)))] } }
        try await keeper.know(newcomer)
        let address = try await keeper.listen()
        let met = try await newcomer.start { $0.dialHost([address], orKeeper: true) }
        #expect(met == keeper.peer)
        let (remote, dialled) = try await newcomer.connected(to: keeper)
        #expect(dialled && !remote.isHost)
        #expect(remote.credential?.content.peer == keeper.peer)
        try await newcomer.bulkReady(with: keeper)
        try await keeper.bulkReady(with: newcomer)
        let said = try await keeper.restOfEvents()
        #expect(!said.contains { if case .message = $0 { true } else { false } })
        try await keeper.close()
        try await newcomer.close()
    }

    @Test("With a token of the host's, a member is not the host")
    func wantsTheHost() async throws {
        let keeper = try await member()
        let newcomer = try await TestPeer(.guest, in: room)
        try await keeper.know(newcomer)
        let address = try await keeper.listen()
        await #expect(throws: PartyError.hostIsSomeoneElse(address: address.description)) {
            try await newcomer.start { $0.dialHost([address]) }
        }
        try await keeper.close()
    }

    @Test("A member without the host's signature is no keeper")
    func noKeeper() async throws {
        let member = try await TestPeer(.guest, in: room)
        let newcomer = try await TestPeer(.guest, in: room)
        try await member.know(newcomer)
        let address = try await member.listen()
        await #expect(throws: PartyError.hostIsSomeoneElse(address: address.description)) {
            try await newcomer.start { $0.dialHost([address], orKeeper: true) }
        }
        try await member.close()
    }

    @Test("Whom a keeper took in is let in where the keeper's word counts, and only there")
    func vouched() async throws {
        let keeper = try await member()
        let newcomer = try await TestPeer(.guest, in: room)
        let entry = try Signed(
            signing: try room.entry(of: newcomer.identity).content, with: keeper.identity.signingKey
        )
        try await newcomer.run { $0.membership = entry }
        let trusting = try await member()
        let other = try await member()
        let key = keeper.identity.memberKey
        try await trusting.run { $0.vouchers = { [key] } }
        let addresses = (try await trusting.listen(), try await other.listen())
        let (first, second) = (trusting.peer, other.peer)
        // The mesh may dial this machine's own addresses once somebody is met there.
        try await newcomer.start { $0.dialHost([addresses.0], orKeeper: true) }.expectPeer(first)
        _ = try await trusting.connected(to: newcomer)
        await #expect(throws: PeerUnreachable.self) {
            try await newcomer.start { $0.dial(second, at: [addresses.1]) }
        }
        #expect(try await other.refusedStranger() == "is not a member of the room")
        for peer in [trusting, other, newcomer] { try await peer.close() }
    }

    @Test("A peer that does not answer is given up, and told nothing")
    func givenUp() async throws {
        let host = try await TestPeer(.host, in: room)
        let guest = try await TestPeer(.guest, in: room)
        let address = try await host.listen()
        _ = try await guest.start { $0.dialHost([address]) }
        _ = try await guest.connected(to: host)
        _ = try await host.connected(to: guest)
        let hostPeer = host.peer
        try await guest.run { $0.giveUp(hostPeer) }
        #expect(try await guest.disconnected(from: host).reason == .lost("does not answer"))
        #expect(try await host.disconnected(from: guest).bye == nil)
        try await host.close()
    }
}

extension PeerID {
    fileprivate func expectPeer(_ other: PeerID) { #expect(self == other) }
}

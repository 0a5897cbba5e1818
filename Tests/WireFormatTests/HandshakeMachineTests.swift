import Crypto
import PartyModel
import Testing
import WireFormat

/// A process with its certificate, as far as a handshake sees it.
private struct Person {
    let key = P256.Signing.PrivateKey()
    let fingerprint: CertificateFingerprint
    /// What the certificate shows as the signature of a room's key.
    var hostSignature: Signature?

    init(hostOf room: Room? = nil) throws {
        let digest = SHA256.hash(data: key.publicKey.derRepresentation)
        fingerprint = CertificateFingerprint(try #require(Bytes32(Array(digest))))
        hostSignature = try room.map {
            try Signed(signing: HostBinding(key: try memberKey()), with: $0.signing).signature
        }
    }

    func memberKey() throws -> MemberKey {
        try #require(MemberKey(Array(key.publicKey.compressedRepresentation)))
    }

    func session(with other: Person) throws -> SessionIdentities {
        SessionIdentities(
            mine: fingerprint, theirs: other.fingerprint, theirKey: try other.memberKey(),
            theirHostSignature: other.hostSignature)
    }
}

/// A room with its key and secret.
private struct Room {
    let signing = Curve25519.Signing.PrivateKey()
    let secret: RoomSecret

    init() throws {
        secret = RoomSecret(try #require(Bytes16((0..<16).map { _ in UInt8.random(in: 0...255) })))
    }

    func key() throws -> RoomKey {
        RoomKey(try #require(Bytes32(Array(signing.publicKey.rawRepresentation))))
    }

    func host() throws -> HandshakeCredentials {
        HandshakeCredentials(room: try key(), secret: secret, isHost: true)
    }

    func guest(
        _ membership: Signed<Member>? = nil, vouchers: [MemberKey] = []
    ) throws -> HandshakeCredentials {
        HandshakeCredentials(
            room: try key(), secret: secret, membership: membership, vouchers: vouchers)
    }

    /// The entry that a keeper signs.
    func entry(of person: Person, by keeper: Person) throws -> Signed<Member> {
        try Signed(signing: entry(of: person).content, with: keeper.key)
    }

    func entry(of person: Person, key: MemberKey? = nil) throws -> Signed<Member> {
        let member = Member(
            fingerprint: person.fingerprint, key: try key ?? person.memberKey(), name: "Ada",
            isHeadless: false, addresses: [], since: 1)
        return try Signed(signing: member, with: signing)
    }
}

private func freshNonce() throws -> Bytes32 {
    try #require(Bytes32((0..<32).map { _ in UInt8.random(in: 0...255) }))
}

private let toKeeper = HandshakeSide.dialler(.control, expecting: .keeper)
private let toHost = HandshakeSide.dialler(.control, expecting: .host)
private let fromStranger = HandshakeSide.listener(knowsDialler: false)

/// How a handshake ended on one side.
private enum Ending: Equatable {
    case accepted(ProvenPeer)
    case refused(HandshakeFailure)
}

/// What one side sent, and how it ended.
private struct Record {
    var sent: [HandshakeDirective] = []
    var ending: Ending?

    /// Who was accepted; a failed test when nobody was.
    func accepted() throws -> ProvenPeer {
        var peer: ProvenPeer?
        if case .accepted(let accepted) = ending { peer = accepted }
        return try #require(peer, "\(String(describing: ending))")
    }

    /// Files directives; returns those the other side receives.
    mutating func file(_ directives: [HandshakeDirective]) -> [HandshakeDirective] {
        var outgoing: [HandshakeDirective] = []
        for directive in directives {
            switch directive {
            case .sendHello, .sendProof: outgoing.append(directive)
            // The first one counts: the shell closes then, whatever is still on its way.
            case .accept(let peer): ending = ending ?? .accepted(peer)
            case .refuse(let failure): ending = ending ?? .refused(failure)
            case .readyToProve: break
            }
        }
        sent += outgoing
        return outgoing
    }
}

extension HandshakeMachine {
    /// Receives what the other side's directive sends.
    fileprivate mutating func receive(sent directive: HandshakeDirective) -> [HandshakeDirective] {
        switch directive {
        case .sendHello(let hello): receive(hello)
        case .sendProof(let proof): receive(proof)
        case .readyToProve, .accept, .refuse: []
        }
    }

    /// Says hello, and proves at once if it may.
    fileprivate mutating func begin() -> [HandshakeDirective] {
        var directives = start()
        if directives.last == .readyToProve { directives += prove() }
        return directives
    }
}

/// Runs two machines back to back until both are quiet.
private func run(
    _ dialler: consuming HandshakeMachine, _ listener: consuming HandshakeMachine
) -> (dialler: Record, listener: Record) {
    var records = (dialler: Record(), listener: Record())
    _ = records.listener.file(listener.start())
    var toListener = records.dialler.file(dialler.begin())
    while !toListener.isEmpty {
        var toDialler: [HandshakeDirective] = []
        for frame in toListener {
            toDialler += records.listener.file(listener.receive(sent: frame))
        }
        toListener = []
        for frame in toDialler {
            toListener += records.dialler.file(dialler.receive(sent: frame))
        }
    }
    return records
}

@Suite struct HandshakeMachineTests {
    private let room: Room
    private let host: Person
    private let ada: Person
    private let bob: Person

    init() throws {
        room = try Room()
        host = try Person(hostOf: room)
        ada = try Person()
        bob = try Person()
    }

    private func machine(
        _ side: HandshakeSide, _ me: Person, with other: Person, _ credentials: HandshakeCredentials
    ) throws -> HandshakeMachine {
        HandshakeMachine(
            side: side, session: try me.session(with: other), credentials: credentials,
            nonce: try freshNonce())
    }

    @Test("A guest and the host accept each other", arguments: [ConnectionPurpose.control, .bulk])
    func guestAndHost(purpose: ConnectionPurpose) throws {
        let ends = run(
            try machine(.dialler(purpose, expecting: .host), ada, with: host, room.guest()),
            try machine(fromStranger, host, with: ada, room.host()))
        let hostSeen = try ends.dialler.accepted()
        #expect(hostSeen.fingerprint == host.fingerprint)
        #expect(try hostSeen.key == host.memberKey())
        #expect(hostSeen.isHost)
        #expect(hostSeen.purpose == purpose)
        let adaSeen = try ends.listener.accepted()
        #expect(adaSeen.fingerprint == ada.fingerprint)
        #expect(try adaSeen.key == ada.memberKey())
        #expect(!adaSeen.isHost)
        #expect(adaSeen.purpose == purpose)
    }

    @Test("A guest that shows its entry is accepted by a guest that does not know it yet")
    func guestAndGuestByCredential() throws {
        let entry = try room.entry(of: ada)
        let ends = run(
            try machine(
                .dialler(.control, expecting: .peer(bob.fingerprint.peer)), ada, with: bob,
                room.guest(entry)),
            try machine(fromStranger, bob, with: ada, room.guest()))
        #expect(try ends.listener.accepted().credential == entry)
        let bobSeen = try ends.dialler.accepted()
        #expect(bobSeen.fingerprint == bob.fingerprint)
        #expect(!bobSeen.isHost)
    }

    @Test("A guest in the roster needs no entry of its own")
    func guestAndGuestByRoster() throws {
        let ends = run(
            try machine(
                .dialler(.control, expecting: .peer(bob.fingerprint.peer)), ada, with: bob,
                room.guest()),
            try machine(.listener(knowsDialler: true), bob, with: ada, room.guest()))
        #expect(try ends.listener.accepted().credential == nil)
    }

    @Test("The host needs no roster to be accepted by a guest")
    func hostDialsGuest() throws {
        let ends = run(
            try machine(
                .dialler(.control, expecting: .peer(ada.fingerprint.peer)), host, with: ada,
                room.host()),
            try machine(fromStranger, ada, with: host, room.guest()))
        #expect(try ends.listener.accepted().isHost)
    }

    @Test("A guest who is neither in the roster nor shows an entry is refused and learns no proof")
    func notAMember() throws {
        let ends = run(
            try machine(
                .dialler(.control, expecting: .peer(bob.fingerprint.peer)), ada, with: bob,
                room.guest()),
            try machine(fromStranger, bob, with: ada, room.guest()))
        #expect(ends.listener.ending == .refused(.notAMember))
        #expect(ends.listener.sent.count == 1)
        #expect(ends.dialler.ending == nil)
    }

    @Test("An entry of another certificate, another key or another room is refused")
    func foreignEntries() throws {
        let foreign = [
            try room.entry(of: host), try room.entry(of: ada, key: host.memberKey()),
            try Room().entry(of: ada),
        ]
        for entry in foreign {
            let ends = run(
                try machine(
                    .dialler(.control, expecting: .peer(bob.fingerprint.peer)), ada, with: bob,
                    room.guest(entry)),
                try machine(.listener(knowsDialler: true), bob, with: ada, room.guest()))
            #expect(ends.listener.ending == .refused(.notAMember))
        }
    }

    @Test("Who may meet a keeper is met by a member that shows the host's signature")
    func newcomerAndKeeper() throws {
        let entry = try room.entry(of: bob)
        let ends = run(
            try machine(toKeeper, ada, with: bob, room.guest()),
            try machine(.listener(knowsDialler: true), bob, with: ada, room.guest(entry)))
        let bobSeen = try ends.dialler.accepted()
        #expect(bobSeen.credential == entry)
        #expect(!bobSeen.isHost)
        #expect(try ends.listener.accepted().fingerprint == ada.fingerprint)
    }

    @Test("Who may meet a keeper is met by the host as ever")
    func newcomerAndHost() throws {
        let ends = run(
            try machine(toKeeper, ada, with: host, room.guest()),
            try machine(fromStranger, host, with: ada, room.host()))
        #expect(try ends.dialler.accepted().isHost)
    }

    @Test("A keeper without the host's own signature over this very certificate is none")
    func falseKeeper() throws {
        let entries: [Signed<Member>?] = [
            nil, try room.entry(of: host), try room.entry(of: bob, by: host),
            try Room().entry(of: bob),
        ]
        for entry in entries {
            let ends = run(
                try machine(toKeeper, ada, with: bob, room.guest()),
                try machine(.listener(knowsDialler: true), bob, with: ada, room.guest(entry)))
            #expect(ends.dialler.ending == .refused(.hostIsSomeoneElse))
        }
    }

    @Test("A guest of another room that hangs up is not the host of this one")
    func strangersKeeper() throws {
        var dialler = try machine(toKeeper, ada, with: bob, room.guest())
        _ = dialler.begin()
        _ = dialler.receive(Hello(purpose: .control, nonce: try freshNonce()))
        #expect(dialler.hangUp() == .hostIsSomeoneElse)
    }

    @Test("Whom a keeper took in is accepted by those who take the keeper's word, and no others")
    func vouched() throws {
        let carl = try Person()
        let entry = try room.entry(of: ada, by: carl)
        for vouchers in [[try carl.memberKey()], [try host.memberKey()], []] {
            let ends = run(
                try machine(
                    .dialler(.control, expecting: .peer(bob.fingerprint.peer)), ada, with: bob,
                    room.guest(entry)),
                try machine(
                    fromStranger, bob, with: ada, room.guest(vouchers: vouchers)))
            if vouchers == [try carl.memberKey()] {
                #expect(try ends.listener.accepted().credential == entry)
            } else {
                #expect(ends.listener.ending == .refused(.notAMember))
            }
        }
    }

    @Test("A wrong secret is refused before the listener proves anything")
    func wrongSecret() throws {
        let guessed = HandshakeCredentials(room: try room.key(), secret: try Room().secret)
        let ends = run(
            try machine(toHost, ada, with: host, guessed),
            try machine(fromStranger, host, with: ada, room.host()))
        #expect(ends.listener.ending == .refused(.proofInvalid))
        #expect(ends.listener.sent.count == 1)
        #expect(ends.dialler.ending == nil)
    }

    @Test("A guest proves nothing to the host of another room")
    func wrongRoom() throws {
        let other = try Room()
        let otherHost = try Person(hostOf: other)
        let ends = run(
            try machine(toHost, ada, with: otherHost, room.guest()),
            try machine(fromStranger, otherHost, with: ada, other.host()))
        #expect(ends.dialler.ending == .refused(.hostIsSomeoneElse))
        #expect(ends.dialler.sent.count == 1)
    }

    @Test("A guest of the room is not its host")
    func guestIsNotHost() throws {
        let ends = run(
            try machine(toHost, ada, with: bob, room.guest()),
            try machine(fromStranger, bob, with: ada, room.guest()))
        #expect(ends.dialler.ending == .refused(.hostIsSomeoneElse))
    }

    @Test("The host's signature is worth nothing in another certificate's session")
    func borrowedHostSignature() throws {
        var bob = bob
        bob.hostSignature = host.hostSignature
        let ends = run(
            try machine(toHost, ada, with: bob, room.guest()),
            try machine(fromStranger, bob, with: ada, room.host()))
        #expect(ends.dialler.ending == .refused(.hostIsSomeoneElse))
    }

    @Test("A dialler with a false host signature is refused")
    func falseHostDials() throws {
        var ada = ada
        ada.hostSignature = try Person(hostOf: Room()).hostSignature
        let ends = run(
            try machine(
                .dialler(.control, expecting: .peer(bob.fingerprint.peer)), ada, with: bob,
                room.host()),
            try machine(.listener(knowsDialler: true), bob, with: ada, room.guest()))
        #expect(ends.listener.ending == .refused(.hostIsSomeoneElse))
    }

    @Test("Another peer than the one dialled hears nothing at all")
    func unexpectedPeer() throws {
        var dialler = try machine(
            .dialler(.bulk, expecting: .peer(bob.fingerprint.peer)), ada, with: host, room.guest())
        #expect(dialler.start() == [.refuse(.unexpectedPeer)])
    }

    @Test("A listener that does not know the secret is refused")
    func listenerWithoutSecret() throws {
        var dialler = try machine(toHost, ada, with: host, room.guest())
        _ = dialler.begin()
        #expect(dialler.receive(Hello(purpose: .control, nonce: try freshNonce())) == [])
        let guess = Proof(code: try freshNonce(), credential: nil)
        #expect(dialler.receive(guess) == [.refuse(.proofInvalid)])
    }

    @Test("A proof sent back to its author is refused")
    func reflection() throws {
        var dialler = try machine(toHost, ada, with: host, room.guest())
        guard case .sendProof(let mine) = try #require(dialler.begin().last) else {
            Issue.record("no proof")
            return
        }
        _ = dialler.receive(Hello(purpose: .control, nonce: try freshNonce()))
        #expect(dialler.receive(mine) == [.refuse(.proofInvalid)])
    }

    @Test("A man in the middle who passes on every frame proves nothing on either side")
    func relayedProof() throws {
        // Mallory keeps a session with each side and knows the room key, but not the secret. Ada
        // takes Mallory for a guest she was told to dial; the host takes Mallory for a newcomer.
        let mallory = try Person()
        var ada = try machine(
            .dialler(.control, expecting: .peer(mallory.fingerprint.peer)), ada, with: mallory,
            room.guest())
        var host = try machine(fromStranger, host, with: mallory, room.host())
        _ = host.start()
        let said = ada.begin()
        guard case .sendHello(let adasHello) = try #require(said.first),
            case .sendProof(let adasProof) = try #require(said.last),
            case .sendHello(let hostsHello) = try #require(host.receive(adasHello).first)
        else {
            Issue.record("no hellos")
            return
        }
        #expect(ada.receive(hostsHello) == [])
        #expect(host.receive(adasProof) == [.refuse(.proofInvalid)])
    }

    @Test("What a dialler has proven is worth nothing to who has another certificate")
    func replayToListener() throws {
        let first = run(
            try machine(toHost, ada, with: host, room.guest()),
            try machine(fromStranger, host, with: ada, room.host()))
        var next = try machine(fromStranger, host, with: bob, room.host())
        _ = next.start()
        guard case .sendHello(let hello) = first.dialler.sent[0],
            case .sendProof(let proof) = first.dialler.sent[1]
        else {
            Issue.record("no recording")
            return
        }
        _ = next.receive(hello)
        #expect(next.receive(proof) == [.refuse(.proofInvalid)])
    }

    @Test("What a listener has proven is worth nothing in the next session")
    func replayToDialler() throws {
        let first = run(
            try machine(toHost, ada, with: host, room.guest()),
            try machine(fromStranger, host, with: ada, room.host()))
        var next = try machine(toHost, ada, with: host, room.guest())
        _ = next.begin()
        guard case .sendHello(let hello) = first.listener.sent[0],
            case .sendProof(let proof) = first.listener.sent[1]
        else {
            Issue.record("no recording")
            return
        }
        _ = next.receive(hello)
        #expect(next.receive(proof) == [.refuse(.proofInvalid)])
    }

    @Test("A listener's proof before its hello is out of order")
    func proofBeforeHello() throws {
        var dialler = try machine(toHost, ada, with: host, room.guest())
        _ = dialler.begin()
        let proof = Proof(code: try freshNonce(), credential: nil)
        #expect(dialler.receive(proof) == [.refuse(.outOfOrder)])
    }

    @Test("A dialler that is held back proves itself after the hello has come, too")
    func heldBack() throws {
        var dialler = try machine(toHost, ada, with: host, room.guest())
        var listener = try machine(fromStranger, host, with: ada, room.host())
        _ = listener.start()
        let begun = dialler.start()
        #expect(begun.last == .readyToProve)
        guard case .sendHello(let hello) = try #require(begun.first),
            case .sendHello(let answer) = try #require(listener.receive(hello).first)
        else {
            Issue.record("no hellos")
            return
        }
        #expect(dialler.receive(answer) == [])
        guard case .sendProof(let proof) = try #require(dialler.prove().first),
            case .sendProof(let back) = try #require(listener.receive(proof).first),
            case .accept(let peer) = try #require(dialler.receive(back).first)
        else {
            Issue.record("no proofs")
            return
        }
        #expect(peer.isHost)
    }

    @Test("A proof for control is none for bulk")
    func purposeIsProved() throws {
        var dialler = try machine(toHost, ada, with: host, room.guest())
        var listener = try machine(fromStranger, host, with: ada, room.host())
        _ = listener.start()
        let said = dialler.begin()
        guard case .sendHello(let hello) = try #require(said.first),
            case .sendProof(let proof) = try #require(said.last)
        else {
            Issue.record("nothing said")
            return
        }
        let turned = Hello(purpose: .bulk, nonce: hello.nonce)
        guard case .sendHello(let answer) = try #require(listener.receive(turned).first) else {
            Issue.record("no answer")
            return
        }
        #expect(answer.purpose == .bulk)
        #expect(listener.receive(proof) == [.refuse(.proofInvalid)])
    }

    @Test("Both sides of a version mismatch learn the other's version")
    func versionMismatch() throws {
        var dialler = try machine(toHost, ada, with: host, room.guest())
        var listener = try machine(fromStranger, host, with: ada, room.host())
        _ = dialler.start()
        _ = listener.start()
        let newer = Hello(
            version: 7, purpose: .control, nonce: try freshNonce())
        let answer = listener.receive(newer)
        #expect(answer.count == 2)
        guard case .sendHello(let hello) = answer.first else {
            Issue.record("no answer")
            return
        }
        #expect(hello.version == Hello.current)
        #expect(answer.last == .refuse(.versionMismatch(theirs: 7)))
        #expect(dialler.receive(newer) == [.refuse(.versionMismatch(theirs: 7))])
    }

    @Test("Frames in the wrong order end the handshake")
    func wrongOrder() throws {
        let hello = Hello(purpose: .control, nonce: try freshNonce())
        let proof = Proof(code: try freshNonce(), credential: nil)
        let refusal = [HandshakeDirective.refuse(.outOfOrder)]

        var hasty = try machine(fromStranger, host, with: ada, room.host())
        #expect(hasty.receive(hello) == refusal)
        var proofFirst = try machine(fromStranger, host, with: ada, room.host())
        _ = proofFirst.start()
        #expect(proofFirst.receive(proof) == refusal)
        var helloTwice = try machine(fromStranger, host, with: ada, room.host())
        _ = helloTwice.start()
        _ = helloTwice.receive(hello)
        #expect(helloTwice.receive(hello) == refusal)
        var proofToNobody = try machine(toHost, ada, with: bob, room.guest())
        #expect(proofToNobody.start().count == 1)
        #expect(proofToNobody.prove() == refusal)
        var provedTwice = try machine(toHost, ada, with: host, room.guest())
        _ = provedTwice.begin()
        #expect(provedTwice.prove() == refusal)
        var otherPurpose = try machine(toHost, ada, with: host, room.guest())
        _ = otherPurpose.start()
        let bulk = Hello(purpose: .bulk, nonce: try freshNonce())
        #expect(otherPurpose.receive(bulk) == refusal)
    }

    @Test("A finished handshake takes nothing more")
    func afterTheEnd() throws {
        var listener = try machine(fromStranger, host, with: ada, room.host())
        _ = listener.start()
        let proof = Proof(code: try freshNonce(), credential: nil)
        _ = listener.receive(proof)
        #expect(listener.receive(proof) == [.refuse(.outOfOrder)])
        #expect(listener.start() == [.refuse(.outOfOrder)])
    }

    @Test("Hanging up on our proof means no; hanging up before an answer means nothing")
    func hangUps() throws {
        var early = try machine(toHost, ada, with: host, room.guest())
        _ = early.begin()
        #expect(early.hangUp() == .hungUp)

        var late = try machine(toHost, ada, with: host, room.guest())
        _ = late.begin()
        _ = late.receive(Hello(purpose: .control, nonce: try freshNonce()))
        #expect(late.hangUp() == .proofRefused)

        var listener = try machine(fromStranger, host, with: ada, room.host())
        _ = listener.start()
        _ = listener.receive(Hello(purpose: .control, nonce: try freshNonce()))
        #expect(listener.hangUp() == .hungUp)
    }
}

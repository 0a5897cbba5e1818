// How two processes convince each other, inside a TLS session, that both belong to the room: hello,
// proof, done. Invariant: nothing that only a member may see or do happens before the other side's
// proof passed; a listener does not even prove itself to somebody who did not, nor a dialler to
// somebody whose certificate is not the one it wants.
//
// A proof is HMAC-SHA-256 under a key derived from the room's secret, over everything that makes
// this session this one: both certificates as seen by the prover, version, purpose and nonces. The
// dialler's has its own nonce only, so that it goes out with the hello and costs no round trip of its
// own; it is fresh all the same, because TLS just showed that the dialler holds its certificate's key.
// Whoever relays a proof through another session has another certificate in the middle, so that it
// proves nothing there; a proof sent back has the wrong key, because the two sides' keys differ.

import Crypto
public import PartyModel

/// Both ends of one TLS session, as this process sees them.
public struct SessionIdentities: Hashable, Sendable {
    /// The digest of this process's certificate.
    public let mine: CertificateFingerprint
    /// The digest of the certificate the other side proved to own.
    public let theirs: CertificateFingerprint
    /// The key in that certificate.
    public let theirKey: MemberKey
    /// What that certificate shows as the room key's signature over its ``HostBinding``; only the
    /// host's has one.
    public let theirHostSignature: Signature?

    /// A session between these two certificates.
    public init(
        mine: CertificateFingerprint, theirs: CertificateFingerprint, theirKey: MemberKey,
        theirHostSignature: Signature?
    ) {
        self.mine = mine
        self.theirs = theirs
        self.theirKey = theirKey
        self.theirHostSignature = theirHostSignature
    }
}

/// What this process brings into every handshake.
public struct HandshakeCredentials: Sendable {
    /// The room both sides are to belong to.
    public let room: RoomKey
    /// What a member knows.
    public let secret: RoomSecret
    /// Whether this process's certificate has the room key's signature.
    public let isHost: Bool
    /// This process's own entry, as it was welcomed with; a guest has one then.
    public let membership: Signed<Member>?
    /// Whose word on who is a member counts besides the room's: those the host named, while it is
    /// away.
    public let vouchers: [MemberKey]

    /// What the host has, or a guest (`membership`, once welcomed).
    public init(
        room: RoomKey, secret: RoomSecret, isHost: Bool = false,
        membership: Signed<Member>? = nil, vouchers: [MemberKey] = []
    ) {
        self.room = room
        self.secret = secret
        self.isHost = isHost
        self.membership = membership
        self.vouchers = vouchers
    }
}

/// Which side of the connection this process is, and what it knows of the other.
public enum HandshakeSide: Hashable, Sendable {
    /// It dialled, for this purpose, and expects this other side.
    case dialler(ConnectionPurpose, expecting: ExpectedPeer)
    /// It was dialled. `knowsDialler`: whether its roster names the other side's certificate, or it
    /// takes in newcomers.
    case listener(knowsDialler: Bool)
}

/// Whom a dialler wants to reach.
public enum ExpectedPeer: Hashable, Sendable {
    /// Whoever has the room key's signature in its certificate.
    case host
    /// The host, or whoever shows an entry of its own that the room signed.
    case keeper
    /// This peer and no other.
    case peer(PeerID)
}

/// The other side of a finished handshake.
public struct ProvenPeer: Hashable, Sendable {
    /// The digest of its certificate.
    public let fingerprint: CertificateFingerprint
    /// Checks what it signs.
    public let key: MemberKey
    /// Whether the room key signed its certificate.
    public let isHost: Bool
    /// The entry it showed, checked against its certificate and who may sign one.
    public let credential: Signed<Member>?
    /// What the connection is for.
    public let purpose: ConnectionPurpose

    /// Its peer identifier.
    public var peer: PeerID { fingerprint.peer }
}

/// Why a handshake ends without a connection.
public enum HandshakeFailure: Error, Hashable, Sendable {
    /// The other side speaks another version of the protocol.
    case versionMismatch(theirs: UInt16)
    /// Whoever answers is not the host of the room, or claims to be it without the room's key.
    case hostIsSomeoneElse
    /// Another peer than the one dialled.
    case unexpectedPeer
    /// The other side's proof is wrong: it has another secret, or passes on somebody else's words.
    case proofInvalid
    /// The other side hung up on our proof.
    case proofRefused
    /// The other side knows the secret, but is neither in the roster nor shows an entry of its own.
    case notAMember
    /// A frame that does not belong here.
    case outOfOrder
    /// The other side hung up before it was asked for anything.
    case hungUp
}

/// What the shell is to do next.
public enum HandshakeDirective: Hashable, Sendable {
    /// Send this hello.
    case sendHello(Hello)
    /// The other side is whom we dialled; call ``HandshakeMachine/prove()`` when this connection is
    /// the one to go on with. Of several connections to one peer only one may.
    case readyToProve
    /// Send this proof.
    case sendProof(Proof)
    /// The handshake is over, and this is who it is.
    case accept(ProvenPeer)
    /// The handshake is over; close the connection.
    case refuse(HandshakeFailure)
}

/// One side of one handshake: frames in, directives out.
public struct HandshakeMachine: ~Copyable, Sendable {
    private enum State: Sendable {
        case idle
        /// A dialler that has said hello. `mayProve`: the certificate is one that it may prove itself
        /// to; else it only waits to hear which version answers.
        case dialling(ours: Hello, theirs: Hello?, mayProve: Bool, proofSent: Bool)
        /// A listener that waits for a hello.
        case listening
        /// A listener that waits for a proof.
        case judging(ours: Hello, theirs: Hello)
        case finished
    }

    /// What the other side's certificate says of itself.
    private enum Claim: Sendable {
        case host
        case falseHost
        case guest
    }

    private let side: HandshakeSide
    private let session: SessionIdentities
    private let credentials: HandshakeCredentials
    private let nonce: Bytes32
    private let claim: Claim
    private var state = State.idle

    /// A handshake that has not begun.
    ///
    /// `nonce` must be fresh and random for every connection.
    public init(
        side: HandshakeSide, session: SessionIdentities, credentials: HandshakeCredentials,
        nonce: Bytes32
    ) {
        self.side = side
        self.session = session
        self.credentials = credentials
        self.nonce = nonce
        claim =
            session.theirHostSignature.map { signature in
                Signed(content: HostBinding(key: session.theirKey), signature: signature)
                    .isSigned(by: credentials.room) ? .host : .falseHost
            } ?? .guest
    }

    /// Begins, once, when the TLS session is up.
    public mutating func start() -> [HandshakeDirective] {
        guard case .idle = state else { return refuse(.outOfOrder) }
        switch side {
        case .dialler(_, expecting: .peer(let peer)) where peer != session.theirs.peer:
            return refuse(.unexpectedPeer)
        case .dialler(let purpose, let expected):
            let ours = makeHello(purpose: purpose)
            let mayProve = claim == .host || (claim == .guest && expected != .host)
            state = .dialling(ours: ours, theirs: nil, mayProve: mayProve, proofSent: false)
            return [.sendHello(ours)] + (mayProve ? [.readyToProve] : [])
        case .listener:
            state = .listening
            return []
        }
    }

    /// Takes the other side's hello.
    public mutating func receive(_ theirs: Hello) -> [HandshakeDirective] {
        switch state {
        case .dialling(let ours, theirs: nil, let mayProve, let proofSent):
            guard theirs.version == Hello.current else {
                return refuse(.versionMismatch(theirs: theirs.version))
            }
            guard theirs.purpose == ours.purpose else { return refuse(.outOfOrder) }
            guard mayProve else { return refuse(.hostIsSomeoneElse) }
            state = .dialling(ours: ours, theirs: theirs, mayProve: true, proofSent: proofSent)
            return []
        case .listening:
            let answer = makeHello(purpose: theirs.purpose)
            // Answered even when it ends here, so that the other side learns our version.
            guard theirs.version == Hello.current else {
                return [.sendHello(answer)] + refuse(.versionMismatch(theirs: theirs.version))
            }
            guard claim != .falseHost else { return refuse(.hostIsSomeoneElse) }
            state = .judging(ours: answer, theirs: theirs)
            return [.sendHello(answer)]
        case .idle, .dialling, .judging, .finished:
            return refuse(.outOfOrder)
        }
    }

    /// Proves membership to whoever was dialled, after ``HandshakeDirective/readyToProve``.
    public mutating func prove() -> [HandshakeDirective] {
        guard case .dialling(let ours, let theirs, mayProve: true, proofSent: false) = state else {
            return refuse(.outOfOrder)
        }
        state = .dialling(ours: ours, theirs: theirs, mayProve: true, proofSent: true)
        // The host knows whom it has signed; only a guest needs to be shown.
        let credential = isFacingHost ? nil : credentials.membership
        return [.sendProof(Proof(code: proofCode(of: .dialler, ours, nil), credential: credential))]
    }

    /// Takes the other side's proof.
    public mutating func receive(_ proof: Proof) -> [HandshakeDirective] {
        switch state {
        case .dialling(let ours, let theirs?, mayProve: true, proofSent: true):
            guard isValid(proof, of: .listener, ours, theirs) else { return refuse(.proofInvalid) }
            return accept(proof, for: ours.purpose)
        case .judging(let ours, let theirs):
            guard isValid(proof, of: .dialler, theirs, nil) else { return refuse(.proofInvalid) }
            return judge(proof, ours: ours, theirs: theirs)
        case .idle, .dialling, .listening, .finished:
            return refuse(.outOfOrder)
        }
    }

    /// Whether a dialler that knows the secret is a member, too.
    private mutating func judge(
        _ proof: Proof, ours: Hello, theirs: Hello
    ) -> [HandshakeDirective] {
        guard case .listener(let knowsDialler) = side else { return refuse(.outOfOrder) }
        if let credential = proof.credential, !isGenuine(credential) { return refuse(.notAMember) }
        guard
            credentials.isHost || isFacingHost || knowsDialler || proof.credential != nil
        else { return refuse(.notAMember) }
        let answer = Proof(
            code: proofCode(of: .listener, theirs, ours),
            credential: credentials.isHost || isFacingHost ? nil : credentials.membership)
        return [.sendProof(answer)] + accept(theirs.purpose, credential: proof.credential)
    }

    /// What it means that the other side closed the connection now.
    public mutating func hangUp() -> HandshakeFailure {
        defer { state = .finished }
        // Who refuses a proof has answered the hello before it.
        guard case .dialling(_, theirs: .some, _, proofSent: true) = state else { return .hungUp }
        guard case .dialler(_, expecting: .keeper) = side, !isFacingHost else {
            return .proofRefused
        }
        // A member of another room, for all we know.
        return .hostIsSomeoneElse
    }

    /// Whether the other side's certificate shows that it is the host.
    public var isFacingHost: Bool { claim == .host }
}

extension HandshakeMachine {
    /// The two sides prove themselves with different keys.
    private enum Prover: String {
        case dialler
        case listener
    }

    private func makeHello(purpose: ConnectionPurpose) -> Hello {
        Hello(purpose: purpose, nonce: nonce)
    }

    private mutating func refuse(_ failure: HandshakeFailure) -> [HandshakeDirective] {
        state = .finished
        return [.refuse(failure)]
    }

    private mutating func accept(
        _ purpose: ConnectionPurpose, credential: Signed<Member>?
    ) -> [HandshakeDirective] {
        state = .finished
        return [
            .accept(
                ProvenPeer(
                    fingerprint: session.theirs, key: session.theirKey, isHost: isFacingHost,
                    credential: credential, purpose: purpose))
        ]
    }

    /// The listener has proven the secret; where anybody may answer whom the host has named, it also
    /// has to show that.
    private mutating func accept(
        _ proof: Proof, for purpose: ConnectionPurpose
    ) -> [HandshakeDirective] {
        guard case .dialler(_, expecting: .keeper) = side, !isFacingHost else {
            return accept(purpose, credential: nil)
        }
        guard let credential = proof.credential, isOfThisSession(credential),
            credential.isSigned(by: credentials.room)
        else { return refuse(.hostIsSomeoneElse) }
        return accept(purpose, credential: credential)
    }

    /// Whether somebody who may signed this entry, for the very certificate of this session.
    private func isGenuine(_ credential: Signed<Member>) -> Bool {
        isOfThisSession(credential)
            && (credential.isSigned(by: credentials.room)
                || credentials.vouchers.contains { credential.isSigned(by: $0) })
    }

    private func isOfThisSession(_ credential: Signed<Member>) -> Bool {
        credential.content.fingerprint == session.theirs
            && credential.content.key == session.theirKey
    }

    private func isValid(
        _ proof: Proof, of prover: Prover, _ dialler: Hello, _ listener: Hello?
    ) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(
            proof.code.bytes,
            authenticating: statement(
                of: prover, mine: session.theirs, yours: session.mine, dialler, listener),
            using: key(of: prover))
    }

    private func proofCode(of prover: Prover, _ dialler: Hello, _ listener: Hello?) -> Bytes32 {
        let code = HMAC<SHA256>.authenticationCode(
            for: statement(
                of: prover, mine: session.mine, yours: session.theirs, dialler, listener),
            using: key(of: prover))
        guard let bytes = Bytes32(Array(code)) else {
            preconditionFailure("an HMAC-SHA-256 code has thirty-two bytes")
        }
        return bytes
    }

    /// The words that are proved: for each side everything in them has a fixed length, so that no two
    /// sessions say the same.
    private func statement(
        of prover: Prover, mine: CertificateFingerprint, yours: CertificateFingerprint,
        _ dialler: Hello, _ listener: Hello?
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(raw: Self.context(of: prover))
        writer.write(dialler.version)
        writer.write(dialler.purpose.rawValue)
        mine.raw.write(to: &writer)
        yours.raw.write(to: &writer)
        dialler.nonce.write(to: &writer)
        listener?.nonce.write(to: &writer)
        return writer.bytes
    }

    private func key(of prover: Prover) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: credentials.secret.raw.bytes),
            salt: credentials.room.raw.bytes, info: Self.context(of: prover),
            outputByteCount: SHA256.byteCount)
    }

    private static func context(of prover: Prover) -> [UInt8] {
        Array("peerwatch/1 proof \(prover.rawValue)".utf8) + [0]
    }
}

// How a TCP connection becomes a secret between two certificates. Who may hold the other one is not
// decided here: any single certificate will do, and the handshake inside the session judges it.

import Crypto
import NIOCore
import NIOSSL
import PartyModel
import SwiftASN1
import WireFormat
import X509

/// Makes the TLS ends of connections, all with this process's certificate.
struct SecureSessions {
    /// What both sides must speak inside TLS.
    static let applicationProtocol = "peerwatch/1"

    /// How long a closing connection waits for the other side's farewell: long enough for a round
    /// trip on a bad line, short enough that leaving a room takes no noticeable time.
    static let farewell = TimeAmount.milliseconds(200)

    private let context: NIOSSLContext
    private let mine: CertificateFingerprint

    /// Sessions of this identity; throws when TLS cannot be set up.
    init(identity: TLSIdentity) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        // The default minimum is TLS 1.0.
        configuration.minimumTLSVersion = .tlsv13
        configuration.maximumTLSVersion = .tlsv13
        configuration.applicationProtocols = [Self.applicationProtocol]
        configuration.certificateChain = [.certificate(identity.certificate)]
        configuration.privateKey = .privateKey(identity.privateKey)
        // With `.none`, a listener would neither ask for a certificate nor call the callback.
        configuration.certificateVerification = .noHostnameVerification
        // No authority is trusted, so none has to be read from disk.
        configuration.trustRoots = .certificates([])
        // Members sign with P-256; nothing else gets as far as the handshake inside.
        configuration.verifySignatureAlgorithms = [.ecdsaSecp256R1Sha256]
        configuration.signingSignatureAlgorithms = [.ecdsaSecp256R1Sha256]
        configuration.shutdownTimeout = Self.farewell
        context = try NIOSSLContext(configuration: configuration)
        mine = identity.fingerprint
    }

    /// The listening end of one session.
    func makeListenerEnd() -> NIOSSLHandler {
        NIOSSLServerHandler(context: context, customVerificationCallback: Self.acceptAnyone)
    }

    /// The dialling end of one session.
    ///
    /// No server name is sent: it would be read on the way.
    func makeDiallerEnd() throws -> NIOSSLHandler {
        try NIOSSLClientHandler(
            context: context, serverHostname: nil, customVerificationCallback: Self.acceptAnyone)
    }

    /// Whose certificates the session joins; `nil` when the other side's is not of our kind.
    ///
    /// Asked once the session is up rather than in the callback, because a resumed session never
    /// calls it.
    func identities(in session: NIOSSLHandler) -> SessionIdentities? {
        guard let encoded = try? session.peerCertificate?.toDERBytes(),
            let certificate = try? Certificate(derEncoded: encoded),
            let key = P256.Signing.PublicKey(certificate.publicKey)
        else { return nil }
        return SessionIdentities(
            mine: mine, theirs: CertificateFingerprint(ofCertificate: encoded),
            theirKey: MemberKey(key),
            theirHostSignature: HostExtension.signature(in: certificate))
    }

    private static func acceptAnyone(
        _ chain: [NIOSSLCertificate], _ verdict: EventLoopPromise<NIOSSLVerificationResult>
    ) {
        verdict.succeed(chain.count == 1 ? .certificateVerified : .failed)
    }
}

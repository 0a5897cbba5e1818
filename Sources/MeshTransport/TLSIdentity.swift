// What makes this process one peer: a key and a certificate that exist as long as it runs, and that
// say nothing about who runs it.

public import Crypto
import Foundation
import NIOSSL
public import PartyModel
import SwiftASN1
import X509

/// A fresh P-256 key with its one self-signed certificate.
///
/// All of the certificate but key and serial number is the same for everyone, so that it tells
/// neither a name nor a clock.
public struct TLSIdentity: Sendable {
    /// The key of the certificate; signs what this peer says to the room.
    public let signingKey: P256.Signing.PrivateKey
    /// The public half, as the others know it.
    public let memberKey: MemberKey
    /// The digest of the certificate.
    public let fingerprint: CertificateFingerprint

    let certificate: NIOSSLCertificate
    let privateKey: NIOSSLPrivateKey

    /// The peer that holds the certificate.
    public var peer: PeerID { fingerprint.peer }

    /// Makes a key and its certificate; throws what the cryptography throws.
    public init() throws {
        signingKey = P256.Signing.PrivateKey()
        memberKey = MemberKey(signingKey.publicKey)
        let encoded = try Self.makeCertificate(for: signingKey)
        fingerprint = CertificateFingerprint(ofCertificate: encoded)
        certificate = try NIOSSLCertificate(bytes: encoded, format: .der)
        privateKey = try NIOSSLPrivateKey(
            bytes: Array(signingKey.derRepresentation), format: .der)
    }

    /// 2000 to 2100: nobody's clock is outside, and nobody checks; the key lives for one room.
    private static let validity = (
        from: Date(timeIntervalSince1970: 946_684_800),
        to: Date(timeIntervalSince1970: 4_102_444_800)
    )

    private static func makeCertificate(for key: P256.Signing.PrivateKey) throws -> [UInt8] {
        let name = try DistinguishedName { CommonName("peerwatch") }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: validity.from, notValidAfter: validity.to,
            issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions(), issuerPrivateKey: Certificate.PrivateKey(key))
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return serializer.serializedBytes
    }
}

extension CertificateFingerprint {
    /// The digest of a certificate in DER form.
    init(ofCertificate encoded: [UInt8]) {
        guard let digest = Bytes32(Array(SHA256.hash(data: encoded))) else {
            preconditionFailure("a SHA-256 digest has thirty-two bytes")
        }
        self.init(digest)
    }
}

extension MemberKey {
    /// A public key in compressed form.
    init(_ key: P256.Signing.PublicKey) {
        guard let compressed = MemberKey(Array(key.compressedRepresentation)) else {
            preconditionFailure("a compressed P-256 point has thirty-three bytes")
        }
        self = compressed
    }
}

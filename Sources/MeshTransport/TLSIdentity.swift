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
/// All of the certificate but key and serial number is the same for every guest, so that it tells
/// neither a name nor a clock. The host's also has the room key's signature, which says nothing to who
/// does not know the room.
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

    /// Whether the certificate is that of a room's host.
    public let isHost: Bool

    /// Makes a key and its certificate; throws what the cryptography throws.
    ///
    /// - Parameter room: the room's key, at its host.
    public init(hostOf room: RoomSigningKey? = nil) throws {
        try self.init(hostSignature: { room?.sign(HostBinding(key: $0)).signature })
    }

    /// Makes a key and its certificate, which shows what `hostSignature` makes of the key.
    init(hostSignature: (MemberKey) -> Signature?) throws {
        signingKey = P256.Signing.PrivateKey()
        memberKey = MemberKey(signingKey.publicKey)
        let signature = hostSignature(memberKey)
        isHost = signature != nil
        let encoded = try Self.makeCertificate(for: signingKey, hostSignature: signature)
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

    private static func makeCertificate(
        for key: P256.Signing.PrivateKey, hostSignature: Signature?
    ) throws -> [UInt8] {
        let extensions = try hostSignature.map { [try HostExtension.holding($0)] } ?? []
        let name = try DistinguishedName { CommonName("peerwatch") }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: validity.from, notValidAfter: validity.to,
            issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions(extensions),
            issuerPrivateKey: Certificate.PrivateKey(key))
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return serializer.serializedBytes
    }
}

/// Where a host's certificate has the room key's signature.
enum HostExtension {
    /// In the arc for experiments, which nobody registers.
    static let identifier: ASN1ObjectIdentifier = [1, 3, 6, 1, 3, 80, 87, 1]

    static func holding(_ signature: Signature) throws -> Certificate.Extension {
        var serializer = DER.Serializer()
        try serializer.serialize(ASN1OctetString(contentBytes: signature.bytes[...]))
        return Certificate.Extension(
            oid: identifier, critical: false, value: serializer.serializedBytes[...])
    }

    /// The signature that a certificate shows; `nil` where there is none, or nothing of that kind.
    static func signature(in certificate: Certificate) -> Signature? {
        guard let value = certificate.extensions[oid: identifier]?.value,
            let string = try? ASN1OctetString(derEncoded: Array(value))
        else { return nil }
        return Signature(Array(string.bytes))
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

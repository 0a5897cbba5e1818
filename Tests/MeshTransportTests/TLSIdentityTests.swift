import Crypto
import NIOSSL
import PartyModel
import SwiftASN1
import Testing
import X509

@testable import MeshTransport

@Suite struct TLSIdentityTests {
    @Test("The fingerprint is the digest of the certificate, and names the peer")
    func fingerprint() throws {
        let identity = try TLSIdentity()
        let digest = Array(SHA256.hash(data: try identity.certificate.toDERBytes()))
        #expect(identity.fingerprint.raw.bytes == digest)
        #expect(identity.peer.raw.bytes == Array(digest.prefix(16)))
    }

    @Test("What the signing key signs, the member key checks")
    func keys() throws {
        let identity = try TLSIdentity()
        let binding = HostBinding(key: identity.memberKey)
        let signed = try Signed(signing: binding, with: identity.signingKey)
        #expect(signed.isSigned(by: identity.memberKey))
    }

    @Test("A host's certificate shows the room's signature over its key, a guest's shows none")
    func hostSignature() throws {
        let room = TestRoom()
        let host = try room.host()
        let shown = try #require(HostExtension.signature(in: Self.parsed(host)))
        let binding = Signed(content: HostBinding(key: host.memberKey), signature: shown)
        #expect(binding.isSigned(by: try room.key))
        #expect(HostExtension.signature(in: try Self.parsed(TLSIdentity())) == nil)
    }

    private static func parsed(_ identity: TLSIdentity) throws -> Certificate {
        try Certificate(derEncoded: identity.certificate.toDERBytes())
    }

    @Test("Two processes have nothing in common, and nothing else to tell them apart")
    func unlinkable() throws {
        let (one, other) = (try TLSIdentity(), try TLSIdentity())
        #expect(one.fingerprint != other.fingerprint)
        #expect(one.memberKey != other.memberKey)
        #expect(one.certificate.notValidBefore == other.certificate.notValidBefore)
        #expect(one.certificate.notValidAfter == other.certificate.notValidAfter)
    }
}

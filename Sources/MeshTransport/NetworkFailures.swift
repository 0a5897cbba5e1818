// What NIO, TLS and the kernel call a failure, in words that help somebody at home.

import Glibc
import NIOCore
import NIOPosix
import NIOSSL

extension ConnectionEnd {
    /// The end that an error of a connection, or of an attempt to make one, means.
    init(_ error: any Error) {
        switch error {
        case let end as ConnectionEnd: self = end
        case let error as IOError where [ECONNRESET, EPIPE].contains(error.errnoCode):
            self = .closedThere
        case let error as IOError: self = .lost(Self.words(for: error.errnoCode))
        case ChannelError.connectTimeout(let limit):
            self = .lost("timed out after \(limit.nanoseconds / 1_000_000_000) s")
        case let error as NIOConnectionError: self = Self.named(error)
        // Ends without TLS's farewell, before or after the session was up.
        case NIOSSLError.uncleanShutdown: self = .closedThere
        case NIOSSLError.handshakeFailed(.sslError([.eofDuringHandshake])): self = .closedThere
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: self = .notPeerWatch
        case is ChannelError: self = .closedThere
        case _: self = .lost("\(error)")
        }
    }

    /// The failure of an attempt to reach a host by name.
    private static func named(_ error: NIOConnectionError) -> ConnectionEnd {
        guard let first = error.connectionErrors.first else {
            return .lost("the name cannot be resolved")
        }
        return ConnectionEnd(first.error)
    }

    /// A kernel's error number in a few words.
    static func words(for code: CInt) -> String {
        switch code {
        case ECONNREFUSED: "connection refused"
        case ETIMEDOUT: "no answer any more"
        case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN: "no route to it"
        case EADDRNOTAVAIL: "the address is none of this machine's"
        case EACCES, EPERM: "not permitted"
        case EAFNOSUPPORT: "this machine does not speak the address's protocol"
        case _: "error \(code)"
        }
    }
}

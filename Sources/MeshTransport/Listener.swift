// Where this process can be dialled: both address families on one port, and another port when the
// usual one is taken and nobody asked for it.

import Glibc
import NIOCore
import NIOPosix
import PartyModel

/// Opens listening sockets.
struct Listener {
    /// Ports tried upwards from the first before giving up.
    static let portsTried = 32

    let eventLoop: any EventLoop
    /// Fills the pipeline of a connection that came; throws to close it.
    let accept: (any Channel) throws -> Void

    /// Listens at every one of `hosts`, or everywhere when there is none, all on the same port.
    ///
    /// The future fails with ``PartyError/portInUse(port:)`` or ``PartyError/cannotListen``.
    func listen(
        hosts: [String], port: Int, fallsBack: Bool
    ) -> EventLoopFuture<[any Channel]> {
        let attempts = fallsBack && port != 0 ? Self.portsTried : 1
        return listen(hosts: hosts, port: port, attempts: attempts)
            .flatMapErrorThrowing { error in
                // The port that was wished for, not the last one tried.
                if case PartyError.portInUse = error { throw PartyError.portInUse(port: port) }
                throw error
            }
    }

    private func listen(
        hosts: [String], port: Int, attempts: Int
    ) -> EventLoopFuture<[any Channel]> {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        return bindAll(hosts.isEmpty ? ["::"] : hosts, port: port, opened: [])
            .flatMapError { [eventLoop] error in
                let listener = bound.value
                switch error {
                case PartyError.portInUse where attempts > 1 && port < UInt16.max:
                    return listener.listen(hosts: hosts, port: port + 1, attempts: attempts - 1)
                // A machine without IPv6 still listens.
                case PartyError.cannotListen where hosts.isEmpty:
                    return listener.listen(hosts: ["0.0.0.0"], port: port, attempts: attempts)
                case _: return eventLoop.makeFailedFuture(error)
                }
            }
    }

    /// Binds one host after the other; closes those that worked when one does not.
    private func bindAll(
        _ hosts: [String], port: Int, opened: [any Channel]
    ) -> EventLoopFuture<[any Channel]> {
        guard let host = hosts.first else { return eventLoop.makeSucceededFuture(opened) }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        return bind(host, port: port).flatMap { channel in
            // Port 0 means any: the first host's choice counts for all.
            let chosen = channel.localAddress?.port ?? port
            return bound.value.bindAll(
                Array(hosts.dropFirst()), port: chosen, opened: opened + [channel])
        }.flatMapErrorThrowing { error in
            for channel in opened { channel.close(promise: nil) }
            throw error
        }
    }

    private func bind(_ host: String, port: Int) -> EventLoopFuture<any Channel> {
        let accept = NIOLoopBound(self.accept, eventLoop: eventLoop)
        return ServerBootstrap(group: eventLoop)
            .serverChannelOption(.backlog, value: CInt(SocketTuning.backlog))
            // A port is free again at once after a restart.
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try accept.value(channel) }
            }
            .bind(host: host, port: port)
            .flatMapErrorThrowing { throw Self.error($0, host: host, port: port) }
    }

    private static func error(_ error: any Error, host: String, port: Int) -> PartyError {
        switch error {
        case let error as IOError where error.errnoCode == EADDRINUSE: .portInUse(port: port)
        case let error as IOError:
            .cannotListen(address: host, reason: ConnectionEnd.words(for: error.errnoCode))
        case _: .cannotListen(address: host, reason: "the address cannot be resolved")
        }
    }
}

// How one connection to one address is made.

import NIOCore
import NIOPosix
import PartyModel
import WireFormat

/// Opens outgoing connections, up to where TLS begins.
struct Dialer {
    /// How long a TCP connection may take: two lost packets on a slow line.
    static let patience = TimeAmount.seconds(5)

    let eventLoop: any EventLoop
    /// Fills the pipeline of a new connection; throws to give it up.
    let prepare: (any Channel, ConnectionPurpose, ExpectedPeer) throws -> Void

    /// Connects, and hands over the connection as soon as TCP stands, or says why it does not.
    ///
    /// Never calls back from inside.
    func dial(
        _ address: PeerAddress, _ purpose: ConnectionPurpose, expecting expected: ExpectedPeer,
        then: @escaping (Result<Connection, ConnectionEnd>) -> Void
    ) {
        let prepare = NIOLoopBound(self.prepare, eventLoop: eventLoop)
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(Self.patience)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try prepare.value(channel, purpose, expected)
                }
            }
        let connected =
            if let socketAddress = address.socketAddress {
                bootstrap.connect(to: socketAddress)
            } else {
                bootstrap.connect(host: address.host, port: Int(address.port))
            }
        connected.assumeIsolated().whenComplete { result in
            then(Self.connection(of: result))
        }
    }

    /// The connection in a channel that stands.
    private static func connection(
        of result: Result<any Channel, any Error>
    ) -> Result<Connection, ConnectionEnd> {
        result.mapError { ConnectionEnd($0) }.flatMap { channel in
            guard channel.isActive,
                let connection = try? channel.pipeline.syncOperations.handler(
                    type: Connection.self)
            else { return .failure(.closedThere) }
            return .success(connection)
        }
    }
}

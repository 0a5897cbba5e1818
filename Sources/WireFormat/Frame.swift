// What the bytes of one connection say, and the only two places that join a frame's type and what it
// carries: a new message does not compile until both know it.

public import NIOCore
public import PartyModel

/// One frame.
public enum Frame: Hashable, Sendable {
    /// The first frame of either side.
    case hello(Hello)
    /// The second frame of either side.
    case proof(Proof)
    /// Everything after them but blocks.
    case message(Message)
    /// A block: what it is, and its bytes in a buffer of their own. 1 to
    /// ``ChunkGeometry/blockSize`` bytes; whether they are as many as the block has is for those to
    /// say who know the item.
    case block(BlockHeader, ByteBuffer)
}

extension Frame {
    /// The frame of this type with this payload.
    ///
    /// A block has no payload to be read as a whole: the decoder takes it apart as it comes.
    init(type: FrameType, payload: [UInt8]) throws(WireViolation) {
        self =
            switch type {
            case .hello: .hello(try Hello(canonicalBytes: payload))
            case .proof: .proof(try Proof(canonicalBytes: payload))
            case .introduction: .message(.introduction(try .init(canonicalBytes: payload)))
            case .welcome: .message(.welcome(try .init(canonicalBytes: payload)))
            case .roster: .message(.roster(try .init(canonicalBytes: payload)))
            case .keptRoster: .message(.keptRoster(try .init(canonicalBytes: payload)))
            case .playlist: .message(.playlist(try .init(canonicalBytes: payload)))
            case .roots: .message(.roots(try .init(canonicalBytes: payload)))
            case .bitfield: .message(.bitfield(try .init(canonicalBytes: payload)))
            case .have: .message(.have(try .init(canonicalBytes: payload)))
            case .request: .message(.request(try .init(canonicalBytes: payload)))
            case .cancel: .message(.cancel(try .init(canonicalBytes: payload)))
            case .reject: .message(.reject(try .init(canonicalBytes: payload)))
            case .relay: .message(.relay(try .init(canonicalBytes: payload)))
            case .reach: .message(.reach(try .init(canonicalBytes: payload)))
            case .appetite: .message(.appetite(try .init(canonicalBytes: payload)))
            case .timeline: .message(.timeline(try .init(canonicalBytes: payload)))
            case .hold: .message(.hold(try .init(canonicalBytes: payload)))
            case .rules: .message(.rules(try .init(canonicalBytes: payload)))
            case .status: .message(.status(try .init(canonicalBytes: payload)))
            case .chat: .message(.chat(try .init(canonicalBytes: payload)))
            case .ping: .message(.ping(try .init(canonicalBytes: payload)))
            case .pong: .message(.pong(try .init(canonicalBytes: payload)))
            case .bye: .message(.bye(try .init(canonicalBytes: payload)))
            case .block: throw .misplacedType(type.rawValue)
            }
    }
}

extension Message {
    /// The type of the message's frame, and what the frame carries.
    var framed: (type: FrameType, payload: any CanonicalValue) {
        switch self {
        case .introduction(let introduction): (.introduction, introduction)
        case .welcome(let welcome): (.welcome, welcome)
        case .roster(let roster): (.roster, roster)
        case .keptRoster(let roster): (.keptRoster, roster)
        case .playlist(let playlist): (.playlist, playlist)
        case .roots(let roots): (.roots, roots)
        case .bitfield(let page): (.bitfield, page)
        case .have(let have): (.have, have)
        case .request(let request): (.request, request)
        case .cancel(let request): (.cancel, request)
        case .reject(let request): (.reject, request)
        case .relay(let order): (.relay, order)
        case .reach(let reach): (.reach, reach)
        case .appetite(let appetite): (.appetite, appetite)
        case .timeline(let intent): (.timeline, intent)
        case .hold(let hold): (.hold, hold)
        case .rules(let rules): (.rules, rules)
        case .status(let status): (.status, status)
        case .chat(let chat): (.chat, chat)
        case .ping(let ping): (.ping, ping)
        case .pong(let pong): (.pong, pong)
        case .bye(let bye): (.bye, bye)
        }
    }
}
